package httptracker

import (
	"net/http"
	"net/netip"
	"strconv"

	"sixseed/policy/family"
)

// routes are all that is served; everything else is not found. A GET route takes HEAD, too.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /announce", s.answer((*exchange).announced))
	mux.HandleFunc("GET /scrape", s.answer((*exchange).scraped))
	mux.HandleFunc("GET /stats", s.serveStats)
	mux.HandleFunc("GET /{$}", s.serveRoot)
	if s.torrents != nil {
		mux.HandleFunc("GET /torrents/{$}", s.serveTorrents)
		mux.HandleFunc("GET /torrents/{name}", s.serveTorrent)
	}
	return mux
}

// Header values that are the same in all answers, made once. Nobody changes them.
var (
	plainText = []string{"text/plain"}
	closing   = []string{"close"}
)

// answer serves an announce or a scrape: with status 200, whatever the answer says.
func (s *Server) answer(respond func(x *exchange, query string) Outcome) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		remote := remoteAddr(r)
		client, err := s.proxies.client(remote, r.Header)
		x := s.exchanges.take(s.tracker, s.now(), client)
		defer s.exchanges.give(x)
		outcome := Nameless
		if err != nil {
			client = remote
			x.fail(err.Error())
		} else {
			outcome = respond(x, r.URL.RawQuery)
		}
		s.counters.At(family.Of(client))[outcome].Add(1)
		header := w.Header()
		header["Content-Type"] = plainText
		header["Content-Length"] = []string{strconv.Itoa(len(x.body))}
		if !s.proxies.trust(remote) { // a proxy's connection is used again at once
			header["Connection"] = closing
		}
		_, _ = w.Write(x.body) // who is gone needs no answer
	}
}

// remoteAddr is where a connection comes from.
func remoteAddr(r *http.Request) netip.Addr {
	remote, _ := netip.ParseAddrPort(r.RemoteAddr) // net/http has it from the socket
	return plain(remote.Addr())
}
