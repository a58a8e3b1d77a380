package engine_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"time"

	"sixseed/seeder/engine"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

const (
	churnTorrents   = 1000
	churnFleeting   = 100 // of these, how many come and go
	churnGoroutines = 8
	churnSteps      = 600 // of each
)

// churn is what many goroutines do to an engine at a time.
type churn struct {
	*seed
	t        *testing.T
	torrents []engine.Torrent
}

// Whoever has a torrent open finds it in the client, whatever else goes on; and in the end nothing is left there.
func TestEngine_Churn(t *testing.T) {
	t.Parallel()
	c := churn{seed: newSeed(t), t: t, torrents: emptyTorrents(t, churnTorrents, 1)}
	for _, torrent := range c.torrents {
		c.add(t, torrent)
	}
	var group sync.WaitGroup
	for i := range uint64(churnGoroutines) {
		group.Go(func() { c.act(rand.New(rand.NewPCG(i, 0))) })
	}
	group.Wait()

	now := time.Now()
	eventually(t, "all dormant", func() bool {
		now = now.Add(time.Hour)
		c.Retire(now)
		return c.Active() == 0
	})
	for _, torrent := range c.torrents {
		if c.isActive(torrent.InfoHash) {
			t.Errorf("%x is in the client, and the engine does not know", torrent.InfoHash)
		}
	}
}

// act is what one goroutine does.
func (c churn) act(random *rand.Rand) {
	for range churnSteps {
		number := random.IntN(len(c.torrents))
		torrent := c.torrents[number]
		stays := number >= churnFleeting
		switch step := random.IntN(1000); {
		case step < 500:
			c.use(torrent.InfoHash, stays)
		case step < 600 && stays:
			c.visit(torrent.InfoHash)
		case step < 700:
			c.Retire(time.Now().Add(time.Duration(random.IntN(100)) * time.Hour))
		case step < 702: // few: the client dials ten a second
			c.AddPeers(torrent.InfoHash, []netip.AddrPort{netip.MustParseAddrPort("[::1]:1")})
		case !stays:
			c.replace(torrent)
		}
	}
}

// use opens a torrent, looks for it in the client a few times, and lets go of it.
func (c churn) use(infoHash wire.InfoHash, stays bool) {
	opened, err := c.Open(infoHash)
	if err != nil {
		if stays || !errors.Is(err, wire.ErrUnknownTorrent) {
			c.t.Errorf("open %x: %v", infoHash, err)
		}
		return
	}
	defer opened.Release(time.Now())
	for range 3 {
		if stays && !c.isActive(infoHash) {
			c.t.Errorf("%x is open and not in the client", infoHash)
		}
	}
}

// visit shakes hands over a connection and hangs up.
func (c churn) visit(infoHash wire.InfoHash) {
	conn, err := new(net.Dialer).DialContext(c.t.Context(), "tcp", net.JoinHostPort("::1", strconv.Itoa(int(c.ports.V6))))
	if err == nil {
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err = conn.Write(handshake(infoHash)); err == nil {
			_, err = io.ReadFull(conn, make([]byte, message.HandshakeLength))
		}
	}
	if err != nil {
		c.t.Errorf("visit %x: %v", infoHash, err)
	}
}

// replace removes a torrent and adds it again.
func (c churn) replace(torrent engine.Torrent) {
	if err := c.Remove(torrent.InfoHash); err != nil {
		c.t.Error(err)
	}
	if err := c.Add(torrent); err != nil && !errors.Is(err, engine.ErrKnown) {
		c.t.Error(fmt.Errorf("add again: %w", err))
	}
}
