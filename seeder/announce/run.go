package announce

import (
	"container/heap"
	"context"
	"log/slog"
	"time"
)

// farewellTimeout bounds one `stopped`. Nobody waits for the answer but the torrent's next Add.
const farewellTimeout = 20 * time.Second

// longestSleep is how long Run sleeps if nothing is due.
const longestSleep = time.Hour

// numWant is how many peers a tracker is asked for, if anybody wants them.
const numWant = 50

// contexts are what exchanges run under: goodbyes outlive the announces by Config.StopTimeout.
type contexts struct{ announces, farewells context.Context }

// Run announces until ctx ends, then announces `stopped` for all torrents within Config.StopTimeout. It returns nil when
// nothing is under way any more. It can be called once.
func (a *Announcer) Run(ctx context.Context) error {
	farewells, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	running := contexts{announces: ctx, farewells: farewells}
	a.serve(running, ctx.Done())

	a.stop()
	timeout := time.AfterFunc(a.config.StopTimeout, cut)
	defer timeout.Stop()
	a.serve(running, farewells.Done())
	cut()
	a.workers.Wait()
	a.exchanger.close()
	return nil
}

// serve starts what is due, until done is closed or, when stopping, until all goodbyes are said.
func (a *Announcer) serve(running contexts, done <-chan struct{}) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		sleep, finished := a.dispatch(running)
		if finished {
			return
		}
		timer.Reset(sleep)
		select {
		case <-done:
			return
		case <-a.wake:
		case <-timer.C:
		}
	}
}

// stop makes all torrents leave, for good.
func (a *Announcer) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stopping = true
	for _, t := range a.torrents {
		t.successor = nil
		if !t.leaving {
			a.leave(t)
		}
	}
}

// dispatch starts the exchanges that are due and have room. It returns the time until the next is due, and whether there
// is nothing left to wait for.
func (a *Announcer) dispatch(running contexts) (sleep time.Duration, finished bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.config.Now()
	for len(a.due) > 0 && !a.due[0].due.After(now) {
		a.enqueue(heap.Pop(&a.due).(*tier), now)
	}
	for t := a.nextTier(); t != nil; t = a.nextTier() {
		a.start(running, t)
	}
	if len(a.due) > 0 {
		return a.due[0].due.Sub(now), false
	}
	return longestSleep, a.stopping && len(a.torrents) == 0
}

// start has a goroutine carry out the exchange that t is up to.
func (a *Announcer) start(running contexts, t *tier) {
	req := a.request(t)
	var ctx context.Context
	if req.Event == stopped {
		ctx, t.interrupt = context.WithTimeout(running.farewells, farewellTimeout)
	} else {
		ctx, t.interrupt = context.WithCancel(running.announces)
	}
	interrupt := t.interrupt
	a.workers.Go(func() {
		defer interrupt()
		a.exchange(ctx, t, req)
	})
}

func (a *Announcer) request(t *tier) request {
	req := request{
		Target:    t.turn.target,
		Family:    t.family,
		InfoHash:  t.torrent.spec.InfoHash,
		PeerID:    a.config.PeerID,
		Port:      a.config.Port,
		Event:     t.event(t.turn),
		Key:       t.torrent.key,
		TrackerID: t.turn.trackerID,
	}
	if a.config.Peers != nil && req.Event != stopped {
		req.NumWant = numWant
	}
	return req
}

// exchange announces and deals with the outcome.
func (a *Announcer) exchange(ctx context.Context, t *tier, req request) {
	req.Uploaded = a.config.Uploaded(req.InfoHash)
	resp, err := a.exchanger.announce(ctx, req)
	if err == nil && a.config.Peers != nil && len(resp.Peers) > 0 && req.Event != stopped {
		a.config.Peers(req.InfoHash, resp.Peers)
	}
	log := a.config.Log.With(slog.String("tracker", req.Target.shown), slog.String("family", req.Family.String()))
	logAnnounce(log, req, resp, err)
	logHealth(log, a.settle(t, outcome{req, resp, err, ctx.Err() != nil}), err)
}

func logAnnounce(log *slog.Logger, req request, resp response, err error) {
	log = log.With(slog.String("info_hash", hexOf(req.InfoHash)), slog.String("event", string(req.Event)))
	if err != nil {
		log.Debug("announce failed", slog.String("error", printable(err.Error())))
		return
	}
	log.Debug("announced", slog.Duration("interval", resp.Interval), slog.Int("peers", len(resp.Peers)),
		slog.String("warning", resp.Warning))
}

// logHealth says once per tracker and family that it has begun to fail, or works again.
func logHealth(log *slog.Logger, change healthChange, err error) {
	switch change {
	case turnedBad:
		log.Warn("tracker fails", slog.String("error", printable(err.Error())))
	case turnedGood:
		log.Info("tracker works again")
	case unchanged:
	}
}
