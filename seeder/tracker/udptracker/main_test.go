package udptracker_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
	"sixseed/seeder/tracker/udptracker"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(childAddress); address != "" {
		fmt.Fprintln(os.Stderr, "tracker:", runChild(address)) // it does not end by itself
		return
	}
	goleak.VerifyTestMain(m)
}

var (
	testKey = [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	opened  = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

	// clients are where questions come from.
	clients = family.Pair[netip.AddrPort]{
		V4: netip.MustParseAddrPort("192.0.2.7:5000"),
		V6: netip.MustParseAddrPort("[2001:db8::7]:5000"),
	}
)

// fakeTracker notes what it is asked and answers what it is told to.
type fakeTracker struct {
	mu        sync.Mutex
	announces []swarm.Announce

	counts swarm.Counts
	peers  int // in every answer, of both families
	err    error
}

var _ udptracker.Tracker = (*fakeTracker)(nil)

func (f *fakeTracker) Announce(_ time.Time, a *swarm.Announce, out *swarm.Answer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.announces = append(f.announces[:0], *a)
	out.Seeders, out.Leechers, out.Downloaded = f.counts.Seeders, f.counts.Leechers, f.counts.Downloaded
	for i := range f.peers {
		out.Peers4 = append(out.Peers4, 198, 51, 100, byte(i), 0x1a, 0xe1)
		out.Peers6 = append(out.Peers6, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, byte(i), 0x1a, 0xe1)
	}
	return f.err
}

// Scrape knows the info-hashes that begin with 0xaa.
func (f *fakeTracker) Scrape(infoHash swarm.InfoHash) (swarm.Counts, bool) {
	if infoHash[0] != 0xaa {
		return swarm.Counts{}, false
	}
	return f.counts, true
}

func (f *fakeTracker) Interval() time.Duration { return 30 * time.Minute }

// Tag returns the key, and minds that the peer id is the one of the test's questions.
func (f *fakeTracker) Tag(peerID [20]byte, key uint32) swarm.Tag {
	if string(peerID[:]) != peerID20 {
		return 0
	}
	return swarm.Tag(key)
}

// last returns the announce that was noted.
func (f *fakeTracker) last(t *testing.T) swarm.Announce {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.announces) == 0 {
		t.Fatal("the tracker was not asked")
	}
	return f.announces[0]
}

const (
	peerID20    = "-XX0001-abcdefghijkl"
	connectHex  = "00000417 27101980 00000000 cafef00d"
	transaction = "cafef00d"
)

// unhex decodes hexadecimal that may have spaces in it.
func unhex(text string) []byte {
	decoded, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		panic(err) // of a literal in a test
	}
	return decoded
}

// announceWith is an announce whose fields some tests change.
type announceWith struct {
	connection uint64
	left       uint64
	event      uint32
	numWant    int32
	port       uint16
	options    string // behind it
}

func (a announceWith) packet() []byte {
	p := binary.BigEndian.AppendUint64(nil, a.connection)
	p = append(p, unhex("00000001 "+transaction)...)
	p = append(p, bytes.Repeat([]byte{0xaa}, 20)...) // info-hash
	p = append(p, peerID20...)
	p = binary.BigEndian.AppendUint64(p, 100) // downloaded
	p = binary.BigEndian.AppendUint64(p, a.left)
	p = binary.BigEndian.AppendUint64(p, 200) // uploaded
	p = binary.BigEndian.AppendUint32(p, a.event)
	p = append(p, 203, 0, 113, 9)                    // an address that nobody should be sent to
	p = binary.BigEndian.AppendUint32(p, 0x11223344) // key
	p = binary.BigEndian.AppendUint32(p, uint32(a.numWant))
	p = binary.BigEndian.AppendUint16(p, a.port)
	return append(p, a.options...)
}

// scrapePacket asks for info-hashes that each repeat one byte.
func scrapePacket(connection uint64, infoHashes ...byte) []byte {
	p := binary.BigEndian.AppendUint64(nil, connection)
	p = append(p, unhex("00000002 "+transaction)...)
	for _, first := range infoHashes {
		p = append(p, bytes.Repeat([]byte{first}, 20)...)
	}
	return p
}

// lab is a responder of each family over one fake tracker.
type lab struct {
	tracker    *fakeTracker
	responders family.Pair[udptracker.Responder]
}

func newLab(t *fakeTracker) *lab {
	return &lab{tracker: t, responders: family.Both(func(f family.Family) udptracker.Responder {
		return udptracker.NewResponder(f, t, testKey, opened)
	})}
}

// ask returns the answer to a question of the family's client.
func (l *lab) ask(f family.Family, question []byte) []byte {
	return l.responders.Get(f).Respond(clients.Get(f), question)
}

// connection asks for a connection id.
func (l *lab) connection(t testing.TB, f family.Family) uint64 {
	t.Helper()
	answer := l.ask(f, unhex(connectHex))
	if len(answer) != 16 {
		t.Fatalf("connect was answered with %x", answer)
	}
	return binary.BigEndian.Uint64(answer[8:])
}

// count returns how often an outcome was counted.
func (l *lab) count(f family.Family, o udptracker.Outcome) uint64 {
	return l.responders.Get(f).Counts()[o]
}
