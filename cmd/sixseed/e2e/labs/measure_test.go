package labs_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/policy/family"
)

// sampling is how often is counted.
const sampling = 50 * time.Millisecond

// reading is what was measured of a seeder under a load.
type reading struct {
	course
	cpu    time.Duration                // of the seeder
	waited family.Pair[[]time.Duration] // how long peers waited to be unchoked first; negative: in vain
}

// cpuPerGB is the seeder's processor time in seconds for each GB that peers received.
func (r reading) cpuPerGB() float64 {
	received := r.course[len(r.course)-1].received
	return r.cpu.Seconds() / (float64(received.V4+received.V6) / 1e9)
}

// measure puts the seeder under a load for a while.
func (s *seeder) measure(t testing.TB, lasts time.Duration, groups ...load.Group) reading {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), lasts+time.Minute)
	defer cancel()
	var before, after time.Duration
	var sent []family.Pair[int64]
	result, err := load.Run(ctx, load.Plan{
		Torrent: s.release.Torrent, Groups: groups, Window: lasts, Sample: sampling,
		Opened:  func() { before = s.cpu(t) },
		Sampled: func() { sent = append(sent, s.sent(t)) },
		Closed: func() {
			after = s.cpu(t)
			s.checkCongestionControl(t)
		},
	})
	if err != nil {
		t.Fatalf("the peers: %v", err)
	}
	switch gone := result.Failures(); {
	case gone != nil && s.hangsUp:
		t.Logf("without some of the peers: %v", gone)
	case gone != nil:
		t.Fatalf("the peers: %v", gone)
	}
	r := reading{cpu: after - before, course: trace(result, sent)}
	for _, traffic := range result.Groups {
		waited := r.waited.At(traffic.Family)
		*waited = append(*waited, traffic.Waited...)
	}
	return r
}

// trace puts together what was received and what was sent at each sample.
func trace(result load.Result, sent []family.Pair[int64]) course {
	var c course
	for i, at := range result.Sampled {
		m := moment{at: at, sent: sent[i]}
		for _, traffic := range result.Groups {
			*m.received.At(traffic.Family) += traffic.Samples[i]
		}
		c = append(c, m)
	}
	return c
}

// cpu is the processor time that the seeder has used until now.
func (s *seeder) cpu(t testing.TB) time.Duration {
	t.Helper()
	used, err := s.CPU()
	if err != nil {
		t.Errorf("read the seeder's processor time: %v", err)
	}
	return used
}

func (s *seeder) sent(t testing.TB) family.Pair[int64] {
	t.Helper()
	sent, err := s.network.seeder().sent()
	if err != nil {
		t.Errorf("read what the kernel sent: %v", err)
	}
	return sent
}

// checkCongestionControl sees to it that the seeder's connections have the one that was chosen.
func (s *seeder) checkCongestionControl(t testing.TB) {
	t.Helper()
	found, err := s.network.congestionControls(t.Context())
	if err != nil || !slices.Equal(found, []string{s.network.congestion}) {
		t.Errorf("the seeder's connections use %v, want %s: %v", found, s.network.congestion, err)
	}
}
