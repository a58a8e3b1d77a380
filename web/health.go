package web

import (
	"context"
	"io"
	"net/http"
)

// serveHealth answers "ok", or 503 with the reason of check.
func (s *Server) serveHealth(check func(context.Context) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := check(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ok\n") // whoever asked has left: nobody to tell
	}
}
