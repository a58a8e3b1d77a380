package udptracker

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/datagram"
	"sixseed/seeder/tracker/swarm"
)

// Tracker is what the questions are for. Its methods are called by several goroutines at once.
type Tracker interface {
	// Announce notes the announce and fills the answer with peers of the announcing peer's family. A *tracker.Refusal
	// is told to the client.
	Announce(now time.Time, a *swarm.Announce, out *swarm.Answer) error
	// Scrape returns the counts of a swarm, and whether it may be asked for.
	Scrape(infoHash swarm.InfoHash) (swarm.Counts, bool)
	// Interval is how long a client that was answered should wait until it announces again.
	Interval() time.Duration
	// Tag joins the announces of one client.
	Tag(peerID [20]byte, key uint32) swarm.Tag
}

// Config is what a Server needs.
type Config struct {
	// Listen are the addresses to listen at, of either family. An IPv6 address takes nothing over IPv4, 0.0.0.0 and ::
	// go together.
	Listen []netip.AddrPort
	// Sockets is how many there are for each address: one for every core that is to work on it. 0 is GOMAXPROCS.
	Sockets int
	// Key makes connection ids. It has to be random, and another for every server: whoever knows it can have answers sent
	// to anybody. All zeros stand for one that nobody knows.
	Key [16]byte
	// Now is the clock; nil is time.Now. It is asked once for every batch of questions.
	Now func() time.Time
}

// Server answers the questions that come to its sockets.
type Server struct {
	workers []*worker
}

// Open opens the sockets. An address that is in use, or not this host's, is an error that names it.
func Open(ctx context.Context, config Config, tracker Tracker) (*Server, error) {
	if config.Sockets < 1 {
		config.Sockets = runtime.GOMAXPROCS(0)
	}
	if config.Key == [16]byte{} {
		_, _ = rand.Read(config.Key[:]) // does not fail
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	s := new(Server)
	ids := newConnections(config.Key, config.Now())
	for _, addr := range config.Listen {
		sockets, err := datagram.Listen(ctx, addr, config.Sockets)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		for _, socket := range sockets {
			s.workers = append(s.workers, newWorker(socket, config.Now, newResponder(socket.Family(), tracker, ids)))
		}
	}
	return s, nil
}

// Run answers until ctx ends, and then closes the sockets and returns nil. It returns early with an error if one of
// them cannot be read any more. It is called once.
func (s *Server) Run(ctx context.Context) error {
	var running sync.WaitGroup
	failed := make(chan error, len(s.workers))
	for _, w := range s.workers {
		running.Go(func() {
			if err := w.run(); err != nil {
				failed <- err
			}
		})
	}
	var broken error
	select {
	case <-ctx.Done():
	case broken = <-failed:
	}
	err := errors.Join(broken, s.Close())
	running.Wait()
	return err
}

// Close closes the sockets of a server that is not going to Run.
func (s *Server) Close() error {
	var errs []error
	for _, w := range s.workers {
		if err := w.socket.Close(); err != nil {
			errs = append(errs, fmt.Errorf("close UDP socket at %s: %w", w.socket.Addr(), err))
		}
	}
	return errors.Join(errs...)
}

// Addrs are the addresses it listens at, one for each of Config.Listen, with the port that was free where that was 0.
func (s *Server) Addrs() []netip.AddrPort {
	var addrs []netip.AddrPort
	for _, w := range s.workers {
		if addr := w.socket.Addr(); len(addrs) == 0 || addrs[len(addrs)-1] != addr {
			addrs = append(addrs, addr)
		}
	}
	return addrs
}

// Counts returns what became of the datagrams so far, by the family of the socket.
func (s *Server) Counts() family.Pair[Counts] {
	var counts family.Pair[Counts]
	for _, w := range s.workers {
		w.responder.counters.addTo(counts.At(w.responder.family))
	}
	return counts
}
