package main

// watch is where the progress of hashing one torrent is shown: a bar on a terminal, or nowhere.
type watch struct {
	name string
	bar  *progressBar // nil if nobody watches
}

// watcher returns a watch of the hashing of a release.
func watcher(s *streams, from *release) watch {
	if !s.Terminal {
		return watch{}
	}
	return watch{name: from.name, bar: newProgressBar(s.Err)}
}

// start shows the bar, until done.
func (w watch) start(bytes int64) {
	if w.bar != nil {
		w.bar.Start(w.name, bytes)
	}
}

func (w watch) add(bytes int64) {
	if w.bar != nil {
		w.bar.Add(bytes)
	}
}

func (w watch) done() {
	if w.bar != nil {
		w.bar.Done()
	}
}
