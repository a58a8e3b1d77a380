// Package load makes peers that download as fast as a seeder sends, and throw the data away.
//
// It is there to measure seeders, on the machine that they run on: whatever it costs, it takes away from them. So a
// few threads share all connections. Each waits for its own (epoll), reads large chunks into one buffer that stays in
// the processor's cache, looks at nothing but the messages' heads, and asks for blocks many at a time, when a quarter
// of what may be outstanding has come. Like a real client, a peer asks for the blocks of a piece in order, and for one
// piece after another.
//
// Peers that behave alike are a Group. A group can be idle, come late, or read slowly; see its fields.
package load

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"sixseed/policy/family"
)

// BlockLength is how many bytes a peer asks for at a time, as all clients do.
const BlockLength = 16 << 10

// Torrent is what is downloaded, again and again. It should be much longer than what a peer has in flight: anacrolix's
// Client answers in random order, and hangs up when a peer comes round and asks again for a block that it still waits for.
type Torrent struct {
	InfoHash    [20]byte
	PieceLength int64       // bytes, a multiple of BlockLength
	Length      int64       // bytes
	Data        io.ReaderAt // if set, every block is compared with it, which takes time
}

// Group is a number of peers that behave alike.
type Group struct {
	Seeder      netip.AddrPort
	Sources     []netip.Addr // where the connections come from, by turns; none: the system's choice
	Connections int

	// InFlight is how many requests a peer keeps outstanding, as far as the seeder says that it takes so many (`reqq`,
	// BEP 10). A peer with 0 asks for nothing.
	InFlight int
	// Uninterested peers never say that they are interested. They ask for nothing either.
	Uninterested bool
	// RC4 peers begin with an encrypted handshake and take nothing but RC4.
	RC4 bool

	Delay          time.Duration // how long after the beginning the peers come
	BytesPerSecond int64         // what each peer reads at most; 0: all that comes
}

// asks reports whether the peers ask for blocks.
func (g Group) asks() bool { return g.InFlight > 0 && !g.Uninterested }

// Plan is a load and how long it lasts.
//
// It begins when all peers of groups without a Delay have shaken hands; until then they ask for nothing, and do not keep
// the seeder from taking others in. The measured window opens after Warmup and ends after Window or when Bytes were
// received in it, whichever comes first; 0 sets no end. It also ends when no peer is left.
type Plan struct {
	Torrent Torrent
	Groups  []Group

	Warmup time.Duration
	Window time.Duration
	Bytes  int64 // block data, all groups together

	Unchoked bool          // begin only when all peers that ask for something are unchoked
	Sample   time.Duration // how often samples are taken, from the beginning on; 0: never

	Opened, Closed func() // called when the window opens and closes; may be nil
	Sampled        func() // called after each sample; may be nil
}

// Result is what was measured.
type Result struct {
	Elapsed time.Duration   // how long the window was open
	Sampled []time.Duration // when samples were taken, since the beginning
	Groups  []Traffic       // of each group of the plan
}

// Traffic is what the peers of a group received. Bytes are those of blocks; everything else is not counted.
type Traffic struct {
	Family      family.Family
	Connections []int64         // bytes that each peer received in the window
	Samples     []int64         // bytes that the group had received since it came, at each Plan.Sample
	Waited      []time.Duration // of each peer, from its saying that it is interested until it was unchoked; negative: in vain
	Failures    []error         // why peers did not connect, or were gone before the end
}

// Bytes is what all peers of the group received in the window.
func (t Traffic) Bytes() int64 {
	var sum int64
	for _, bytes := range t.Connections {
		sum += bytes
	}
	return sum
}

// Bytes is what was received in the window over each family.
func (r Result) Bytes() family.Pair[int64] {
	var sum family.Pair[int64]
	for _, traffic := range r.Groups {
		*sum.At(traffic.Family) += traffic.Bytes()
	}
	return sum
}

// Failures joins those of all groups.
func (r Result) Failures() error {
	var all []error
	for _, traffic := range r.Groups {
		all = append(all, traffic.Failures...)
	}
	return errors.Join(all...)
}

// check says what is wrong with a plan.
func (p Plan) check() error {
	t := p.Torrent
	switch {
	case t.PieceLength <= 0 || t.PieceLength%BlockLength != 0 || t.PieceLength > 1<<31:
		return fmt.Errorf("pieces of %d bytes: not a multiple of %d, or too long", t.PieceLength, BlockLength)
	case t.Length <= 0:
		return fmt.Errorf("a torrent of %d bytes", t.Length)
	case p.Window <= 0 && p.Bytes <= 0:
		return errors.New("a window without an end")
	}
	for i, g := range p.Groups {
		if !g.Seeder.IsValid() || g.Connections < 0 || g.InFlight < 0 || g.BytesPerSecond < 0 {
			return fmt.Errorf("group %d is not possible: %+v", i, g)
		}
	}
	return nil
}
