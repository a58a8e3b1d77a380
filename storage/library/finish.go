package library

import (
	"context"
	"errors"
	"log/slog"

	"sixseed/storage/content"
)

// hashNext begins the next job if none is running. When the queue has run dry, what was found on the way may be a
// reason to pair anew.
func (l *Library) hashNext(ctx context.Context) {
	if l.running != nil {
		return
	}
	if len(l.queue) == 0 {
		if l.revise {
			l.alarm.within(0)
		}
		return
	}
	j := l.queue[0]
	l.queue = l.queue[1:]
	ctx, j.cancel = context.WithCancel(ctx)
	l.setRunning(j)
	go func() {
		defer j.cancel()
		l.results <- l.hasher.do(ctx, j)
	}()
}

// stopHashing waits for the job that is running, if there is one.
func (l *Library) stopHashing() {
	if l.running != nil {
		l.running.cancel()
		<-l.results
		l.setRunning(nil)
	}
}

// finish does what follows from a job, and begins the next.
func (l *Library) finish(ctx context.Context, r result) {
	j := r.job
	l.setRunning(nil)
	if r.err == nil {
		l.verdicts.learn(j.at.key(r.infoHash), r.verdict)
		delete(l.verdicts.failures, j.key())
	}
	switch {
	case ctx.Err() != nil:
		return
	case j.dropped:
		l.revise = true
	case errors.Is(r.err, content.ErrChanged):
		l.disturb(j.at)
		l.unsettle(j)
		l.lookSoon()
	case r.err != nil:
		l.fail(r)
	case j.torrent == nil:
		l.adopt(ctx, r)
	case r.verdict.Problem != "":
		l.breakOff(j, r.verdict.Problem)
		l.revise = true // there may be other data for it, or another use for these
	default:
		l.log.Info("data verified", slog.String("path", j.at.root), slog.Int64("bytes", j.size))
		l.offer(j.torrent, j.at)
	}
	l.hashNext(ctx)
}

// adopt takes in the torrent that was made of a file.
func (l *Library) adopt(ctx context.Context, r result) {
	j := r.job
	l.remove(j.subject)
	if j.old != nil {
		l.verdicts.forget(ctx, j.at.key(j.old.meta.InfoHash))
	}
	if r.known { // a copy of what another torrent names: pairing will find that it fits
		l.revise = true
		return
	}
	t, err := l.catalog.add(j.target, r.made)
	if err != nil {
		l.revise = true // somebody has taken it away already
		return
	}
	l.log.Info("torrent made", slog.String("path", t.path), slog.String("data_path", j.at.root),
		slog.Int64("bytes", j.size))
	l.offer(t, j.at)
}

// fail notes that a job came to no end, and when to try again.
func (l *Library) fail(r result) {
	f := failure{stamps: r.job.at.stamps, text: r.reason(), made: r.made}
	l.verdicts.fail(r.job.key(), f, l.config.Now(), l.config.Rescan)
	l.breakOff(r.job, f.text)
	l.revise = true
}

// breakOff says in the record why a job's data are not seeded.
func (l *Library) breakOff(j *job, problem string) {
	release := l.records[j.subject].release
	release.State, release.Problem = Broken, problem
	l.put(j.subject, release)
}

// unsettle says in the record that a job's data have changed under the hands that hashed them.
func (l *Library) unsettle(j *job) {
	release := l.records[j.subject].release
	release.State, release.Problem = Waiting, stillGrowing
	l.put(j.subject, release)
}

func (l *Library) setRunning(j *job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running = j
}
