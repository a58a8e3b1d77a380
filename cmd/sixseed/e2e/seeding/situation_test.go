package seeding_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/cmd/sixseed/e2e/rig"
	"sixseed/policy/family"
)

const (
	warmup = 300 * time.Millisecond
	window = 1500 * time.Millisecond

	measureLimit = time.Minute // for connecting, unchoking and all

	usualInFlight = 200
)

// situation is a load that every seeder is put under.
type situation struct {
	connections int
	inFlight    int // requests that each keeps outstanding
	encrypted   bool
	family      family.Family
}

// situations lists what is measured: all numbers of connections with as many requests in flight as usual clients have,
// and with more where that could change something.
func situations() []situation {
	var all []situation
	for _, connections := range []int{1, 8, 64, 512} {
		for _, f := range family.All {
			all = append(all, situation{connections, usualInFlight, false, f}, situation{connections, usualInFlight, true, f})
			if connections == 8 || connections == 64 {
				all = append(all, situation{connections, 1000, false, f})
			}
		}
	}
	return all
}

func (s situation) encryption() string {
	if s.encrypted {
		return "rc4"
	}
	return "plain"
}

func (s situation) String() string {
	return fmt.Sprintf("connections=%d/inflight=%d/encryption=%s/family=%v", s.connections, s.inFlight, s.encryption(), s.family)
}

// over is the same situation over another family.
func (s situation) over(f family.Family) situation {
	s.family = f
	return s
}

// reading is what was measured of a seeder in one turn.
type reading struct {
	bytesPerSecond float64 // of blocks, as they were received
	cpuPerGB       float64 // seconds of the seeder's
	peak, own      float64 // bytes of resident memory: at most in the window, and without files at its end
}

// measure puts a seeder under this load for a while.
func (s situation) measure(t testing.TB, seeder *seeder, r *rig.Release) (reading, error) {
	t.Helper()
	return seeder.measure(t, r, load.Group{
		Seeder: seeder.address(s.family), Sources: sources(s.family, 0, s.connections),
		Connections: s.connections, InFlight: s.inFlight, RC4: s.encrypted,
	})
}

// measure puts a seeder under the load of some peers for a while. The error says why it did not take it.
func (s *seeder) measure(t testing.TB, r *rig.Release, peers ...load.Group) (reading, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), measureLimit)
	defer cancel()
	var before, after use
	result, err := load.Run(ctx, load.Plan{
		Torrent: r.Torrent, Groups: peers, Unchoked: true, Warmup: warmup, Window: window,
		Opened: func() { before = s.process.begin(t) },
		Closed: func() { after = s.process.use(t) },
	})
	if err == nil {
		err = summary(result)
	}
	if err != nil {
		return reading{}, fmt.Errorf("%s: %w", s.name, err)
	}
	received := float64(result.Bytes().V4 + result.Bytes().V6)
	return reading{
		bytesPerSecond: received / result.Elapsed.Seconds(),
		cpuPerGB:       (after.cpu - before.cpu).Seconds() / (received / 1e9),
		peak:           float64(after.peak),
		own:            float64(after.own),
	}, nil
}

// summary says how many peers failed, and of one how.
func summary(result load.Result) error {
	failed, connections, first := 0, 0, error(nil)
	for _, traffic := range result.Groups {
		if first == nil && len(traffic.Failures) > 0 {
			first = traffic.Failures[0]
		}
		failed += len(traffic.Failures)
		connections += len(traffic.Connections)
	}
	if failed == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d peers failed, such as %w", failed, connections, first)
}

// sources are addresses of a family that are this machine's in the tests' network, count of them from the first on. Each
// connection has its own, since seeders limit those of one address, or of one network.
func sources(f family.Family, first, count int) []netip.Addr {
	all := make([]netip.Addr, count)
	for i := range all {
		high, low := byte((first+i+1)>>8), byte(first+i+1)
		all[i] = netip.AddrFrom4([4]byte{127, 66, high, low})
		if f == family.V6 {
			all[i] = netip.AddrFrom16([16]byte{0xfd, 0x66, 0x5e, 0xed, high, low, 15: 1})
		}
	}
	return all
}
