package engine

import (
	"net/netip"

	"github.com/anacrolix/torrent"
)

// clientConfig switches off whatever the client would do by itself.
func clientConfig(config Config) *torrent.ClientConfig {
	c := torrent.NewDefaultClientConfig()
	c.DisableTCP, c.DisableUTP, c.NoDHT = true, true, true
	c.DisableTrackers, c.DisableWebtorrent, c.DisableWebseeds = true, true, true
	c.NoDefaultPortForwarding = true
	c.DialForPeerConns = false
	c.PeriodicallyAnnounceTorrentsToDht = false
	c.DisablePEX = !config.PEX

	c.Seed = true
	c.AlwaysWantConns = true
	c.DefaultStorage = noStorage{}
	c.EstablishedConnsPerTorrent = idleTorrentConns
	c.HandshakesTimeout = handshakeTimeout

	// A name of our own: the client's default is on ban lists.
	c.PeerID = string(config.PeerID[:])
	c.ExtendedHandshakeClientVersion = config.ClientName
	c.HTTPUserAgent = config.ClientName

	// Encryption is the wire's; the client sees plain text both ways.
	c.HeaderObfuscationPolicy = torrent.HeaderObfuscationPolicy{RequirePreferred: true, Preferred: false}

	c.Slogger = quiet(config.Log)
	c.Callbacks.ReadMessage = shield
	c.Callbacks.PeerConnAdded = append(c.Callbacks.PeerConnAdded, limitExtensions(config.PEX))
	return c
}

// peerAddr is the address of a peer as the client takes it.
type peerAddr netip.AddrPort

func (a peerAddr) String() string { return netip.AddrPort(a).String() }
