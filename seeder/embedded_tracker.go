package seeder

import "sixseed/policy/family"

// EmbeddedTracker is what the embedded tracker has done since the start, and what it holds now. A client with both
// families counts as dual-stack in each of its swarms.
type EmbeddedTracker struct {
	Families  family.Pair[EmbeddedTrackerFamily] `json:"families"`
	Swarms    int                                `json:"swarms"` // that have peers
	DualStack int                                `json:"dual_stack_clients"`
	Listed    int                                `json:"listed"` // info-hashes that the list names
	Denied    int                                `json:"denied"` // and those that the deny list does
	Probes    map[string]uint64                  `json:"probes"` // of claimed IPv6 addresses, by result
}

// EmbeddedTrackerFamily is one address family's part: of the peers by their addresses, of the rest by where it came
// from.
type EmbeddedTrackerFamily struct {
	Seeders  int             `json:"seeders"`
	Leechers int             `json:"leechers"` // partial seeds among them
	HTTP     TransportStatus `json:"http"`
	UDP      TransportStatus `json:"udp"`
}

// TransportStatus is what came to the tracker over one transport.
type TransportStatus struct {
	// Announces are counted by result: "ok", or why the client was refused. One that is "crowded" was answered, but others
	// are not told of it.
	Announces map[string]uint64 `json:"announces"`
	// Questions are all that came, announces among them, by what became of them.
	Questions map[string]uint64 `json:"questions"`
}

// AnnounceOK is the result of an announce that was answered, and whose client others are told of.
const AnnounceOK = "ok"

// Scrapes returns how many scrapes were answered.
func (t TransportStatus) Scrapes() uint64 { return t.Questions["scraped"] }
