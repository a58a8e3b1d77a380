package trackerload_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sixseed/seeder/tracker/swarm"
	"sixseed/seeder/tracker/trackerload"
	"sixseed/seeder/tracker/udptracker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// tracker answers with as many peers as it is asked for, and takes none that it should not know.
type tracker struct{ t *testing.T }

func (k tracker) Announce(_ time.Time, a *swarm.Announce, out *swarm.Answer) error {
	if a.InfoHash != trackerload.InfoHash(0) && a.InfoHash != trackerload.InfoHash(1) {
		k.t.Errorf("announced %x", a.InfoHash)
	}
	if port := a.Peer.Port(); port < 1024 || port >= 1024+3 || a.Tag != swarm.Tag(port) {
		k.t.Errorf("announced with port %d and tag %d", port, a.Tag)
	}
	out.Peers4, out.Peers6 = make([]byte, 6*a.NumWant), make([]byte, 18*a.NumWant)
	return nil
}

func (k tracker) Scrape(swarm.InfoHash) (swarm.Counts, bool) { return swarm.Counts{}, false }
func (k tracker) Interval() time.Duration                    { return time.Minute }

// Tag is the end of the peer id.
func (k tracker) Tag(peerID [20]byte, _ uint32) swarm.Tag {
	return swarm.Tag(peerID[18])<<8 | swarm.Tag(peerID[19])
}

func TestLoad_Run(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		address string
		bytes   int // of each answer
	}{{"127.0.0.1:0", 20 + 5*6}, {"[::1]:0", 20 + 5*18}} {
		listen := []netip.AddrPort{netip.MustParseAddrPort(test.address)}
		server, err := udptracker.Open(t.Context(), udptracker.Config{Listen: listen}, tracker{t})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- server.Run(ctx) }()
		load := trackerload.Load{
			Tracker: server.Addrs()[0], Clients: 2, Window: 8, InfoHashes: 2, Ports: 3, NumWant: 5,
		}
		var result trackerload.Result
		early := func() bool { return err == nil || errors.Is(err, os.ErrDeadlineExceeded) }
		for end := time.Now().Add(patience); result.Answers == 0 && early() && time.Now().Before(end); {
			result, err = load.Run(ctx, 20*time.Millisecond)
		}
		if result.Answers == 0 || err != nil || result.Errors > 0 || result.Bytes != result.Answers*test.bytes {
			t.Errorf("the load at %v had %+v, %v", load.Tracker, result, err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
