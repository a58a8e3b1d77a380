package message_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sixseed/seeder/wire/message"
)

// upTo takes messages of all kinds that are not longer than length.
func upTo(length int) func(message.ID) int { return func(message.ID) int { return length } }

// feed feeds a stream in portions and returns the frames, and the error that it ended with.
func feed(limit func(message.ID) int, portions ...[]byte) ([]string, error) {
	var frames message.Frames
	var got []string
	for _, portion := range portions {
		err := frames.Feed(portion, limit, func(f message.Frame) error {
			got = append(got, string(f))
			return nil
		})
		if err != nil {
			return got, err
		}
	}
	return got, nil
}

// bytewise cuts a stream into portions of one byte.
func bytewise(stream []byte) (portions [][]byte) {
	for i := range stream {
		portions = append(portions, stream[i:i+1])
	}
	return portions
}

func TestFrames_Feed(t *testing.T) {
	t.Parallel()
	long := bytes.Repeat([]byte("x"), 5000)
	var (
		keepAlive = string(message.AppendKeepAlive(nil))
		unchoke   = string(message.Append(nil, message.Unchoke))
		request   = string(message.AppendBlock(nil, message.Request, message.Block{Length: 16384}))
		extended  = string(message.Append(nil, message.Extended, long...))
	)
	for name, frames := range map[string][]string{
		"Nothing":        nil,
		"KeepAlives":     {keepAlive, keepAlive, keepAlive},
		"NoBody":         {unchoke, unchoke},
		"Requests":       {request, request, request},
		"LongBetween":    {request, extended, request},
		"LongAfterLong":  {extended, extended},
		"AllKinds":       {keepAlive, request, keepAlive, extended, keepAlive, unchoke, request},
		"EndsWithNoBody": {extended, unchoke},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream := []byte(strings.Join(frames, ""))
			half := len(stream) / 2
			for how, portions := range map[string][][]byte{
				"whole": {stream}, "in halves": {stream[:half], stream[half:]}, "byte by byte": bytewise(stream),
			} {
				got, err := feed(upTo(6000), portions...)
				if diff := cmp.Diff(frames, got); diff != "" || err != nil {
					t.Errorf("%s: %v; frames (-want +got):\n%s", how, err, diff)
				}
			}
		})
	}
}

func TestFrames_FeedKeepsTheTail(t *testing.T) {
	t.Parallel()
	stream := message.AppendBlock(message.Append(nil, message.Interested), message.Request, message.Block{Piece: 1})
	for cut := range len(stream) {
		got, err := feed(upTo(13), stream[:cut])
		if want := cut / 5; err != nil || len(got) != min(want, 1) {
			t.Errorf("%d of %d bytes: %d frames, %v", cut, len(stream), len(got), err)
		}
	}
}

func TestFrames_FeedRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		stream string
		limit  int
		want   error
		text   string
	}{
		"TooLong": {
			"\x00\x00\x00\x0e\x06", 13, &message.TooLongError{ID: message.Request, Length: 14, Limit: 13},
			"request of 14 bytes, more than 13",
		},
		"Greatest": {
			"\xff\xff\xff\xff\x14", 1 << 20, &message.TooLongError{ID: message.Extended, Length: 1<<32 - 1, Limit: 1 << 20},
			"extended of 4294967295 bytes, more than 1048576",
		},
		"OneByteOverNone": {
			"\x00\x00\x00\x01\x01", 0, &message.TooLongError{ID: message.Unchoke, Length: 1},
			"unchoke of 1 bytes, more than 0",
		},
		"NotTaken": {"\x00\x00\x00\x01\x07", -1, &message.UnexpectedError{ID: message.Piece}, "unexpected piece"},
		"Unknown":  {"\x00\x00\x00\x01\x63", -1, &message.UnexpectedError{ID: 99}, "unexpected message 99"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream := []byte("\x00\x00\x00\x00" + tc.stream)
			for how, portions := range map[string][][]byte{"whole": {stream}, "byte by byte": bytewise(stream)} {
				got, err := feed(upTo(tc.limit), portions...)
				if diff := cmp.Diff(tc.want, err); diff != "" {
					t.Errorf("%s: error (-want +got):\n%s", how, diff)
				} else if err.Error() != tc.text {
					t.Errorf("%s: %q, want %q", how, err, tc.text)
				}
				if len(got) != 1 {
					t.Errorf("%s: %d frames before the error, want 1", how, len(got))
				}
			}
			if _, err := feed(upTo(tc.limit), stream[:len(stream)-1]); err != nil {
				t.Errorf("without the id: %v", err)
			}
		})
	}
}

func TestFrames_FeedEndsWithTheHandlersError(t *testing.T) {
	t.Parallel()
	stream := message.Append(message.Append(nil, message.Choke), message.Unchoke)
	for _, cut := range []int{0, 3, len(stream)} { // the first frame whole, and in two parts
		var frames message.Frames
		var seen []message.ID
		var err error
		for _, portion := range [][]byte{stream[:cut], stream[cut:]} {
			if err == nil {
				err = frames.Feed(portion, upTo(1), func(f message.Frame) error {
					seen = append(seen, f.ID())
					return io.ErrClosedPipe
				})
			}
		}
		if !errors.Is(err, io.ErrClosedPipe) || len(seen) != 1 || seen[0] != message.Choke {
			t.Errorf("cut at %d: %v after %v", cut, err, seen)
		}
	}
}

func TestFrames_KeepsLittle(t *testing.T) {
	t.Parallel()
	ignore := func(message.Frame) error { return nil }
	t.Run("OfAPromise", func(t *testing.T) {
		t.Parallel()
		var frames message.Frames
		if err := frames.Feed([]byte("\x3f\xff\xff\xff\x14"), upTo(1<<30), ignore); err != nil {
			t.Fatal(err)
		}
		if got := frames.Kept(); got != 0 {
			t.Errorf("%d bytes for a length prefix", got)
		}
	})
	t.Run("OfPartOfAMessage", func(t *testing.T) {
		t.Parallel()
		var frames message.Frames
		sent := append([]byte("\x3f\xff\xff\xff\x14"), make([]byte, 10_000)...)
		for _, portion := range bytewise(sent) {
			if err := frames.Feed(portion, upTo(1<<30), ignore); err != nil {
				t.Fatal(err)
			}
		}
		if got := frames.Kept(); got < len(sent) || got > 2*len(sent) {
			t.Errorf("%d bytes of %d", got, len(sent))
		}
	})
	t.Run("NothingOfAWholeOne", func(t *testing.T) {
		t.Parallel()
		var frames message.Frames
		sent := message.Append(nil, message.Bitfield, make([]byte, 10_000)...)
		for _, portion := range bytewise(sent) {
			if err := frames.Feed(portion, upTo(1<<30), ignore); err != nil {
				t.Fatal(err)
			}
		}
		if got := frames.Kept(); got != 0 {
			t.Errorf("%d bytes between frames", got)
		}
	})
}

// TestFrames_FeedAllocatesNothing cannot run beside other tests, whose allocations would be counted.
func TestFrames_FeedAllocatesNothing(t *testing.T) {
	var frames message.Frames
	count := 0
	limit := upTo(13)
	stream := requests(100)
	odd := len(stream)/2 + 1 // in the middle of a request
	perRun := testing.AllocsPerRun(100, func() {
		for _, portion := range [][]byte{stream[:odd], stream[odd:]} {
			err := frames.Feed(portion, limit, func(message.Frame) error { count++; return nil })
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if perRun != 0 || count != 101*100 {
		t.Errorf("%v allocations for 100 requests, of which %d were handled in 101 runs", perRun, count)
	}
}

// requests is a stream of n requests.
func requests(n int) (stream []byte) {
	for piece := range n {
		stream = message.AppendBlock(stream, message.Request, message.Block{Piece: uint32(piece), Length: 16384})
	}
	return stream
}

func TestFrames_AnyPortions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want []string
		for range rapid.IntRange(0, 20).Draw(t, "frames") {
			var frame []byte
			if size := rapid.IntRange(-1, 300).Draw(t, "body"); size < 0 {
				frame = message.AppendKeepAlive(nil)
			} else {
				frame = message.Append(nil, message.ID(rapid.Byte().Draw(t, "id")), make([]byte, size)...)
			}
			want = append(want, string(frame))
			stream = append(stream, frame...)
		}
		var portions [][]byte
		for len(stream) > 0 {
			n := rapid.IntRange(1, len(stream)).Draw(t, "portion")
			portions = append(portions, stream[:n])
			stream = stream[n:]
		}
		got, err := feed(upTo(301), portions...)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v; frames (-want +got):\n%s", err, diff)
		}
	})
}

// FuzzFrames feeds a stream in portions whose lengths are the bytes of cuts, and compares with feeding it whole.
func FuzzFrames(f *testing.F) {
	f.Add(requests(3), []byte{1, 20, 0, 3})
	f.Add(append(message.AppendKeepAlive(nil), "\xff\xff\xff\xff\x06"...), []byte{5})
	f.Add(message.Append(nil, message.Piece, make([]byte, 70)...), []byte{4, 1, 60})
	for _, stream := range captures(f) {
		f.Add(stream[message.HandshakeLength:], []byte{3, 100, 1})
	}
	limit := func(id message.ID) int { return 2000 - 10*int(id) } // none of ids above 200
	f.Fuzz(func(t *testing.T, stream, cuts []byte) {
		want, wantErr := feed(limit, stream)
		if joined := strings.Join(want, ""); !strings.HasPrefix(string(stream), joined) {
			t.Fatal("the frames are not what the stream is made of")
		}
		var portions [][]byte
		rest := stream
		for _, cut := range cuts {
			n := min(int(cut), len(rest))
			portions = append(portions, bytes.Clone(rest[:n])) // a portion's memory is used again for the next
			rest = rest[n:]
		}
		got, err := feed(limit, append(portions, rest)...)
		if diff := cmp.Diff(want, got) + cmp.Diff(wantErr, err); diff != "" {
			t.Errorf("in portions (-whole +portions):\n%s", diff)
		}
	})
}

// BenchmarkFrames_Feed feeds portions as large as they are read from a socket.
func BenchmarkFrames_Feed(b *testing.B) {
	stream := requests(128 << 10 / 17)
	var frames message.Frames
	handled := 0
	limit, handle := upTo(13), func(message.Frame) error { handled++; return nil }
	b.ReportAllocs()
	for b.Loop() {
		if err := frames.Feed(stream, limit, handle); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(handled), "ns/request")
}
