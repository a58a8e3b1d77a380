package load

import (
	"context"
	"time"

	"sixseed/policy/family"
)

// received is what each member has received so far, in bytes of blocks.
func (r *run) received() []int64 {
	all := make([]int64, len(r.members))
	for i, m := range r.members {
		if p := m.peer.Load(); p != nil {
			all[i] = p.received.Load()
		}
	}
	return all
}

func sum(bytes []int64) int64 {
	var all int64
	for _, n := range bytes {
		all += n
	}
	return all
}

// allUnchoked reports whether all members who came at the beginning, to ask for something, may ask or are gone.
func (r *run) allUnchoked() bool {
	for _, m := range r.members {
		p := m.peer.Load()
		if p != nil && m.group.asks() && !p.unchoked.Load() && m.failure.Load() == nil {
			return false
		}
	}
	return true
}

// sample adds to the samples until the context ends.
func (r *run) sample(ctx context.Context, beginning time.Time) {
	if r.plan.Sample <= 0 {
		return
	}
	ticker := time.NewTicker(r.plan.Sample)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			r.takeSample(time.Since(beginning))
			if r.plan.Sampled != nil {
				r.plan.Sampled()
			}
		}
	}
}

func (r *run) takeSample(at time.Duration) {
	r.sampled = append(r.sampled, at)
	received, i := r.received(), 0
	for g, group := range r.plan.Groups {
		r.samples[g] = append(r.samples[g], sum(received[i:i+group.Connections]))
		i += group.Connections
	}
}

// result takes the run's figures, after it has ended.
func (r *run) result() Result {
	result, i := Result{Elapsed: r.elapsed, Sampled: r.sampled}, 0
	for g, group := range r.plan.Groups {
		traffic := Traffic{Family: family.Of(group.Seeder.Addr()), Samples: r.samples[g]}
		for range group.Connections {
			traffic.Connections = append(traffic.Connections, r.after[i]-r.before[i])
			traffic.Waited = append(traffic.Waited, r.members[i].waited())
			if failure := r.members[i].failure.Load(); failure != nil {
				traffic.Failures = append(traffic.Failures, *failure)
			}
			i++
		}
		result.Groups = append(result.Groups, traffic)
	}
	return result
}
