package httptracker

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"sixseed/policy/family"
)

// The limits of a connection. A question is one line and few headers; a page may be long, over a slow line.
const (
	readTimeout  = 5 * time.Second
	writeTimeout = 30 * time.Second
	idleTimeout  = 30 * time.Second
	stopTimeout  = 3 * time.Second

	// maxHeaderBytes bounds the line and the headers together, with 4 KiB that net/http adds. A scrape of maxScrape
	// info-hashes takes 4.5 KB.
	maxHeaderBytes = 8 << 10
)

// Server answers the questions that come to its listeners.
type Server struct {
	listeners   []net.Listener
	http        *http.Server
	certificate *certificate // nil without HTTPS
	tracker     Tracker
	proxies     proxies
	torrents    Torrents
	pages       *template.Template
	now         func() time.Time
	log         *slog.Logger
	exchanges   exchanges
	counters    family.Pair[counters] // by the client's family
}

// Open opens the listeners and reads the certificate. An address that is in use, or not this host's, is an error that
// names it.
func Open(ctx context.Context, config Config, tracker Tracker) (*Server, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	s := newServer(config, tracker)
	if err := s.listen(ctx, config); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func newServer(config Config, tracker Tracker) *Server {
	s := &Server{
		tracker: tracker, proxies: config.Trusted, torrents: config.Torrents, now: config.Now, log: config.Log,
		pages: parsePages(), exchanges: newExchanges(),
	}
	s.http = &http.Server{
		Handler:        s.routes(),
		ReadTimeout:    readTimeout,
		WriteTimeout:   writeTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		// What net/http reports here are broken questions and slow clients: theirs, not ours.
		ErrorLog: slog.NewLogLogger(config.Log.Handler(), slog.LevelDebug),
	}
	return s
}

// Run answers until ctx ends, then lets open requests finish for 3 seconds, and returns nil. It returns early with an
// error that names the listener if one of them breaks. It is called once.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, listener := range s.listeners {
		group.Go(func() error {
			if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve the tracker at %s: %w", listener.Addr(), err)
			}
			return nil
		})
	}
	if s.certificate != nil {
		group.Go(func() error { return s.certificate.watch(ctx, s.log) })
	}
	group.Go(func() error {
		<-ctx.Done()
		return s.stop(context.WithoutCancel(ctx))
	})
	return group.Wait()
}

// stop lets open requests finish, and cuts what is left.
func (s *Server) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		return s.http.Close()
	}
	return nil
}

// Close closes the listeners of a server that is not going to Run.
func (s *Server) Close() error {
	var errs []error
	for _, listener := range s.listeners {
		if err := listener.Close(); err != nil {
			errs = append(errs, fmt.Errorf("close TCP listener at %s: %w", listener.Addr(), err))
		}
	}
	return errors.Join(errs...)
}

// Addrs are the addresses it listens at, those of Config.Listen and then of Config.HTTPS, with the port that was free
// where that was 0.
func (s *Server) Addrs() []netip.AddrPort {
	addrs := make([]netip.AddrPort, len(s.listeners))
	for i, listener := range s.listeners {
		if addr, ok := listener.Addr().(*net.TCPAddr); ok {
			addrs[i] = addr.AddrPort()
		}
	}
	return addrs
}

// Counts returns what became of announces and scrapes so far, by the family of the client.
func (s *Server) Counts() family.Pair[Counts] {
	return family.Both(func(f family.Family) Counts { return s.counters.At(f).counts() })
}
