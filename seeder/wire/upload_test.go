package wire

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/seeder/wire/message"
)

// uploadTorrent has 21 pieces of 256 KiB, the last of which has 1,000 bytes.
var uploadTorrent = &Torrent{Length: 20*256<<10 + 1000, PieceLength: 256 << 10}

// uploading is the upload side of a connection, and its sender in slow motion.
type uploading struct {
	*upload
	starts int // how often a sender was asked for
	wants  int // how often slots were to be decided anew
	spent  []byte
}

// newUploading returns the upload side of a connection that the client has said its first words on.
func newUploading(fast bool, allowed ...uint32) *uploading {
	s := newUnopened()
	if fast {
		s.speakFast()
	}
	s.open(allowed)
	s.sent()
	return s
}

func newUnopened() *uploading {
	s := new(uploading)
	s.upload = newUpload(uploadTorrent, func() { s.starts++ }, func() { s.wants++ })
	return s
}

// step does what is to be done next, with leave to send any amount, and says what it was.
func (s *uploading) step() (did []string, ok bool) {
	w, ok := s.next(math.MaxInt64, make([]message.Block, 0, 1), s.spent)
	s.spent = w.control
	if len(w.control) > 0 {
		return words(w.control), true
	}
	for _, b := range w.blocks {
		did = append(did, "piece "+blockName(b))
	}
	return did, ok
}

// sent is all that is sent, in order. It is nothing if no sender was asked for.
func (s *uploading) sent() (all []string) {
	for s.sending {
		did, ok := s.step()
		if !ok {
			break
		}
		all = append(all, did...)
	}
	return all
}

// words reads messages as text.
func words(b []byte) (all []string) {
	var frames message.Frames
	err := frames.Feed(b, anyLength, func(frame message.Frame) error {
		word := fmt.Sprint(frame.ID())
		if b, err := message.ParseBlock(frame.Body()); err == nil {
			word += " " + blockName(b)
		}
		if piece, err := message.ParseIndex(frame.Body()); err == nil {
			word += fmt.Sprintf(" %d", piece)
		}
		all = append(all, word)
		return nil
	})
	if err != nil {
		panic(err)
	}
	return all
}

func blockName(b message.Block) string { return fmt.Sprintf("%d+%d:%d", b.Piece, b.Begin, b.Length) }

// at is the n-th block of 16 KiB of a piece.
func at(piece, n uint32) message.Block {
	return message.Block{Piece: piece, Begin: n * 16 << 10, Length: 16 << 10}
}

// assertSent compares what is sent with a list, one thing a line.
func (s *uploading) assertSent(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, s.sent()); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestUpload_Choke(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fast bool
		want []string
	}{
		"RejectsForFastPeers":   {true, []string{"choke", "reject request 4+0:16384", "reject request 3+0:16384"}},
		"SaysNoMoreToTheOthers": {false, []string{"choke"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newUploading(tc.fast)
			s.unchoke()
			s.assertSent(t, "unchoke")
			for _, b := range []message.Block{at(1, 0), at(4, 0), at(3, 0)} {
				s.request(b)
			}
			if did, _ := s.step(); strings.Join(did, "") != "piece 1+0:16384" {
				t.Fatalf("sent %v first", did)
			}
			s.choke()
			s.choke() // once is enough
			s.assertSent(t, tc.want...)
			if s.isUnchoked() || s.waiting() != 0 {
				t.Errorf("unchoked %v, %d blocks wait", s.isUnchoked(), s.waiting())
			}
		})
	}
}

func TestUpload_ChokeKeepsWhatIsAllowedFast(t *testing.T) {
	t.Parallel()
	s := newUploading(true, 4)
	s.unchoke()
	for _, b := range []message.Block{at(4, 0), at(3, 0), at(4, 1)} {
		s.request(b)
	}
	s.choke()
	s.assertSent(t, "unchoke", "choke", "reject request 3+0:16384", "piece 4+0:16384", "piece 4+16384:16384")
}

func TestUpload_RequestWhileChoked(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fast    bool
		allowed []uint32
		want    []string
	}{
		"Fast":            {true, nil, []string{"reject request 2+0:16384"}},
		"AllowedFast":     {true, []uint32{7, 2}, []string{"piece 2+0:16384"}},
		"NotFast":         {false, nil, nil},
		"NotFastHasNoSet": {false, []uint32{2}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newUploading(tc.fast, tc.allowed...)
			if v := s.request(at(2, 0)); (v == heeded) != (tc.want != nil && strings.HasPrefix(tc.want[0], "piece")) {
				t.Errorf("verdict %v", v)
			}
			s.assertSent(t, tc.want...)
		})
	}
}

func TestUpload_RequestOfABlock(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		block message.Block
		there bool
	}{
		"Whole":              {at(0, 0), true},
		"UpToTheEnd":         {message.Block{Piece: 3, Begin: 256<<10 - 1, Length: 1}, true},
		"AsLongAsItMayBe":    {message.Block{Length: 128 << 10}, true},
		"LastPiece":          {message.Block{Piece: 20, Length: 1000}, true},
		"Longer":             {message.Block{Length: 128<<10 + 1}, false},
		"OfNothing":          {message.Block{Piece: 1}, false},
		"BeyondThePiece":     {message.Block{Piece: 3, Begin: 256<<10 - 1, Length: 2}, false},
		"BehindThePiece":     {message.Block{Piece: 3, Begin: 256 << 10, Length: 1}, false},
		"BeyondTheTorrent":   {message.Block{Piece: 20, Length: 1001}, false},
		"NoSuchPiece":        {message.Block{Piece: 21, Length: 1}, false},
		"GreatestPiece":      {message.Block{Piece: math.MaxUint32, Length: 1}, false},
		"GreatestOfAll":      {message.Block{Piece: math.MaxUint32, Begin: math.MaxUint32, Length: math.MaxUint32}, false},
		"EndBeyond32Bits":    {message.Block{Begin: math.MaxUint32, Length: 2}, false},
		"GreatestBegin":      {message.Block{Begin: math.MaxUint32 - 16383, Length: 16 << 10}, false},
		"LastPieceFromAfter": {message.Block{Piece: 20, Begin: 1001, Length: 1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, fast := range []bool{true, false} {
				s := newUploading(fast)
				s.unchoke()
				s.sent()
				verdict, want := heeded, []string{"piece " + blockName(tc.block)}
				if !tc.there {
					verdict, want = ignored, nil
				}
				if !tc.there && fast {
					want = []string{"reject request " + blockName(tc.block)}
				}
				if got := s.request(tc.block); got != verdict {
					t.Errorf("verdict %v, want %v", got, verdict)
				}
				s.assertSent(t, want...)
			}
		})
	}
}
