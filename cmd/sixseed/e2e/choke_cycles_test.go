package e2e_test

import (
	"context"
	"math"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/seeder/announce/announcetest"
	"sixseed/seeder/wire"
)

// TestWire_ChokeCycles has clients of other makes download while they lose their upload slot and get it back, many
// times: they get what they came for, nothing is sent to who is choked, and nobody finds fault with the other.
func TestWire_ChokeCycles(t *testing.T) {
	t.Parallel()
	tracker, s := announcetest.New(t, nil), newFickleSeed(t)
	ctx, stop := context.WithCancel(t.Context())
	var treating sync.WaitGroup
	treating.Go(func() { s.treatAll(ctx) })
	t.Run("Clients", func(t *testing.T) { // returns when all of its parallel subtests have
		for _, d := range plans(peers.Clients()) {
			t.Run(d.String(), func(t *testing.T) {
				t.Parallel()
				peers.Need(t, d.client.Program())
				s.serve(t, d, tracker)
			})
		}
	})
	stop()
	treating.Wait()
	ended := s.endpoint.Ended()
	for _, fault := range []wire.Reason{wire.ReasonProtocol, wire.ReasonFlood, wire.ReasonStalled, wire.ReasonSilent} {
		if ended[fault] != (family.Pair[int64]{}) {
			t.Errorf("connections have ended for the reason %q: %+v", fault, ended[fault])
		}
	}
}

// complaints are lines that clients print when a seed does what it should not.
var complaints = regexp.MustCompile(`.*(` +
	`peer error|not in download queue|` + // libtorrent
	`network read error|` + // rTorrent
	`bad packet|out-of-range|wrong block size|invalid block|didn't ask for this|is already complete` + // Transmission
	`).*`)

// serve has one client download a release that no other has.
func (s *fickleSeed) serve(t *testing.T, d download, tracker *announcetest.Tracker) {
	const size = 4 << 20
	// There are more than twenty turns if every choke is in time. A busy machine is late with them, and has fewer.
	chokes, treatment := 10, &treatment{quota: size / 20, allowedFast: 5 * ficklePiece}
	if d.client.Name() == "rtorrent" {
		chokes, treatment.quota = 2, size/4
		treatment.rest = 11 * time.Second // an unchoke that comes sooner it takes note of after half a minute
		treatment.allowedFast = 0         // it does not speak the fast extension
	}
	addresses, path := peers.Addresses(t, d.client), filepath.Join(t.TempDir(), d.release())
	peers.MakeISO(t, path, size)
	torrent := s.seed(t, path, treatment, peers.Tiers(t, tracker, addresses))

	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	printed := new(journal)
	job := peers.Job{
		Torrent: torrent, Dir: t.TempDir(), Bind: addresses.Get(d.family), Encrypt: d.encrypt, Output: printed,
	}
	if err := d.client.Download(ctx, job); err != nil {
		lines := strings.Split(printed.String(), "\n")
		t.Fatalf("%v; it printed in the end:\n%s", err, strings.Join(lines[max(0, len(lines)-50):], "\n"))
	}
	if err := same(filepath.Join(job.Dir, d.release()), path); err != nil {
		t.Error(err)
	}
	if got := s.choked(treatment, 0); got < chokes {
		t.Errorf("the client was choked %d times during the download, want %d or more", got, chokes)
	}
	if found := complaints.FindAllString(printed.String(), -1); found != nil {
		t.Errorf("the client complains of the seed:\n%s", strings.Join(found, "\n"))
	}
}

// treatAll treats every peer there is, until ctx ends.
func (s *fickleSeed) treatAll(ctx context.Context) {
	var treating sync.WaitGroup
	defer treating.Wait()
	for there := make(map[*wire.Conn]context.CancelFunc); ctx.Err() == nil; pause(ctx, 10*time.Millisecond) {
		gone := there
		there = make(map[*wire.Conn]context.CancelFunc)
		for _, c := range s.endpoint.Peers() {
			leave, known := gone[c]
			if !known {
				var staying context.Context
				staying, leave = context.WithCancel(ctx)
				treating.Go(func() { s.treat(staying, c) })
			}
			there[c] = leave
			delete(gone, c)
		}
		for _, leave := range gone {
			leave()
		}
	}
}

// treat gives a peer an upload slot and takes it away once it has got something, again and again until it has left.
func (s *fickleSeed) treat(ctx context.Context, c *wire.Conn) {
	s.mu.Lock()
	t := s.treatments[c.Status().InfoHash]
	s.mu.Unlock()
	for late, allowed := int64(0), t.allowedFast; fill(ctx, c, t.quota*3/4+rand.N(t.quota/4)); {
		c.Choke()
		s.choked(t, 1)
		for range rand.N(3) { // another one comes before the peer knows
			c.Unchoke()
			c.Choke()
		}
		before := payload(c)
		pause(ctx, t.rest+100*time.Millisecond+rand.N(200*time.Millisecond))
		// One block was on its way, and another one is not counted yet.
		if late += max(0, payload(c)-before-2*blockLength); late > allowed {
			s.t.Errorf("%s over %v has got %d bytes while it was choked", c.Status().Client, c.Family(), late)
			allowed = math.MaxInt64 // that is enough to know
		}
	}
}

// choked counts more chokes of peers that were getting something, and returns how many there were.
func (s *fickleSeed) choked(t *treatment, more int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.chokes += more
	return t.chokes
}

// fill gives a peer a slot until it has got so many bytes. It returns false if the peer leaves before that.
func fill(ctx context.Context, c *wire.Conn, quota int64) bool {
	for enough := payload(c) + quota; payload(c) < enough; pause(ctx, time.Millisecond) {
		if ctx.Err() != nil {
			return false
		}
		c.Unchoke() // is in vain before the handshakes have ended
	}
	return true
}

// payload is how many bytes of blocks a peer has been sent.
func payload(c *wire.Conn) int64 { return c.Status().Traffic.Payload }

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
