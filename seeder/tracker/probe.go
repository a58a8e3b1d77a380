package tracker

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"sixseed/seeder/tracker/swarm"
)

const (
	// probeTimeout bounds a probe, which holds one of the probers.
	probeTimeout = 3 * time.Second
	// probers are as many as it takes to make the 10 probes a second that are allowed, however slow the other side.
	probers = 30
)

// The rates of probes are part of the promise that nobody is flooded by them, and not for the admin to change.
var (
	rateOfProbes = Rate{PerSecond: 10, Burst: 10}
	rateNetProbe = Rate{PerSecond: 1.0 / 3600, Burst: 1} // of a /64
)

// probedNetworks are more than can be probed in the hour that one has to be left alone for.
const probedNetworks = 1 << 16

// Probes are what has become of claims that were to be probed.
type Probes struct{ Proven, Failed, Refused uint64 }

// prober asks at claimed addresses whether there is somebody who takes part in the torrent.
type prober struct {
	config  Config
	rates   *rates // of networks
	rate    *rates // of all together, which no network can take the place of
	claims  chan swarm.Announce
	peerID  [20]byte
	proven  atomic.Uint64
	failed  atomic.Uint64
	refused atomic.Uint64
}

func newProber(config Config, now time.Time) *prober {
	p := &prober{
		config: config,
		rates:  newRates(probedNetworks, now),
		rate:   newRates(1, now),
		claims: make(chan swarm.Announce, probers),
	}
	copy(p.peerID[:], "-6S0000-probe-")
	_, _ = rand.Read(p.peerID[14:]) // does not fail
	return p
}

// counts is for a tracker that does not probe, too.
func (p *prober) counts() Probes {
	if p == nil {
		return Probes{}
	}
	return Probes{Proven: p.proven.Load(), Failed: p.failed.Load(), Refused: p.refused.Load()}
}

// accept takes a claim to be probed, if the limits allow that.
func (p *prober) accept(now time.Time, claim swarm.Announce) bool {
	network := network64(claim.Peer.Addr().As16())
	if len(p.claims) < cap(p.claims) && p.rates.allow(now, network, rateNetProbe) && p.rate.allow(now, 0, rateOfProbes) {
		select {
		case p.claims <- claim:
			return true
		default:
		}
	}
	p.refused.Add(1)
	return false
}

// run probes until ctx ends, and calls believe with the claims that are proven.
func (p *prober) run(ctx context.Context, believe func(swarm.Announce)) error {
	var running sync.WaitGroup
	for range probers {
		running.Go(func() { p.work(ctx, believe) })
	}
	running.Wait()
	return nil
}

func (p *prober) work(ctx context.Context, believe func(swarm.Announce)) {
	for {
		select {
		case <-ctx.Done():
			return
		case claim := <-p.claims:
			if err := p.probe(ctx, claim); err != nil {
				p.failed.Add(1)
				p.config.Log.Debug("claim not proven", slog.Any("error", err))
				continue
			}
			p.proven.Add(1)
			believe(claim)
		}
	}
}

// handshakeStart begins every handshake (BEP 3). It is followed by 8 bytes of extensions, the info-hash and the peer id.
const (
	handshakeStart = "\x13BitTorrent protocol"
	atInfoHash     = len(handshakeStart) + 8
)

// probe makes a handshake at the claimed address. That it takes a connection is no consent: it has to answer with the
// info-hash. The peer id may differ from the announced one.
func (p *prober) probe(ctx context.Context, claim swarm.Announce) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	conn, err := p.config.Dial(ctx, claim.Peer)
	if err != nil {
		return fmt.Errorf("probe %s: %w", claim.Peer, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer func() {
		if stop() {
			_ = conn.Close()
		}
	}()
	question := append([]byte(handshakeStart), make([]byte, 8)...)
	question = append(append(question, claim.InfoHash[:]...), p.peerID[:]...)
	if _, err := conn.Write(question); err != nil {
		return fmt.Errorf("probe %s: %w", claim.Peer, err)
	}
	answer := make([]byte, atInfoHash+len(claim.InfoHash))
	if _, err := io.ReadFull(conn, answer); err != nil {
		return fmt.Errorf("probe %s: %w", claim.Peer, err)
	}
	if !bytes.HasPrefix(answer, []byte(handshakeStart)) || !bytes.HasSuffix(answer, claim.InfoHash[:]) {
		return fmt.Errorf("probe %s: answers with something else", claim.Peer)
	}
	return nil
}

// dialTCP connects without MPTCP, as all that is connected to here does.
func dialTCP(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	var dialer net.Dialer
	dialer.SetMultipathTCP(false)
	return dialer.DialContext(ctx, "tcp6", to.String())
}
