// Package engine is the only adapter to anacrolix/torrent's Client.
//
// The client does handshakes, the extension protocol (BEP 10), metadata exchange (BEP 9), peer exchange (BEP 11) and
// peer bookkeeping. All else that it could do is switched off: sockets are [wire.Endpoint]'s, data are
// [content.Data]'s and read-only, trackers are announced to by seeder/announce.
//
// # Dormant and active
//
// A torrent in the client takes some hundred kilobytes, and of the thousands that a mirror has, few are asked for at a
// time. So a torrent is dormant at first: the engine knows its info-hash and where to read its info dictionary again, and
// the client knows nothing. The first handshake that names it makes it active, before the client has seen a byte of that
// handshake; so do peers to dial. When it has had no connection for a while, it is dormant again. Nobody else can tell
// the difference.
//
// # Locks
//
// A goroutine takes the engine's lock and a torrent's one after the other, never both, and may call the client while it
// holds a torrent's. The client calls back with its own lock held: into storage, the log, [wire.Conn.Close]. None of
// these may take a lock of the engine or of a torrent. That is why wire.Torrent.Release is atomics only.
package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anacrolix/torrent"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/mse"
	"sixseed/storage/content"
)

// Limits of the client's own bookkeeping.
const (
	handshakeTimeout = 10 * time.Second
	idleTorrentConns = 50      // what a torrent sets memory aside for when it is activated
	busyTorrentConns = 1 << 20 // what it may have: the endpoint sets the limit for all torrents together
)

// Reasons for not seeding a torrent.
var (
	ErrKnown  = errors.New("it is seeded already")
	ErrClosed = errors.New("the engine is closed")
)

// Config is what an Engine is made of.
type Config struct {
	PeerID     [20]byte
	ClientName string // as peers see it in the extension handshake: "sixseed/1.0.0"
	PEX        bool
	Log        *slog.Logger

	// Changed is called at every read of a torrent whose data turn out to have changed. It must not block.
	Changed func(wire.InfoHash)
}

// Torrent is what the engine needs to seed one.
type Torrent struct {
	InfoHash wire.InfoHash
	// Info reads the info dictionary, verbatim. It is called when the torrent is added and again at every activation:
	// thousands of dictionaries are not kept in memory for the few that are in use.
	Info func() ([]byte, error)
	Data *content.Data // verified; the engine closes it
}

// Engine seeds torrents to the peers that its endpoint brings.
type Engine struct {
	changed func(wire.InfoHash)
	log     *slog.Logger
	client  *torrent.Client
	active  atomic.Int64 // torrents in the client

	listeners []*wire.Listener
	dials     bool // there are dialers

	mu       sync.RWMutex
	torrents map[wire.InfoHash]*seeded
	keyed    map[mse.Key]*seeded
	closed   bool
}

var _ wire.Torrents = (*Engine)(nil)

// New returns an engine without torrents and connections.
func New(config Config) (*Engine, error) {
	client, err := torrent.NewClient(clientConfig(config))
	if err != nil {
		return nil, fmt.Errorf("start engine: %w", err)
	}
	return &Engine{
		changed:  config.Changed,
		log:      config.Log,
		client:   client,
		torrents: make(map[wire.InfoHash]*seeded),
		keyed:    make(map[mse.Key]*seeded),
	}, nil
}

// Connect gives the engine its sockets. It must be called before the first torrent is added.
func (e *Engine) Connect(listeners []*wire.Listener, dialers []*wire.Dialer) {
	e.listeners, e.dials = listeners, len(dialers) > 0
	connected := make(chan struct{})
	defer close(connected)
	for _, listener := range listeners {
		e.client.AddListener(heldBack{listener, connected})
	}
	for _, dialer := range dialers {
		e.client.AddDialer(dialer)
	}
}

// Add seeds a torrent, dormant until a peer comes. On an error its data are closed.
func (e *Engine) Add(t Torrent) error {
	added, err := newSeeded(e, t)
	if err == nil {
		err = e.register(added)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("add %x: %w", t.InfoHash, err), t.Data.Close())
	}
	return nil
}

func (e *Engine) register(s *seeded) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	if _, known := e.torrents[s.InfoHash]; known {
		return ErrKnown
	}
	e.torrents[s.InfoHash] = s
	e.keyed[mse.KeyOf(s.InfoHash)] = s
	return nil
}

// Remove stops seeding a torrent: its connections are closed, its data too. One that is not there is no error.
func (e *Engine) Remove(infoHash wire.InfoHash) error {
	e.mu.Lock()
	gone, known := e.torrents[infoHash]
	delete(e.torrents, infoHash)
	delete(e.keyed, mse.KeyOf(infoHash))
	e.mu.Unlock()
	if !known {
		return nil
	}
	if err := gone.remove(); err != nil {
		return fmt.Errorf("remove %x: %w", infoHash, err)
	}
	return nil
}

// Families are those that the engine listens on.
func (e *Engine) Families() family.Pair[bool] {
	var listening family.Pair[bool]
	for _, listener := range e.listeners {
		*listening.At(listener.Family()) = true
	}
	return listening
}

// Close closes every listener, connection and torrent. The engine cannot be used again.
func (e *Engine) Close() error {
	var errs []error
	for _, listener := range e.listeners {
		errs = append(errs, listener.Close())
	}
	for _, gone := range e.shut() {
		errs = append(errs, gone.remove())
	}
	errs = append(errs, e.client.Close()...)
	for _, listener := range e.listeners {
		listener.Release()
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close engine: %w", err)
	}
	return nil
}

// shut takes all torrents out, and lets none in any more.
func (e *Engine) shut() []*seeded {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	all := slices.Collect(maps.Values(e.torrents))
	clear(e.torrents)
	clear(e.keyed)
	return all
}

// all returns the torrents there are.
func (e *Engine) all() []*seeded {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return slices.Collect(maps.Values(e.torrents))
}

// find returns a torrent, or nil.
func (e *Engine) find(infoHash wire.InfoHash) *seeded {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.torrents[infoHash]
}
