package load

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Run puts the load on the plan's seeders and returns what was received. Peers that fail do not end it: they are in the
// result. The error says that the plan is impossible, that the system has no room for it, or is the context's.
func Run(ctx context.Context, plan Plan) (Result, error) {
	if err := plan.check(); err != nil {
		return Result{}, fmt.Errorf("check load: %w", err)
	}
	r := newRun(plan)
	defer r.close()
	if err := r.openWorkers(); err != nil {
		return Result{}, fmt.Errorf("set up load: %w", err)
	}
	if err := r.work(ctx); err != nil {
		return Result{}, fmt.Errorf("run load: %w", err)
	}
	return r.result(), nil
}

// run is a load under way.
type run struct {
	plan    Plan
	members []*member
	workers []*worker
	begun   atomic.Bool // peers may ask

	samples       [][]int64       // by group
	sampled       []time.Duration // when they were taken, since the beginning
	before, after []int64         // bytes received when the window opened and closed, by member
	elapsed       time.Duration
}

func newRun(plan Plan) *run {
	r := &run{plan: plan, samples: make([][]int64, len(plan.Groups))}
	for i := range r.plan.Groups {
		group := &r.plan.Groups[i]
		for number := range group.Connections {
			r.members = append(r.members, &member{group: group, number: number})
		}
	}
	return r
}

// openWorkers shares the members among workers, one for every second processor: the seeder needs some too.
func (r *run) openWorkers() error {
	count := max(1, min(runtime.GOMAXPROCS(0)/2, len(r.members)))
	for range count {
		w, err := newWorker()
		if err != nil {
			return err
		}
		r.workers = append(r.workers, w)
	}
	for i, m := range r.members {
		r.workers[i%count].enlist(m)
	}
	return nil
}

func (r *run) close() {
	for _, w := range r.workers {
		w.close()
	}
}

// work runs the load to its end, and returns when nothing of it runs any more.
func (r *run) work(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	all, ctx := errgroup.WithContext(ctx)
	for _, w := range r.workers {
		all.Go(func() error { return w.run(ctx) })
	}
	all.Go(func() error {
		defer cancel()
		return r.keepTime(ctx)
	})
	return all.Wait()
}

// keepTime goes through the plan, from the first connection to the end of the window.
func (r *run) keepTime(ctx context.Context) error {
	r.connect(ctx, 0)
	if r.plan.Unchoked {
		if err := until(ctx, r.allUnchoked); err != nil {
			return fmt.Errorf("wait to be unchoked: %w", err)
		}
	}
	beginning := time.Now()
	r.begun.Store(true)
	meanwhile, cancel := context.WithCancel(ctx)
	var others sync.WaitGroup
	for _, delay := range r.delays() {
		others.Go(func() {
			if pause(meanwhile, delay) == nil {
				r.connect(meanwhile, delay)
			}
		})
	}
	others.Go(func() { r.sample(meanwhile, beginning) })
	err := r.measure(ctx)
	cancel()
	others.Wait()
	return err
}

// measure opens the window after the warm-up and closes it.
func (r *run) measure(ctx context.Context) error {
	if err := pause(ctx, r.plan.Warmup); err != nil {
		return fmt.Errorf("warm up: %w", err)
	}
	if r.plan.Opened != nil {
		r.plan.Opened()
	}
	begin := time.Now()
	r.before = r.received()
	err := until(ctx, func() bool { return r.over(time.Since(begin)) })
	r.elapsed = time.Since(begin)
	r.after = r.received()
	if r.plan.Closed != nil {
		r.plan.Closed()
	}
	return err
}

// over reports whether a window that has been open so long closes now.
func (r *run) over(open time.Duration) bool {
	switch {
	case r.plan.Window > 0 && open >= r.plan.Window:
		return true
	case r.plan.Bytes > 0 && sum(r.received())-sum(r.before) >= r.plan.Bytes:
		return true
	}
	return !slices.ContainsFunc(r.members, func(m *member) bool { return m.failure.Load() == nil })
}

// until waits until done says so, which it is asked often.
func until(ctx context.Context, done func() bool) error {
	for !done() {
		if err := pause(ctx, time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
