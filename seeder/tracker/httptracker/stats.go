package httptracker

import (
	"encoding/json"
	"net/http"
	"strings"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
)

// statsView is what /stats shows, to programs and to people. Keys may be added, none renamed.
type statsView struct {
	Announces struct {
		HTTP family.Pair[uint64] `json:"http"`
		UDP  family.Pair[uint64] `json:"udp"`
	} `json:"announces"` // that were answered with peers, since the start
	Refused          map[string]family.Pair[uint64] `json:"refused"`             // or not entered, by reason, since the start
	Scraped          uint64                         `json:"scraped_info_hashes"` // since the start
	Swarms           int                            `json:"swarms"`
	Peers            family.Pair[rolesView]         `json:"peers"`              // addresses
	DualStackClients int                            `json:"dual_stack_clients"` // in each of their swarms
}

type rolesView struct {
	Seeders  int `json:"seeders"`
	Leechers int `json:"leechers"`
}

func newStatsView(stats tracker.Stats) statsView {
	v := statsView{
		Refused: make(map[string]family.Pair[uint64]),
		Scraped: stats.Scrapes,
		Swarms:  stats.Swarms.Swarms,
		Peers: family.Both(func(f family.Family) rolesView {
			return rolesView(stats.Swarms.Peers.Get(f))
		}),
		DualStackClients: stats.Swarms.DualStack,
	}
	v.Announces.HTTP, v.Announces.UDP = stats.HTTP, stats.UDP
	for reason := range stats.Refused.V6 {
		v.Refused[tracker.Reason(reason).String()] = family.Both(func(f family.Family) uint64 {
			return stats.Refused.Get(f)[reason]
		})
	}
	return v
}

// serveStats answers a browser with a page, and everything else with JSON.
func (s *Server) serveStats(w http.ResponseWriter, r *http.Request) {
	view := newStatsView(s.tracker.Stats())
	w.Header().Set("Vary", "Accept")
	w.Header().Set("Cache-Control", "no-store")
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		s.servePage(w, "stats.html", view)
		return
	}
	body, err := json.MarshalIndent(view, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	serveBody(w, "application/json", append(body, '\n'))
}
