// Package wire holds the peer connections: what lies between the engine's BitTorrent client and the sockets.
//
// The client sees a net.Conn that speaks the peer wire protocol (BEP 3) in plain text. Below it, a [Conn] does the
// handshake's encryption (MSE), learns which torrent the connection is for, and counts every byte by torrent and
// address family, block data apart from all else. Connections begin at an [Endpoint], which is one port on both
// families: a tcp4 and a tcp6 listener of their own, so that the family of a connection is certain.
package wire
