package httptracker_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/trackertest"
)

// discard is a ResponseWriter of no network.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// BenchmarkAnnounceHTTP answers announces with 50 peers without a network: what this package, the tracker and the
// standard library's routing take.
func BenchmarkAnnounceHTTP(b *testing.B) {
	for _, f := range family.All {
		for _, form := range []string{"compact", "dictionaries"} {
			b.Run(fmt.Sprintf("family=%v/form=%s", f, form), func(b *testing.B) {
				handler := open(b, httptracker.Config{}, populated(b)).Handler()
				target := "/announce?" + announceQuery + "&numwant=50&key=89ABCDEF"
				if form == "dictionaries" {
					target += "&compact=0"
				}
				request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, target, http.NoBody)
				request.RemoteAddr = benchClients.Get(f).String()
				w := discard{make(http.Header)}
				b.ReportAllocs()
				for b.Loop() {
					handler.ServeHTTP(w, request)
				}
			})
		}
	}
}

var benchClients = family.Pair[netip.AddrPort]{
	V4: netip.MustParseAddrPort("18.0.0.7:5000"),
	V6: netip.MustParseAddrPort("[2003::7]:5000"),
}

// populated is a tracker with 1,000 peers of each family in the swarm of announceQuery.
func populated(b *testing.B) httptracker.Tracker {
	b.Helper()
	front := newTracker(b)
	answer := httptracker.Responder
	for i := range 1000 {
		query := fmt.Sprintf("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-XX0001-aaaaaaaa%04d&port=6881&left=1", i)
		answer(front, netip.AddrFrom4([4]byte{18, 1, byte(i >> 8), byte(i)}))(query)
		answer(front, netip.AddrFrom16([16]byte{0x20, 3, 5: byte(i >> 8), 6: byte(i), 15: 1}))(query)
	}
	return front
}

// BenchmarkRespond answers without HTTP either.
func BenchmarkRespond(b *testing.B) {
	for _, f := range family.All {
		b.Run(fmt.Sprintf("family=%v", f), func(b *testing.B) {
			respond := httptracker.Responder(populated(b), benchClients.Get(f).Addr())
			b.ReportAllocs()
			for b.Loop() {
				respond(announceQuery + "&numwant=50&key=89ABCDEF")
			}
		})
	}
}

// What this package does costs nothing to collect, but for the text of a claim.
func TestRespond_AllocatesNothing(t *testing.T) {
	respond := httptracker.Responder(&trackertest.Tracker{Peers: 50}, clients.V6.Addr())
	for _, form := range []string{"1", "0"} {
		query := announceQuery + "&event=started&numwant=50&key=89ABCDEF&compact=" + form
		respond(query)
		if allocations := testing.AllocsPerRun(100, func() { respond(query) }); allocations > 0 {
			t.Errorf("compact=%s: an answer takes %v allocations", form, allocations)
		}
	}
}
