package library

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"sixseed/storage/metafile"
)

// put notes what a release has come to. A reason to call it broken is logged when it is new.
func (l *Library) put(about subject, release Release) {
	l.mu.Lock()
	r := l.records[about]
	if r == nil {
		r = &record{}
		l.records[about] = r
	}
	r.release = release
	l.mu.Unlock()
	switch {
	case release.State == Seeding:
		r.logged = ""
	case release.State == Broken && r.logged != release.Problem:
		r.logged = release.Problem
		l.complain(release.asProblem())
	}
}

// remove takes a release back and forgets it.
func (l *Library) remove(about subject) {
	l.withdraw(about)
	l.mu.Lock()
	delete(l.records, about)
	l.mu.Unlock()
}

// withdraw takes a release back from the sink, if that has it.
func (l *Library) withdraw(about subject) {
	r := l.records[about]
	if r == nil || r.held == nil {
		return
	}
	l.log.Info("release gone", slog.String("name", r.release.Name), slog.String("path", r.release.DataPath))
	l.mu.Lock()
	r.held, r.release.State, r.release.Checked = nil, Waiting, 0
	l.mu.Unlock()
	l.config.Sink.Gone(about.infoHash)
}

// rehome renames the .torrent of a file that was moved, so that its name belongs to the new path and the old one is
// free for what comes there. If that does not work, no more is lost than the neat name.
func (l *Library) rehome(t *torrent, at *placement) {
	name := ownName(t.meta.Name, at.root)
	if !t.own || name == filepath.Base(t.path) {
		return
	}
	home := filepath.Join(l.catalog.dir, name)
	if _, taken := l.catalog.pages[home]; taken || os.Rename(t.path, home) != nil {
		return
	}
	l.catalog.pages[home] = l.catalog.pages[t.path]
	delete(l.catalog.pages, t.path)
	t.path = home
	l.revise = true // an orphan may have waited for the name
}

// readdress gives a .torrent that was made here the trackers and web seeds that the settings name now. Its info-hash
// stays. If that does not work it keeps those it has, and the next look tries again.
func (l *Library) readdress(t *torrent, at *placement) {
	webseeds := webseedsFor(l.settings.Webseeds, l.roots, at.root)
	if !t.own || sameTiers(t.meta.Tiers, l.settings.Trackers) && slices.Equal(t.meta.Webseeds, webseeds) {
		return
	}
	old, err := os.ReadFile(t.path)
	if err != nil {
		return // the next look will see that it is gone
	}
	edited, err := metafile.Readdress(old, l.settings.Trackers, webseeds)
	if err == nil && bytes.Equal(edited, old) {
		return
	}
	if err == nil {
		err = metafile.Write(t.path, edited)
	}
	if err != nil {
		l.log.Warn("torrent keeps its trackers", slog.String("path", t.path), slog.Any("error", err))
		return
	}
	if current, err := l.catalog.add(t.path, edited); err == nil {
		*t = *current
		l.log.Info("torrent has other trackers now", slog.String("path", t.path))
	}
}

func sameTiers(a, b [][]string) bool { return slices.EqualFunc(a, b, slices.Equal[[]string]) }

// setProblems replaces what was wrong at the look before, and logs what is new.
func (l *Library) setProblems(problems []Problem) {
	before := make(map[Problem]bool, len(l.problems))
	for _, p := range l.problems {
		before[p] = true
	}
	for _, p := range problems {
		if !before[p] {
			l.complain(p)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.problems = problems
}

func (l *Library) complain(p Problem) {
	l.log.Warn("library problem", slog.String("path", p.Subject), slog.String("problem", p.Text))
}

// asProblem is why a broken release is broken, with the path an admin would look at first.
func (r Release) asProblem() Problem {
	if r.DataPath != "" {
		return Problem{r.DataPath, r.Problem}
	}
	return Problem{r.MetafilePath, r.Problem}
}

func (m match) subject() subject { return subject{infoHash: m.torrent.meta.InfoHash} }

// release describes the match, waiting.
func (m match) release() Release {
	r := Release{
		InfoHash: m.torrent.meta.InfoHash, Name: m.torrent.meta.Name, Size: m.torrent.meta.DataLength(),
		State: Waiting, Problem: m.problem, MetafilePath: m.torrent.path,
	}
	if m.at != nil {
		r.DataPath = m.at.root
	}
	return r
}

func (o orphan) subject() subject { return subject{path: o.file.path} }

// release describes the orphan, waiting.
func (o orphan) release() Release {
	return Release{Name: o.file.name(), Size: o.file.stamp.Size, State: Waiting, DataPath: o.file.path}
}
