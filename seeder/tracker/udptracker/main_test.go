package udptracker_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sixseed/cmd/sixseed/e2e/contest"
	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/trackertest"
	"sixseed/seeder/tracker/udptracker"
)

func TestMain(m *testing.M) {
	if contest.IsChild(openChild) {
		return
	}
	goleak.VerifyTestMain(m)
}

// openChild opens the server of the tracker that BenchmarkTracker compares.
func openChild(ctx context.Context, front *tracker.Tracker, listen netip.AddrPort) (contest.Server, error) {
	return udptracker.Open(ctx, udptracker.Config{Listen: []netip.AddrPort{listen}}, front)
}

var (
	testKey = [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	opened  = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
)

var _ udptracker.Tracker = (*trackertest.Tracker)(nil)

var clients, anyPort = trackertest.Clients, trackertest.AnyPort

const (
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
	p = append(p, trackertest.PeerID...)
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
	tracker    *trackertest.Tracker
	responders family.Pair[udptracker.Responder]
}

func newLab(t *trackertest.Tracker) *lab {
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
