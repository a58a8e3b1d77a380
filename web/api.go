package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"sixseed/seeder"
	"sixseed/storage/ledger"
)

// torrentList is the answer of /api/v1/torrents.
type torrentList struct {
	At       time.Time              `json:"at"`
	Torrents []seeder.TorrentStatus `json:"torrents"`
}

// apiError is the answer to what cannot be answered.
type apiError struct {
	Error string `json:"error"`
}

func (s *Server) serveStatus(w http.ResponseWriter, r *http.Request) {
	query, err := parseStatusQuery(r.URL.RawQuery)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, apiError{err.Error()})
		return
	}
	status := s.source.Status()
	if query.peers {
		status.Peers = listed(s.source.Peers())
	}
	status.Torrents = listed(status.Torrents)
	status.Trackers = listed(status.Trackers)
	status.Problems = listed(status.Problems)
	writeJSON(w, http.StatusOK, status)
}

func (s *Server) serveTorrents(w http.ResponseWriter, _ *http.Request) {
	status := s.source.Status()
	writeJSON(w, http.StatusOK, torrentList{At: status.At, Torrents: listed(status.Torrents)})
}

func (s *Server) serveReport(w http.ResponseWriter, r *http.Request) {
	query, err := parseReportQuery(r.URL.RawQuery)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, apiError{err.Error()})
		return
	}
	report, err := s.source.Report(r.Context(), query)
	if errors.Is(err, ledger.ErrQuery) {
		writeJSON(w, http.StatusBadRequest, apiError{err.Error()})
		return
	}
	if err != nil {
		writeJSON(w, http.StatusInternalServerError, apiError{err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, report)
}

// listed returns rows as a list that JSON writes as [] when it is empty: programs loop over it without asking for null.
func listed[T any](rows []T) []T {
	if rows == nil {
		return []T{}
	}
	return rows
}

// writeJSON answers with value, or with 500 if it cannot be written as JSON.
func writeJSON(w http.ResponseWriter, code int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "encode answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(append(body, '\n')) // the client has left: nobody to tell
}
