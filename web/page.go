package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
)

//go:embed templates
var templateFiles embed.FS

// page is the one template there is.
type page struct{ template *template.Template }

func parsePage() (page, error) {
	parsed, err := template.ParseFS(templateFiles, "templates/page.html")
	if err != nil {
		return page{}, fmt.Errorf("parse page: %w", err)
	}
	return page{parsed}, nil
}

// servePage renders the page. It is made whole before the first byte goes out: half a page would pass for a whole one.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	v := newView(s.source.Status())
	v.Months, v.MonthsProblem = s.months(r.Context())
	var html bytes.Buffer
	if err := s.page.template.Execute(&html, v); err != nil {
		s.log.Error("page cannot be rendered", "error", err)
		http.Error(w, "render page: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(html.Bytes()) // the browser has left: nobody to tell
}
