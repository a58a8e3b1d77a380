// Package engine is the only adapter to anacrolix/torrent's Client.
//
// The client does handshakes, the extension protocol (BEP 10), metadata exchange (BEP 9), peer exchange (BEP 11) and
// peer bookkeeping. All else that it could do is switched off: sockets are [wire.Endpoint]'s, data are
// [content.Data]'s and read-only, trackers are announced to by seeder/announce.
package engine

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/anacrolix/torrent"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/storage/content"
)

// Limits of the client's own bookkeeping.
const (
	handshakeTimeout = 10 * time.Second
	idleTorrentConns = 50      // what a torrent sets memory aside for when it is added
	busyTorrentConns = 1 << 20 // what it may have: the endpoint sets the limit for all torrents together
)

// Reasons for not seeding a torrent.
var (
	ErrKnown   = errors.New("it is seeded already")
	ErrClosed  = errors.New("the engine is closed")
	errRefused = errors.New("the client does not take its info dictionary")
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
	InfoHash  wire.InfoHash
	InfoBytes []byte        // the info dictionary, verbatim
	Data      *content.Data // verified; the engine closes it
}

// Engine seeds torrents to the peers that its endpoint brings.
type Engine struct {
	changed func(wire.InfoHash)
	client  *torrent.Client

	listeners []*wire.Listener

	mu       sync.RWMutex
	torrents map[wire.InfoHash]seeded
	closed   bool
}

// seeded is a torrent in the client.
type seeded struct {
	torrent *torrent.Torrent
	data    *content.Data
}

var _ wire.Torrents = (*Engine)(nil)

// New returns an engine without torrents and connections.
func New(config Config) (*Engine, error) {
	client, err := torrent.NewClient(clientConfig(config))
	if err != nil {
		return nil, fmt.Errorf("start engine: %w", err)
	}
	return &Engine{changed: config.Changed, client: client, torrents: make(map[wire.InfoHash]seeded)}, nil
}

// Connect gives the engine its sockets. It must be called before the first torrent is added.
func (e *Engine) Connect(listeners []*wire.Listener, dialers []*wire.Dialer) {
	e.listeners = listeners
	for _, listener := range listeners {
		e.client.AddListener(listener)
	}
	for _, dialer := range dialers {
		e.client.AddDialer(dialer)
	}
}

// Add seeds a torrent. On an error its data are closed.
func (e *Engine) Add(t Torrent) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.add(t); err != nil {
		return errors.Join(fmt.Errorf("add %x: %w", t.InfoHash, err), t.Data.Close())
	}
	return nil
}

func (e *Engine) add(t Torrent) error {
	if e.closed {
		return ErrClosed
	}
	if _, known := e.torrents[t.InfoHash]; known {
		return ErrKnown
	}
	added, _ := e.client.AddTorrentOpt(torrent.AddTorrentOpts{
		InfoHash:                 t.InfoHash,
		InfoBytes:                t.InfoBytes,
		Storage:                  readOnly{data: t.Data, changed: e.changed},
		DisableInitialPieceCheck: true,
	})
	if added.Info() == nil {
		added.Drop()
		return errRefused
	}
	added.DisallowDataDownload()
	added.SetMaxEstablishedConns(busyTorrentConns)
	e.torrents[t.InfoHash] = seeded{torrent: added, data: t.Data}
	return nil
}

// Remove stops seeding a torrent: its connections are closed, its data too. One that is not there is no error.
func (e *Engine) Remove(infoHash wire.InfoHash) error {
	e.mu.Lock()
	gone, known := e.torrents[infoHash]
	delete(e.torrents, infoHash)
	e.mu.Unlock()
	if !known {
		return nil
	}
	gone.torrent.Drop()
	if err := gone.data.Close(); err != nil {
		return fmt.Errorf("remove %x: %w", infoHash, err)
	}
	return nil
}

// AddPeers tells the engine of peers it may connect to.
func (e *Engine) AddPeers(infoHash wire.InfoHash, peers []netip.AddrPort) {
	e.mu.RLock()
	known, ok := e.torrents[infoHash]
	e.mu.RUnlock()
	if !ok {
		return
	}
	infos := make([]torrent.PeerInfo, 0, len(peers))
	for _, peer := range peers {
		infos = append(infos, torrent.PeerInfo{Addr: peerAddr(peer), Source: torrent.PeerSourceTracker})
	}
	known.torrent.AddPeers(infos)
}

// Families are those that the engine listens on.
func (e *Engine) Families() family.Pair[bool] {
	var listening family.Pair[bool]
	for _, listener := range e.listeners {
		*listening.At(listener.Family()) = true
	}
	return listening
}

// Serves reports whether a torrent is seeded.
func (e *Engine) Serves(infoHash wire.InfoHash) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	_, ok := e.torrents[infoHash]
	return ok
}

// InfoHashes yields the torrents that are seeded.
func (e *Engine) InfoHashes() iter.Seq[wire.InfoHash] {
	return func(yield func(wire.InfoHash) bool) {
		e.mu.RLock()
		defer e.mu.RUnlock()
		for infoHash := range e.torrents {
			if !yield(infoHash) {
				return
			}
		}
	}
}

// Close closes every listener, connection and torrent. The engine cannot be used again.
func (e *Engine) Close() error {
	var errs []error
	for _, listener := range e.listeners {
		errs = append(errs, listener.Close())
	}
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()

	errs = append(errs, e.client.Close()...)
	for _, listener := range e.listeners {
		listener.Release()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, gone := range e.torrents {
		errs = append(errs, gone.data.Close())
	}
	clear(e.torrents)
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close engine: %w", err)
	}
	return nil
}
