package httptracker

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"time"
)

var (
	ParseKey = parseKey
	Decode   = decode
)

const (
	MaxScrape           = maxScrape
	ReadTimeout         = readTimeout
	CertificateInterval = certificateInterval
)

// Handler is what answers, without a listener.
func (s *Server) Handler() http.Handler { return s.http.Handler }

// Patient lets clients be as slow as a busy machine makes them.
func (s *Server) Patient() { s.http.ReadTimeout = time.Hour }

// ListenAt adds a listener, of which no more connections than that are taken at a time.
func (s *Server) ListenAt(listener net.Listener, connections int) {
	s.listeners = append(s.listeners, bounded(listener, connections))
}

// Client returns the address that a request from a trusted proxy is taken to be from.
func Client(trusted []netip.Prefix, remote netip.Addr, header http.Header) (netip.Addr, error) {
	return proxies(trusted).client(remote, header)
}

// ParseQuery returns the info-hash and peer id of an announce that can be answered.
func ParseQuery(query string) (infoHash, peerID [20]byte, ok bool) {
	var q question
	reason := q.parse(query)
	return q.infoHash, q.peerID, reason == ""
}

// ParseScrape returns the info-hashes of a scrape that can be answered.
func ParseScrape(query string) (infoHashes [][20]byte, ok bool) {
	var x exchange
	reason := x.readScrape(query)
	return x.infoHashes, reason == ""
}

// Responder returns what answers the announces of a client, without HTTP. An answer is written over by the next.
func Responder(tracker Tracker, client netip.Addr) func(query string) []byte {
	x := newExchanges().take(tracker, time.Time{}, client)
	return func(query string) []byte {
		x.body = x.body[:0]
		x.announced(query)
		return x.body
	}
}

// WatchCertificate has a certificate's files watched until ctx ends.
func WatchCertificate(ctx context.Context, s *Server) { _ = s.certificate.watch(ctx, s.log) }
