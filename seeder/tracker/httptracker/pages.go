package httptracker

import (
	"bytes"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
)

//go:embed templates
var templateFiles embed.FS

// parsePages reads the templates, which a test does as well: they are part of the program and have no errors.
func parsePages() *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/*.html"))
}

// contentSecurityPolicy has nothing to allow: the pages are text and links.
const contentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// servePage answers with a template filled in. It is made whole before the first byte goes out: half a page would pass
// for a whole one.
func (s *Server) servePage(w http.ResponseWriter, name string, view any) {
	var html bytes.Buffer
	if err := s.pages.ExecuteTemplate(&html, name, view); err != nil {
		s.log.Error("page cannot be rendered", slog.String("page", name), slog.Any("error", err))
		http.Error(w, "the page cannot be made", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Security-Policy", contentSecurityPolicy)
	header.Set("Referrer-Policy", "no-referrer")
	serveBody(w, "text/html; charset=utf-8", html.Bytes())
}

// serveBody answers with a body of a type that is not to be guessed.
func serveBody(w http.ResponseWriter, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(body) //nolint:gosec // what is HTML in it was escaped by a template
}

// serveRoot says what this is, to somebody who has found it in a list of trackers or in a log.
func (s *Server) serveRoot(w http.ResponseWriter, _ *http.Request) {
	var text strings.Builder
	text.WriteString("This is a BitTorrent tracker. It tells BitTorrent clients of each other, IPv6 first.\n\n" +
		"/announce  where clients announce themselves\n" +
		"/scrape    how many take part in a torrent\n" +
		"/stats     what the tracker does\n")
	if s.torrents != nil {
		text.WriteString("/torrents/ the torrents that are offered here\n")
	}
	serveBody(w, "text/plain; charset=utf-8", []byte(text.String()))
}
