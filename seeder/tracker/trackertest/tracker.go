package trackertest

import (
	"net/netip"
	"sync"
	"testing"
	"time"

	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

// Tracker notes what it is asked and answers what it is told to. The fields are for before it is asked, and for when
// nobody asks any more.
type Tracker struct {
	Counts   swarm.Counts  // of every swarm
	Peers    int           // in every answer, of both families
	Proven   bool          // in every answer
	Err      error         // to announces
	ClaimErr error         // to claims
	Figures  tracker.Stats // what Stats returns

	mu        sync.Mutex
	announces []swarm.Announce // the last, if there was one; kept in a slice that costs no allocation
	claims    []netip.AddrPort
}

// Announce notes the announce in the place of the one before, and answers it.
func (k *Tracker) Announce(_ time.Time, a *swarm.Announce, out *swarm.Answer) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.announces = append(k.announces[:0], *a)
	out.Seeders, out.Leechers, out.Downloaded = k.Counts.Seeders, k.Counts.Leechers, k.Counts.Downloaded
	out.Proven = k.Proven
	for i := range k.Peers {
		out.Peers4 = append(out.Peers4, 198, 51, 100, byte(i), 0x1a, 0xe1)
		out.Peers6 = append(out.Peers6, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, byte(i), 0x1a, 0xe1)
	}
	return k.Err
}

// Claim notes the address that a client says it has.
func (k *Tracker) Claim(_ time.Time, _ *swarm.Announce, claimed netip.AddrPort) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.claims = append(k.claims, claimed)
	return k.ClaimErr
}

// Scrape knows the info-hashes that do not begin with a z.
func (k *Tracker) Scrape(infoHash swarm.InfoHash) (swarm.Counts, bool) {
	if infoHash[0] == 'z' {
		return swarm.Counts{}, false
	}
	return k.Counts, true
}

// Interval is half an hour.
func (k *Tracker) Interval() time.Duration { return 30 * time.Minute }

// MinInterval is half of Interval.
func (k *Tracker) MinInterval() time.Duration { return 15 * time.Minute }

// Stats returns the Figures.
func (k *Tracker) Stats() tracker.Stats { return k.Figures }

// Tag returns the key if the peer id is PeerID, and else 0.
func (k *Tracker) Tag(peerID [20]byte, key uint32) swarm.Tag {
	if string(peerID[:]) != PeerID {
		return 0
	}
	return swarm.Tag(key)
}

// Announced reports whether the tracker has been asked.
func (k *Tracker) Announced() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.announces) > 0
}

// Last returns the last announce. The test fails if there was none.
func (k *Tracker) Last(t testing.TB) swarm.Announce {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.announces) == 0 {
		t.Fatal("the tracker was not asked")
	}
	return k.announces[0]
}

// Claims returns the addresses that clients have said they have, oldest first.
func (k *Tracker) Claims() []netip.AddrPort {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.claims
}
