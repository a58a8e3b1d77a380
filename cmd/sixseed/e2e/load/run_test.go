package load_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/policy/family"
	"sixseed/seeder/wire/message"
)

// start runs a plan in which peers take some of the torrent's bytes, several times all of it if nothing else is said.
func start(t *testing.T, plan load.Plan) load.Result {
	t.Helper()
	if plan.Bytes == 0 {
		plan.Bytes = 3 * plan.Torrent.Length
	}
	result, err := load.Run(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestRun has every block compared with the torrent.
func TestRun(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		for _, encrypted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v,RC4=%t", f, encrypted), func(t *testing.T) {
				t.Parallel()
				s := newSwarm()
				result := start(t, load.Plan{Torrent: s.Torrent, Groups: []load.Group{
					{Seeder: s.seed(t, f, seedWell), Connections: 3, InFlight: 7, RC4: encrypted},
				}})
				if err := result.Failures(); err != nil {
					t.Error(err)
				}
				if got := result.Bytes(); got.Get(f) < 3*s.Length || got.V4+got.V6 != got.Get(f) {
					t.Errorf("received %+v, want %d over %v", got, 3*s.Length, f)
				}
			})
		}
	}
}

// TestRun_Failures has seeders who do what they must not.
func TestRun_Failures(t *testing.T) {
	t.Parallel()
	spoil := func(change func(v *visit, block message.Block) error) func(*visit) error {
		return func(v *visit) error {
			if err := v.unchoke(); err != nil {
				return err
			}
			blocks, err := v.requests(5)
			if err != nil {
				return err
			}
			if err := v.answer(blocks[:4]...); err != nil {
				return err
			}
			if err := change(v, blocks[4]); err != nil {
				return err
			}
			return seedWell(v) // the peer has to go by itself
		}
	}
	for name, tc := range map[string]struct {
		serve func(*visit) error
		want  string
	}{
		"WrongData": {spoil(func(v *visit, block message.Block) error {
			v.data = make([]byte, len(v.data))
			return v.answer(block)
		}), "wrong data"},
		"BlockTwice": {spoil(func(v *visit, block message.Block) error {
			return v.answer(block, block)
		}), "not asked for"},
		"ShortBlock": {spoil(func(v *visit, block message.Block) error {
			block.Length--
			return v.answer(block)
		}), "not asked for"},
		"PieceWithoutBlock": {spoil(func(v *visit, _ message.Block) error {
			return v.say(message.Piece, 0)
		}), "without a block"},
		"TooLong": {spoil(func(v *visit, _ message.Block) error {
			_, err := v.Write([]byte{0xff, 0, 0, 0})
			return err
		}), "message of 4278190080 bytes"},
		"Leaves": {spoil(func(*visit, message.Block) error {
			return errors.New("enough")
		}), "peer 0 of [::1]:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSwarm()
			result := start(t, load.Plan{Torrent: s.Torrent, Groups: []load.Group{
				{Seeder: s.seed(t, family.V6, tc.serve), Connections: 1, InFlight: 5},
			}})
			if err := result.Failures(); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error with %q", err, tc.want)
			}
		})
	}
	t.Run("NobodyThere", func(t *testing.T) {
		t.Parallel()
		nobody := netip.MustParseAddrPort("[::1]:1") // a port that no system gives to who asks for any
		result := start(t, load.Plan{Torrent: newSwarm().Torrent, Groups: []load.Group{{Seeder: nobody, Connections: 2}}})
		if failures := result.Groups[0].Failures; len(failures) != 2 || !errors.Is(failures[0], unix.ECONNREFUSED) {
			t.Errorf("got %v, want two refused connections", failures)
		}
	})
	t.Run("OtherTorrent", func(t *testing.T) {
		t.Parallel()
		s := newSwarm()
		other := s.Torrent
		other.InfoHash[0]++
		address := s.seed(t, family.V6, func(*visit) error { return nil })
		for _, encrypted := range []bool{false, true} {
			result := start(t, load.Plan{Torrent: other, Groups: []load.Group{{Seeder: address, Connections: 1, RC4: encrypted}}})
			if result.Failures() == nil {
				t.Errorf("RC4=%t: no failure", encrypted)
			}
		}
	})
}

func TestRun_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, plan := range map[string]load.Plan{
		"Warmup":  {Warmup: time.Hour, Bytes: 1},
		"Window":  {Window: time.Hour},
		"Unchoke": {Unchoked: true, Bytes: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := newSwarm()
			plan.Torrent = s.Torrent
			plan.Groups = []load.Group{{Connections: 2, InFlight: 1, Seeder: s.seed(t, family.V4, func(v *visit) error {
				cancel()
				_, err := v.requests(1) // none comes, but the end
				return err
			})}}
			if _, err := load.Run(ctx, plan); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRun_ImpossiblePlan(t *testing.T) {
	t.Parallel()
	torrent := newSwarm().Torrent
	with := func(change func(*load.Plan)) load.Plan {
		plan := load.Plan{Torrent: torrent, Bytes: 1}
		change(&plan)
		return plan
	}
	for name, plan := range map[string]load.Plan{
		"pieces of 0 bytes":     with(func(p *load.Plan) { p.Torrent.PieceLength = 0 }),
		"pieces of 16385 bytes": with(func(p *load.Plan) { p.Torrent.PieceLength = load.BlockLength + 1 }),
		"torrent of 0 bytes":    with(func(p *load.Plan) { p.Torrent.Length = 0 }),
		"without an end":        with(func(p *load.Plan) { p.Bytes = 0 }),
		"group 0":               with(func(p *load.Plan) { p.Groups = make([]load.Group, 1) }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := load.Run(t.Context(), plan); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v", err)
			}
		})
	}
}
