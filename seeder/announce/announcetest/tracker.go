// Package announcetest is a small BitTorrent tracker for tests: HTTP and UDP, on 127.0.0.1 and on ::1, one port for all.
// It remembers every announce for the test to look at, and it brings together who announces, so that real clients find
// each other through it. It forgets nobody who does not say `stopped`.
package announcetest

import (
	"fmt"
	"hash/maphash"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"sixseed/policy/family"
)

// Announce is an announce as the tracker understood it.
type Announce struct {
	Transport  string        // "http" or "udp"
	Family     family.Family // that it came over
	Remote     netip.AddrPort
	InfoHash   [20]byte
	PeerID     [20]byte
	Port       uint16
	Uploaded   int64
	Downloaded int64
	Left       int64
	Event      string // "", "started", "stopped" or "completed"
	NumWant    int32
	Key        uint32
	TrackerID  string
	URL        string // HTTP: path and query. UDP: what came as URL data (BEP 41)
	UserAgent  string
}

// Reply is what the tracker answers, beside the peers.
type Reply struct {
	Failure     string // a refusal; nothing else but RetryIn counts then
	RetryIn     string // minutes, or "never" (BEP 31); HTTP only
	Interval    uint32 // seconds; 0: 1800
	MinInterval uint32 // seconds; 0: not said; HTTP only
	Warning     string // HTTP only
	TrackerID   string // HTTP only
	Silent      bool   // no answer at all; UDP only
}

// Tracker is a running tracker.
type Tracker struct {
	tb     testing.TB
	reply  func(Announce) Reply
	port   uint16
	idSeed maphash.Seed // of UDP connection ids
	server http.Server
	socks  []net.PacketConn
	serve  sync.WaitGroup

	mu        sync.Mutex
	announces []Announce
	swarms    map[[20]byte]swarm
}

// New starts a tracker that runs to the end of the test. Reply is called for every announce, from many goroutines; nil
// accepts all.
func New(tb testing.TB, reply func(Announce) Reply) *Tracker {
	tb.Helper()
	if reply == nil {
		reply = func(Announce) Reply { return Reply{} }
	}
	t := &Tracker{tb: tb, reply: reply, idSeed: maphash.MakeSeed(), swarms: make(map[[20]byte]swarm)}
	listeners := t.listen()
	t.server.Handler = http.HandlerFunc(t.serveHTTP)
	for _, listener := range listeners {
		t.serve.Go(func() { _ = t.server.Serve(listener) })
	}
	for i, sock := range t.socks {
		t.serve.Go(func() { t.serveUDP(sock, families[i]) })
	}
	tb.Cleanup(t.close)
	return t
}

// URL returns the announce URL for a transport ("http" or "udp") and a family.
func (t *Tracker) URL(transport string, f family.Family) string {
	return fmt.Sprintf("%s://%s/announce", transport, t.address(f))
}

// Announces returns what was announced so far, in the order it came.
func (t *Tracker) Announces() []Announce {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.announces)
}

// patience is how long Await waits: long enough for the slowest machine, since only failing tests wait it out.
const patience = 3 * time.Minute

// Await waits until done is content with what was announced, and returns that. The test fails if it never is.
func (t *Tracker) Await(what string, done func([]Announce) bool) []Announce {
	t.tb.Helper()
	deadline := time.Now().Add(patience)
	for {
		announces := t.Announces()
		if done(announces) {
			return announces
		}
		if time.Now().After(deadline) {
			t.tb.Fatalf("tracker: no %s in %v; %d announces: %+v", what, patience, len(announces), announces[:min(len(announces), 10)])
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// families are those of the tracker's sockets, in order.
var families = [...]family.Family{family.V4, family.V6}

var hosts = family.Pair[string]{V4: "127.0.0.1", V6: "::1"}

func (t *Tracker) address(f family.Family) string {
	return net.JoinHostPort(hosts.Get(f), strconv.Itoa(int(t.port)))
}

// listen opens all sockets on one port. It takes a port that TCP over IPv4 has to give, and another one if that is not
// free everywhere.
func (t *Tracker) listen() []net.Listener {
	t.tb.Helper()
	var err error
	for range 20 {
		var listeners []net.Listener
		if listeners, err = t.listenOnOnePort(); err == nil {
			return listeners
		}
		for _, listener := range listeners {
			_ = listener.Close()
		}
		for _, sock := range t.socks {
			_ = sock.Close()
		}
		t.port, t.socks = 0, nil
	}
	t.tb.Fatalf("tracker: %v", err)
	return nil
}

func (t *Tracker) listenOnOnePort() (listeners []net.Listener, err error) {
	var config net.ListenConfig
	for _, f := range families {
		listener, err := config.Listen(t.tb.Context(), "tcp", t.address(f))
		if err != nil {
			return listeners, err
		}
		listeners = append(listeners, listener)
		t.port = listener.Addr().(*net.TCPAddr).AddrPort().Port()
	}
	for _, f := range families {
		sock, err := config.ListenPacket(t.tb.Context(), "udp", t.address(f))
		if err != nil {
			return listeners, err
		}
		t.socks = append(t.socks, sock)
	}
	return listeners, nil
}

func (t *Tracker) close() {
	_ = t.server.Close()
	for _, sock := range t.socks {
		_ = sock.Close()
	}
	t.serve.Wait()
}

// handle takes an announce and returns the reply to it, with the peers to tell about.
func (t *Tracker) handle(announce Announce) (Reply, []netip.AddrPort) {
	reply := t.reply(announce)
	if reply.Interval == 0 {
		reply.Interval = 1800
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.announces = append(t.announces, announce)
	if reply.Failure != "" {
		return reply, nil
	}
	if t.swarms[announce.InfoHash] == nil {
		t.swarms[announce.InfoHash] = make(swarm)
	}
	return reply, t.swarms[announce.InfoHash].take(announce)
}
