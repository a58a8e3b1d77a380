package library

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

// takeOrders does what Reconfigure and Refresh have left.
func (l *Library) takeOrders(ctx context.Context) {
	l.mu.Lock()
	if l.next != nil {
		l.settings, l.next = *l.next, nil
	}
	changed := l.changed
	l.changed = nil
	l.mu.Unlock()
	for _, path := range changed {
		for about, r := range l.records {
			if r.held != nil && r.held.contains(path) {
				l.verdicts.forget(ctx, r.held.key(about.infoHash))
				l.disturb(r.held)
				l.withdraw(about)
			}
		}
	}
}

// disturb makes the files of p settle anew.
func (l *Library) disturb(p *placement) {
	for _, f := range p.files {
		l.growth.disturb(f.Path, l.config.Now())
	}
}

// restFactor is how many times as long as a look the rest after it is, so that looking takes no more than a small
// part of the time, however many files there are and however busy somebody is with them.
const restFactor = 10

// lookSoon answers an event. The look waits a moment, as an event seldom comes alone.
func (l *Library) lookSoon() { l.alarm.within(max(l.config.Settle/5, time.Until(l.rested))) }

// isNews reports whether an event is a reason to look. One file being written makes thousands of events, and so does
// what is written here.
func (l *Library) isNews(event fsnotify.Event) bool {
	name := filepath.Base(event.Name)
	if filepath.Dir(event.Name) != l.catalog.dir {
		return event.Op != fsnotify.Write || !isTemporary(name)
	}
	if l.running != nil && l.running.target == event.Name {
		return false
	}
	return isMetafile(name) && !l.catalog.has(event.Name)
}

// look takes a snapshot, pairs, and does what follows.
func (l *Library) look(ctx context.Context, watch *watcher) {
	start := time.Now()
	defer func() { l.rested = time.Now().Add(restFactor * time.Since(start)) }()
	l.alarm.rang()
	l.alarm.within(l.config.Rescan)
	l.revise = false
	s, err := l.scan(ctx, watch)
	if err != nil {
		return // the end of ctx
	}
	now := l.config.Now()
	torrents := l.read(&s, now)
	plan := pair(s, torrents, l.catalog.waiting, func(t *torrent, p *placement) (opinion, string) {
		return l.verdicts.opinion(ctx, t, p, now)
	})
	l.roots = s.roots
	l.apply(ctx, plan)
}

// scan takes the snapshot, and sees to it that what it has seen is watched.
func (l *Library) scan(ctx context.Context, watch *watcher) (snapshot, error) {
	watch.round()
	s, err := scan(ctx, l.settings.Dirs, watch.enter)
	if err != nil {
		return s, err
	}
	watch.enter(l.catalog.dir)
	watch.leave()
	if watch.problem != nil {
		s.problems = append(s.problems, *watch.problem)
	}
	return s, nil
}

// read completes a snapshot: which files have settled, what the .torrent files say, and the hidden files they name.
func (l *Library) read(s *snapshot, now time.Time) []*torrent {
	l.growth.round(now)
	for _, f := range s.files {
		l.growth.look(f)
	}
	torrents, problems := l.catalog.read(*s)
	for _, f := range s.include(torrents) {
		l.growth.look(f)
	}
	if l.growth.unsettledFile {
		l.alarm.within(l.config.Settle)
	}
	if !l.settings.CreateTorrents {
		for _, t := range torrents {
			t.own = false // nothing will be made in its place
		}
	}
	l.setProblems(append(problems, s.problems...))
	return torrents
}

// apply makes the records, the sink and the queue agree with the plan.
func (l *Library) apply(ctx context.Context, p plan) {
	l.retire(p)
	var queue []*job
	for _, m := range p.matches {
		if m.isMemory() {
			l.remove(m.subject())
		} else if j := l.applyMatch(m); j != nil {
			queue = append(queue, j)
		}
	}
	for _, o := range p.orphans {
		if j := l.applyOrphan(o); j != nil {
			queue = append(queue, j)
		}
	}
	slices.SortFunc(queue, smallestFirst)
	l.queue = queue
	if j := l.running; j != nil {
		l.queue = slices.DeleteFunc(queue, j.sameAs)
		if len(l.queue) == len(queue) {
			j.dropped = true
			j.cancel()
		}
	}
	l.hashNext(ctx)
}

// retire takes back what the plan does not know any more.
func (l *Library) retire(p plan) {
	known := make(map[subject]bool, len(l.records))
	for _, m := range p.matches {
		known[m.subject()] = true
	}
	for _, o := range p.orphans {
		known[o.subject()] = true
	}
	for about := range l.records {
		if !known[about] {
			l.remove(about)
		}
	}
}

// applyMatch brings a torrent into the state that it should be in, and returns the hashing it needs for the next one.
func (l *Library) applyMatch(m match) *job {
	if m.at != nil && m.opinion == proven {
		l.offer(m.torrent, m.at)
		return nil
	}
	r := m.release()
	var j *job
	switch {
	case m.broken:
		r.State = Broken
	case m.at != nil && m.opinion == unproven:
		r.State = Verifying
		j = &job{subject: m.subject(), name: r.Name, size: m.at.length(), at: m.at, torrent: m.torrent}
	}
	l.withdraw(m.subject())
	l.put(m.subject(), r)
	return j
}

// applyOrphan does the same for a file without a torrent.
func (l *Library) applyOrphan(o orphan) *job {
	r := o.release()
	at := whole(o.file)
	failed, hasFailed := l.verdicts.failed(makingKey(at), at.stamps)
	var j *job
	switch {
	case !l.settings.CreateTorrents:
		r.Problem = "no .torrent names it, and none is to be made"
	case o.held != "":
		r.Problem = o.held
	case hasFailed && l.config.Now().Before(failed.retry):
		r.State, r.Problem = Broken, failed.text
	default:
		r.State = Verifying
		j = &job{subject: o.subject(), name: r.Name, size: r.Size, at: at, made: failed.made, old: o.replaces}
		j.target = filepath.Join(l.catalog.dir, o.metafile)
		j.recipe = l.recipe(o.file)
	}
	l.put(o.subject(), r)
	return j
}

func (l *Library) recipe(f *file) metafile.Recipe {
	return metafile.Recipe{
		Name:        f.name(),
		Length:      f.stamp.Size,
		PieceLength: metafile.PieceLength(f.stamp.Size),
		Tiers:       l.settings.Trackers,
		Webseeds:    webseedsFor(l.settings.Webseeds, l.roots, f.path),
		CreatedBy:   l.config.CreatedBy,
		Created:     l.config.Now(),
	}
}

// offer hands a torrent and its data over, unless the sink has just that.
func (l *Library) offer(t *torrent, at *placement) {
	l.rehome(t, at)
	l.readdress(t, at)
	about := subject{infoHash: t.meta.InfoHash}
	r := match{torrent: t, at: at}.release()
	if known := l.records[about]; known != nil && known.held != nil && known.held.sameAs(at) &&
		known.release.MetafilePath == t.path && known.page == t.stamp {
		return
	}
	l.withdraw(about)
	meta, err := loadWhole(t)
	var layout content.Layout
	if err == nil {
		layout, err = content.NewLayout(at.files, meta.PieceLength)
	}
	if err != nil {
		r.State, r.Problem = Broken, err.Error()
		l.put(about, r)
		return
	}
	r.State, r.Checked = Verifying, 1
	l.put(about, r) // the sink may find at once that the data changed, and say so of a release that is known
	l.mu.Lock()
	l.records[about].held, l.records[about].page = at, t.stamp
	l.mu.Unlock()
	l.log.Debug("release available", slog.String("name", r.Name), slog.String("path", r.DataPath))
	r.State = Seeding
	l.config.Sink.Available(r, meta, layout, slices.Clone(at.stamps))
	l.put(about, r) // only now: who reads it may connect the next moment
}
