package load_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/policy/family"
	"sixseed/seeder/wire/message"
)

// TestGroup_InFlight counts what peers say to a seeder that answers nothing.
func TestGroup_InFlight(t *testing.T) {
	t.Parallel()
	reqq := func(n int) []byte { return fmt.Appendf([]byte{0}, "d1:md6:ut_pexi1ee4:reqqi%de1:v3:mee", n) }
	for name, tc := range map[string]struct {
		group load.Group
		says  []byte // the seeder's extension handshake
		want  map[message.ID]int
	}{
		"AsManyAsWanted": {
			load.Group{InFlight: 12},
			reqq(50),
			map[message.ID]int{message.Extended: 1, message.HaveNone: 1, message.Interested: 1, message.Request: 12},
		},
		"AsManyAsTheSeederTakes": {
			load.Group{InFlight: 12},
			reqq(5),
			map[message.ID]int{message.Extended: 1, message.HaveNone: 1, message.Interested: 1, message.Request: 5},
		},
		"SeederDoesNotSay": {
			load.Group{InFlight: 12},
			[]byte{0, 'd', 'e'},
			map[message.ID]int{message.Extended: 1, message.HaveNone: 1, message.Interested: 1, message.Request: 12},
		},
		"Idle": {
			load.Group{},
			reqq(5),
			map[message.ID]int{message.Extended: 1, message.HaveNone: 1, message.Interested: 1},
		},
		"Uninterested": {
			load.Group{Uninterested: true, InFlight: 12},
			reqq(5),
			map[message.ID]int{message.Extended: 1, message.HaveNone: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, heard := newSwarm(), make(chan map[message.ID]int, 1)
			tc.group.Connections = 1
			tc.group.Seeder = s.seed(t, family.V6, func(v *visit) error {
				if err := v.say(message.Extended, tc.says...); err != nil {
					return err
				}
				if err := v.say(message.Unchoke); err != nil {
					return err
				}
				heard <- v.count()
				return nil
			})
			plan := load.Plan{Torrent: s.Torrent, Groups: []load.Group{tc.group}, Unchoked: true, Window: 10 * time.Millisecond}
			if _, err := load.Run(t.Context(), plan); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, <-heard); diff != "" {
				t.Errorf("messages of the peer (-want +got):\n%s", diff)
			}
		})
	}
}

// count counts the peer's messages until it goes.
func (v *visit) count() map[message.ID]int {
	heard := make(map[message.ID]int)
	for {
		id, _, err := v.next()
		if err != nil {
			return heard
		}
		heard[id]++
	}
}

// TestGroup_Choked has seeders choke again and again while requests are outstanding.
func TestGroup_Choked(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*visit, []message.Block) error{
		"Rejected": func(v *visit, blocks []message.Block) error {
			for _, block := range blocks {
				if _, err := v.Write(message.AppendBlock(nil, message.RejectRequest, block)); err != nil {
					return err
				}
			}
			return nil
		},
		"Forgotten": func(*visit, []message.Block) error { return nil },
		"Answered":  func(v *visit, blocks []message.Block) error { return v.answer(blocks...) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSwarm()
			result := start(t, load.Plan{Torrent: s.Torrent, Groups: []load.Group{{
				Connections: 2, InFlight: 8, Seeder: s.seed(t, family.V4, func(v *visit) error {
					_, err := v.await(message.Interested)
					for err == nil {
						err = v.chokeOnce(end)
					}
					return err
				}),
			}}})
			if err := result.Failures(); err != nil {
				t.Error(err)
			}
		})
	}
}

// chokeOnce unchokes the peer, answers half of its requests, and chokes it.
func (v *visit) chokeOnce(end func(*visit, []message.Block) error) error {
	if err := v.say(message.Unchoke); err != nil {
		return err
	}
	blocks, err := v.requests(8)
	if err != nil {
		return err
	}
	if err := v.answer(blocks[:4]...); err != nil {
		return err
	}
	if err := v.say(message.Choke); err != nil {
		return err
	}
	return end(v, blocks[4:])
}

// TestGroup_Noise has a seeder say between the blocks all that may be said, and write it in small parts.
func TestGroup_Noise(t *testing.T) {
	t.Parallel()
	for _, part := range []int{1, 7, 1000} {
		t.Run(fmt.Sprintf("parts=%d", part), func(t *testing.T) {
			t.Parallel()
			s := newSwarm()
			result := start(t, load.Plan{Torrent: s.Torrent, Bytes: 5 * load.BlockLength, Groups: []load.Group{{
				Connections: 1, InFlight: 3, RC4: part == 7,
				Seeder: s.seed(t, family.V6, func(v *visit) error {
					w := v.Writer
					v.Writer = writerFunc(func(b []byte) (int, error) { return writeParts(w, b, part) })
					if err := v.unchoke(); err != nil {
						return err
					}
					for {
						blocks, err := v.requests(1)
						if err != nil {
							return err
						}
						if _, err := v.Write(noise()); err != nil {
							return err
						}
						if err := v.answer(blocks...); err != nil {
							return err
						}
					}
				}),
			}}})
			if err := result.Failures(); err != nil {
				t.Error(err)
			}
		})
	}
}

// noise is what has no meaning for a peer that takes blocks.
func noise() []byte {
	b := message.AppendKeepAlive(nil)
	b = message.AppendIndex(b, message.Have, 3)
	b = message.Append(b, message.Bitfield, make([]byte, 3000)...)
	b = message.Append(b, message.HaveAll)
	b = message.Append(b, message.Port, 1, 2)
	b = message.AppendIndex(b, message.AllowedFast, 3)
	b = message.Append(b, message.Extended)
	b = message.Append(b, message.Extended, []byte("\x00d4:reqqi-1ee")...)
	b = message.Append(b, message.Extended, bytes.Repeat([]byte{1}, 20<<10)...)
	b = message.Append(b, 99, 1, 2, 3)
	return message.Append(b, message.Unchoke)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func writeParts(w interface{ Write([]byte) (int, error) }, b []byte, length int) (int, error) {
	for written := 0; written < len(b); written += length {
		if _, err := w.Write(b[written:min(written+length, len(b))]); err != nil {
			return written, err
		}
	}
	return len(b), nil
}

func TestGroup_Sources(t *testing.T) {
	t.Parallel()
	s, seen := newSwarm(), make(chan netip.Addr, 3)
	from := []netip.Addr{netip.MustParseAddr("127.66.0.1"), netip.MustParseAddr("127.66.0.2")}
	start(t, load.Plan{Torrent: s.Torrent, Groups: []load.Group{{
		Connections: cap(seen), InFlight: 4, Sources: from, Seeder: s.seed(t, family.V4, func(v *visit) error {
			seen <- v.from
			return seedWell(v)
		}),
	}}})
	counts := make(map[netip.Addr]int)
	for range cap(seen) {
		counts[<-seen]++
	}
	if diff := cmp.Diff(map[netip.Addr]int{from[0]: 2, from[1]: 1}, counts, cmp.Comparer(equal)); diff != "" {
		t.Errorf("connections by address (-want +got):\n%s", diff)
	}
}

func equal(a, b netip.Addr) bool { return a == b }

// TestGroup_Delay has a group come late: never too early, however slow the machine is.
func TestGroup_Delay(t *testing.T) {
	t.Parallel()
	const delay = 50 * time.Millisecond
	s, early, late := newSwarm(), make(chan time.Time, 1), make(chan time.Time, 1)
	arrive := func(at chan time.Time) func(*visit) error {
		return func(v *visit) error {
			at <- time.Now()
			return seedWell(v)
		}
	}
	result, err := load.Run(t.Context(), load.Plan{Torrent: s.Torrent, Window: 4 * delay, Groups: []load.Group{
		{Seeder: s.seed(t, family.V4, arrive(early)), Connections: 1, InFlight: 4},
		{Seeder: s.seed(t, family.V6, arrive(late)), Connections: 1, InFlight: 4, Delay: delay},
	}})
	if err != nil || result.Failures() != nil {
		t.Fatal(err, result.Failures())
	}
	if waited := (<-late).Sub(<-early); waited < delay {
		t.Errorf("the second peer came %v after the first, want %v", waited, delay)
	}
}

// TestGroup_BytesPerSecond has a peer read slowly, and looks at the samples: never is it faster, however slow the machine.
func TestGroup_BytesPerSecond(t *testing.T) {
	t.Parallel()
	const rate, sample = 1 << 20, 10 * time.Millisecond
	s := newSwarm()
	result := start(t, load.Plan{Torrent: s.Torrent, Bytes: rate / 2, Sample: sample, Groups: []load.Group{
		{Seeder: s.seed(t, family.V4, seedWell), Connections: 1, InFlight: 16, BytesPerSecond: rate},
	}})
	traffic := result.Groups[0]
	if most := int64(rate*result.Elapsed.Seconds()) + rate/4; traffic.Bytes() > most || traffic.Bytes() < rate/2 {
		t.Errorf("received %d bytes in %v, want %d to %d", traffic.Bytes(), result.Elapsed, rate/2, most)
	}
	if len(traffic.Samples) == 0 || !slices.IsSorted(traffic.Samples) {
		t.Errorf("samples %v", traffic.Samples)
	}
}

// TestPlan_Unchoked has the window opened only when every peer may ask.
func TestPlan_Unchoked(t *testing.T) {
	t.Parallel()
	s, unchoked := newSwarm(), new(atomic.Int64)
	seed := func(v *visit) error {
		unchoked.Add(1) // it cannot know earlier
		return seedWell(v)
	}
	start(t, load.Plan{
		Torrent:  s.Torrent,
		Unchoked: true,
		Opened: func() {
			if n := unchoked.Load(); n != 3 {
				t.Errorf("the window was opened when %d of 3 peers were unchoked", n)
			}
		},
		Groups: []load.Group{
			{Seeder: s.seed(t, family.V4, seed), Connections: 3, InFlight: 4},
			{Seeder: s.seed(t, family.V6, (*visit).idle), Connections: 1}, // nobody waits for one that does not ask
		},
	})
}

// idle lets a peer wait until it goes.
func (v *visit) idle() error {
	v.count()
	return nil
}
