package wire

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/seeder/wire/message"
)

func TestUpload_Cancel(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fast bool
		want []string
	}{
		"AnsweredForFastPeers": {true, []string{"reject request 1+0:16384", "piece 1+16384:16384"}},
		"SilentForTheOthers":   {false, []string{"piece 1+16384:16384"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newUploading(tc.fast)
			s.unchoke()
			s.request(at(1, 0))
			s.request(at(1, 1))
			s.assertUnchoked(t)
			if v := s.cancel(at(1, 0)); v != heeded {
				t.Errorf("verdict %v", v)
			}
			if v := s.cancel(at(1, 0)); v != ignored {
				t.Errorf("verdict %v on cancelling again", v)
			}
			s.assertSent(t, tc.want...)
			if v := s.cancel(at(1, 1)); v != ignored {
				t.Errorf("verdict %v on what was sent", v)
			}
			s.assertSent(t)
		})
	}
}

// assertUnchoked takes the message that says so.
func (s *uploading) assertUnchoked(t *testing.T) {
	t.Helper()
	if did, _ := s.step(); !slices.Equal(did, []string{"unchoke"}) {
		t.Fatalf("sent %v first, want unchoke", did)
	}
}

func TestUpload_RequestTwiceIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	s := newUploading(true)
	s.unchoke()
	s.assertUnchoked(t)
	s.request(at(1, 0))
	if v := s.request(at(1, 0)); v != ignored {
		t.Errorf("verdict %v", v)
	}
	s.assertSent(t, "piece 1+0:16384")
	s.request(at(1, 0))
	s.assertSent(t, "piece 1+0:16384")
}

func TestUpload_QueueDepth(t *testing.T) {
	t.Parallel()
	s := newUploading(true)
	s.unchoke()
	s.assertUnchoked(t)
	nth := func(n int) message.Block { return message.Block{Begin: uint32(n), Length: 1} }
	for n := range queueDepth {
		if v := s.request(nth(n)); v != heeded {
			t.Fatalf("verdict %v on request %d", v, n)
		}
	}
	if v := s.request(nth(queueDepth)); v != ignored || s.waiting() != queueDepth {
		t.Errorf("verdict %v on one too many, %d wait", v, s.waiting())
	}
	if sent := s.sent(); len(sent) != queueDepth+1 || sent[0] != "reject request 0+2000:1" || sent[1] != "piece 0+0:1" {
		t.Errorf("sent %d, first %v", len(sent), sent[:min(2, len(sent))])
	}
}

// TestUpload_Open has a peer that cannot wait: nothing of ours may go before the client's bitfield (BEP 3).
func TestUpload_Open(t *testing.T) {
	t.Parallel()
	for name, fast := range map[string]bool{"Fast": true, "NotFast": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newUnopened()
			s.setInterested(true)
			s.request(at(9, 0))
			s.unchoke()
			s.say(message.HashReject, 1)
			if s.starts != 0 || s.wants != 0 || s.isUnchoked() {
				t.Fatalf("%d senders, %d decisions, unchoked %v before our bitfield", s.starts, s.wants, s.isUnchoked())
			}
			if fast {
				s.speakFast()
			}
			s.open([]uint32{8, 5})
			want := []string{"hash reject"}
			if fast {
				want = append(want, "allowed fast 8", "allowed fast 5")
			}
			s.assertSent(t, want...)
			if s.starts != 1 || s.wants != 1 {
				t.Errorf("%d senders, %d decisions, want 1 and 1", s.starts, s.wants)
			}
		})
	}
}

func TestUpload_OneSenderAtATime(t *testing.T) {
	t.Parallel()
	s := newUploading(true)
	for round := range 3 {
		before := s.starts
		s.unchoke()
		s.request(at(1, 0))
		s.request(at(1, 1))
		s.choke()
		if s.starts != before+1 {
			t.Errorf("round %d: %d senders", round, s.starts-before)
		}
		s.sent()
	}
}

// room is what blocks are put into, one at a time.
func room() []message.Block { return make([]message.Block, 0, 1) }

func TestUpload_NextAsksForLeave(t *testing.T) {
	t.Parallel()
	const block = 16 << 10
	longer := []message.Block{{Length: 128 << 10}, {Begin: 128 << 10, Length: 128 << 10}, {Piece: 1, Length: 128 << 10}}
	for name, tc := range map[string]struct {
		blocks []message.Block
		credit int64
		want   int64
	}{
		"OneBlock":           {[]message.Block{at(0, 0)}, 0, block},
		"TwoBlocks":          {[]message.Block{at(0, 0), at(0, 1)}, 0, 2 * block},
		"WhatIsLackingOfOne": {[]message.Block{at(0, 0)}, 1000, block - 1000},
		"WhatIsLackingOfTwo": {[]message.Block{at(0, 0), at(0, 1)}, block - 1, block + 1},
		"Enough":             {[]message.Block{at(0, 0), at(0, 1)}, block, 0},
		"NotTooMuchAtATime":  {longer, 0, maxGrant},
		"LongBlocks":         {longer[:1], 5, 128<<10 - 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newUnchoked(t, tc.blocks...)
			w, ok := s.next(tc.credit, room(), nil)
			if !ok || w.wanted != tc.want {
				t.Fatalf("%d bytes of leave, %v; want %d", w.wanted, ok, tc.want)
			}
			taken := 0
			if tc.want == 0 {
				taken = 1
			}
			if !slices.Equal(w.blocks, tc.blocks[:taken]) || s.waiting() != len(tc.blocks)-taken {
				t.Errorf("blocks %v, %d wait", w.blocks, s.waiting())
			}
		})
	}
}

// newUnchoked returns an upload side of which a peer with a slot has asked for blocks.
func newUnchoked(t *testing.T, blocks ...message.Block) *uploading {
	t.Helper()
	s := newUploading(false)
	s.unchoke()
	s.assertUnchoked(t)
	for _, b := range blocks {
		s.request(b)
	}
	return s
}

// TestUpload_NextTakesSeveral checks how many blocks go at a time, if there is room for three.
func TestUpload_NextTakesSeveral(t *testing.T) {
	t.Parallel()
	const block = 16 << 10
	row := []message.Block{at(3, 0), at(3, 1), at(3, 2), at(3, 3)}
	for name, tc := range map[string]struct {
		blocks []message.Block
		credit int64
		want   int
	}{
		"OneIsThere":       {row[:1], 1 << 20, 1},
		"TwoAreThere":      {row[:2], 1 << 20, 2},
		"ThreeFit":         {row, 1 << 20, 3},
		"LeaveForAll":      {row, 3 * block, 3},
		"LeaveForTwo":      {row, 3*block - 1, 2},
		"LeaveForOne":      {row, block, 1},
		"NotBeyondTheGap":  {[]message.Block{at(3, 0), at(3, 1), at(4, 0)}, 1 << 20, 2},
		"NotBackwards":     {[]message.Block{at(3, 1), at(3, 0)}, 1 << 20, 1},
		"AcrossPieces":     {[]message.Block{at(3, 15), at(4, 0), at(4, 1)}, 1 << 20, 3},
		"DifferentLengths": {[]message.Block{at(3, 0), {Piece: 3, Begin: block, Length: 5}}, 1 << 20, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newUnchoked(t, tc.blocks...)
			w, ok := s.next(tc.credit, make([]message.Block, 0, 3), nil)
			if !ok || !slices.Equal(w.blocks, tc.blocks[:tc.want]) || s.waiting() != len(tc.blocks)-tc.want {
				t.Errorf("blocks %v, %v, %d wait", w.blocks, ok, s.waiting())
			}
		})
	}
}

// TestUpload_NextLooksAhead asks for three pieces in a row, and then for blocks that lie elsewhere.
func TestUpload_NextLooksAhead(t *testing.T) {
	t.Parallel()
	var asked []message.Block
	for n := range uint32(3 * 16) {
		asked = append(asked, at(4+n/16, n%16))
	}
	s := newUnchoked(t, append(asked, at(1, 3), at(1, 4))...)
	for n := range len(asked) + 2 {
		w, ok := s.next(1<<20, room(), nil)
		want := map[int]int64{0: 3 * 256 << 10, len(asked): 32 << 10}[n]
		if !ok || w.ahead != want {
			t.Errorf("block %d: %d bytes ahead, want %d", n, w.ahead, want)
		}
	}
}

func TestUpload_LooksNoFurtherThanReadAhead(t *testing.T) {
	t.Parallel()
	var asked []message.Block
	for n := range uint32(20 * 16) { // 5 MiB
		asked = append(asked, at(n/16, n%16))
	}
	s := newUnchoked(t, asked...)
	var ahead []int64
	for {
		w, ok := s.next(1<<20, room(), nil)
		if !ok {
			break
		}
		if w.ahead > 0 {
			ahead = append(ahead, w.ahead)
		}
	}
	if want := []int64{readAhead, 1 << 20}; !slices.Equal(ahead, want) {
		t.Errorf("looks ahead by %v, want %v", ahead, want)
	}
}

func TestUpload_SetInterested(t *testing.T) {
	t.Parallel()
	s := newUploading(true)
	for _, step := range []struct{ interested, news bool }{{false, false}, {true, true}, {true, false}, {false, true}} {
		before := s.wants
		if news := s.setInterested(step.interested); news != step.news || s.isInterested() != step.interested {
			t.Errorf("interested %v is news: %v", step.interested, news)
		}
		if decided := s.wants > before; decided != step.news {
			t.Errorf("interested %v: slots decided anew: %v", step.interested, decided)
		}
	}
}

func TestUpload_End(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		interested, unchoked bool
		wants                int
	}{
		"OfNoConcern": {false, false, 0},
		"Interested":  {true, false, 1},
		"Unchoked":    {false, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newUploading(true, 0)
			s.setInterested(tc.interested)
			if tc.unchoked {
				s.unchoke()
				s.assertUnchoked(t)
			}
			s.request(at(0, 0))
			wants, starts := s.wants, s.starts
			s.end()
			if s.wants != wants+tc.wants {
				t.Errorf("slots decided anew %d times, want %d", s.wants-wants, tc.wants)
			}
			if len(s.interrupted) == 0 {
				t.Error("a wait for leave to send does not end")
			}
			s.assertSent(t) // not even what waited
			s.request(at(0, 1))
			s.say(message.HashReject)
			if s.starts != starts {
				t.Error("a sender was asked for")
			}
		})
	}
}

// TestUpload_Interrupts checks what ends a sender's wait for leave: what needs none, and nothing else.
func TestUpload_Interrupts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		do   func(*uploading)
		want bool
	}{
		"Request":       {func(s *uploading) { s.request(at(0, 1)) }, false},
		"RefusedOne":    {func(s *uploading) { s.request(at(99, 1)) }, true},
		"Cancel":        {func(s *uploading) { s.cancel(at(0, 0)) }, true},
		"Choke":         {func(s *uploading) { s.choke() }, true},
		"Say":           {func(s *uploading) { s.say(message.HashReject) }, true},
		"SetInterested": {func(s *uploading) { s.setInterested(true) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newUploading(true)
			s.unchoke()
			s.assertUnchoked(t)
			s.request(at(0, 0))
			if w, _ := s.next(0, room(), nil); w.wanted == 0 {
				t.Fatal("the sender does not ask for leave")
			}
			tc.do(s)
			if got := len(s.interrupted) > 0; got != tc.want {
				t.Errorf("interrupted: %v, want %v", got, tc.want)
			}
		})
	}
}

func TestUpload_AnswersWhatWasAskedTooEarly(t *testing.T) {
	t.Parallel()
	s := newUnopened()
	s.speakFast()
	s.request(message.Block{Length: 1})
	if s.starts != 0 {
		t.Error("something was to be sent before the client's first words")
	}
	s.open(nil)
	if diff := cmp.Diff([]string{"reject request " + blockName(message.Block{Length: 1})}, s.sent()); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestUpload_AllowedFastIsAStartAndNoMore(t *testing.T) {
	t.Parallel()
	s := newUploading(true, 3)
	const asks = 4 * 16 // of a piece of 256 KiB, over and over
	served := 0
	for n := range asks {
		s.request(message.Block{Piece: 3, Begin: uint32(n%16) * 16 << 10, Length: 16 << 10})
		for _, did := range s.sent() {
			if strings.HasPrefix(did, "piece ") {
				served++
			}
		}
	}
	if want := fastTries * 16; served != want {
		t.Errorf("%d blocks were served to a choked peer, want %d", served, want)
	}
	s.unchoke()
	s.sent()
	s.request(message.Block{Piece: 3, Length: 16 << 10})
	if got := s.sent(); len(got) != 1 || !strings.HasPrefix(got[0], "piece ") {
		t.Errorf("unchoked, it was sent %v", got)
	}
}
