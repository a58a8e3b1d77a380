// Package web shows what the daemon does: a page for people, its JSON twin for programs, metrics for Prometheus and
// health checks for whoever restarts things.
//
// # One status, several forms
//
// Everything here is a rendering of two values that a Source hands out: the status of this moment and the ledger's
// report. The page is made on the server and complete without JavaScript. What changes on it while it is looked at is a
// figure: a text with a key, made once by newView and both printed by the template and sent by the event stream, so that
// the two cannot disagree.
//
// # Who may ask
//
// The server only reads, asks nobody else for anything, and answers under names it knows: an address, localhost, or a
// configured host. A page somewhere on the web that resolves its own name to this machine (DNS rebinding) is refused.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"sixseed/seeder"
	"sixseed/storage/ledger"
)

// Source is what the server shows. Its methods are called from many goroutines.
type Source interface {
	// Status returns the state of this moment. The caller does not change it.
	Status() seeder.Status
	// Peers returns every peer of this moment. The caller may keep it.
	Peers() []seeder.PeerStatus
	// Report asks the ledger.
	Report(ctx context.Context, query ledger.Query) (ledger.Report, error)
	// Healthy returns nil while the process works, and otherwise what a restart might cure.
	Healthy(ctx context.Context) error
	// Ready returns nil once the daemon does what it is for, and otherwise what it still waits for.
	Ready(ctx context.Context) error
}

// Config is what a Server needs.
type Config struct {
	Source Source
	Log    *slog.Logger
	Hosts  []string // names to answer under beside addresses and localhost
}

// Server answers HTTP requests about the daemon.
type Server struct {
	source   Source
	log      *slog.Logger
	hosts    hosts
	page     page
	assets   map[string]asset // by name
	streams  chan struct{}    // holds a token for every open event stream
	stopping chan struct{}    // closed when Serve begins to stop
}

// The limits of one connection. A request has no body and few headers; an answer may be a long page over a slow line.
const (
	readTimeout    = 10 * time.Second
	writeTimeout   = 30 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 16 << 10
	stopTimeout    = 3 * time.Second
)

// New returns a server that shows cfg.Source.
func New(cfg Config) (*Server, error) {
	page, err := parsePage()
	if err != nil {
		return nil, err
	}
	assets, err := readAssets()
	if err != nil {
		return nil, err
	}
	return &Server{
		source:   cfg.Source,
		log:      cfg.Log,
		hosts:    newHosts(cfg.Hosts),
		page:     page,
		assets:   assets,
		streams:  make(chan struct{}, maxStreams),
		stopping: make(chan struct{}),
	}, nil
}

// Handler returns the whole of the server: every route, behind the check of the Host header.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.servePage)
	mux.HandleFunc("GET /assets/{name}", s.serveAsset)
	mux.HandleFunc("GET /api/v1/status", s.serveStatus)
	mux.HandleFunc("GET /api/v1/report", s.serveReport)
	mux.HandleFunc("GET /api/v1/torrents", s.serveTorrents)
	mux.HandleFunc("GET /api/v1/events", s.serveEvents)
	mux.Handle("GET /metrics", s.metrics())
	mux.HandleFunc("GET /healthz", s.serveHealth(s.source.Healthy))
	mux.HandleFunc("GET /readyz", s.serveHealth(s.source.Ready))
	return s.guard(mux)
}

// Serve answers on listeners, which it closes, until ctx ends; then it lets open requests finish for 3 seconds and
// returns nil. It returns early with an error that names the listener if one of them breaks. It is called once.
func (s *Server) Serve(ctx context.Context, listeners []net.Listener) error {
	server := &http.Server{
		Handler:        s.Handler(),
		ReadTimeout:    readTimeout,
		WriteTimeout:   writeTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		// What net/http reports here are broken requests and slow clients: theirs, not ours.
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, listener := range listeners {
		group.Go(func() error {
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve the page on %s: %w", listener.Addr(), err)
			}
			return nil
		})
	}
	group.Go(func() error {
		<-ctx.Done()
		return s.stop(context.WithoutCancel(ctx), server)
	})
	return group.Wait()
}

// stop ends the event streams, which never end by themselves, lets every other request finish, and cuts what is left.
func (s *Server) stop(ctx context.Context, server *http.Server) error {
	close(s.stopping)
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	} else if err != nil {
		return fmt.Errorf("stop the page: %w", err)
	}
	return nil
}
