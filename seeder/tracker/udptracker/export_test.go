package udptracker

import (
	"net/netip"
	"time"

	"sixseed/policy/family"
)

// Responder answers questions without a socket.
type Responder struct{ responder *responder }

// NewResponder returns a responder that was started at a time.
func NewResponder(f family.Family, t Tracker, key [16]byte, start time.Time) Responder {
	r := newResponder(f, t, newConnections(key, start))
	r.tick(start)
	return Responder{r}
}

// Tick sets the time.
func (r Responder) Tick(now time.Time) { r.responder.tick(now) }

// Respond returns the answer to a question, which is cut like the kernel would where it does not fit.
func (r Responder) Respond(from netip.AddrPort, question []byte) []byte {
	packet := make([]byte, MaxQuestion)
	length := min(len(question), MaxQuestion+1)
	copy(packet, question)
	return packet[:r.responder.respond(from, packet, length)]
}

// RespondInPlace is Respond without any copy.
func (r Responder) RespondInPlace(from netip.AddrPort, packet []byte, length int) int {
	return r.responder.respond(from, packet, length)
}

// Counts returns what became of the questions.
func (r Responder) Counts() (counts Counts) {
	r.responder.counters.addTo(&counts)
	return counts
}

// CountsPerSocket returns the counts of each socket apart.
func (s *Server) CountsPerSocket() []Counts {
	counts := make([]Counts, len(s.workers))
	for i, w := range s.workers {
		w.responder.counters.addTo(&counts[i])
	}
	return counts
}

// Limits of questions and answers.
const (
	MaxQuestion = maxQuestion
	MaxAnswer   = maxAnswer
)
