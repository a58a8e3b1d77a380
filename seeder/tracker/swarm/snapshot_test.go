package swarm_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

// config is that of a store without limits whose answers hold everything.
func config() swarm.Config { return swarm.Config{Lifetime: 60, Share: everything, Shards: 16} }

// written is the moment that test snapshots are of.
var written = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// crowd is a store with swarms of all sizes, whose peers have announced by minute 59.
func crowd(t testing.TB) *swarm.Store {
	t.Helper()
	s := swarm.New(config())
	random := rand.New(rand.NewPCG(1, 2))
	for size := range 60 {
		fill(s, random, size, func(*rand.Rand) int { return size })
	}
	finished := announceOf(random, family.V6)
	finished.Event = swarm.Completed
	announceAll(s, []swarm.Announce{finished})
	return s
}

func snapshot(t testing.TB, s *swarm.Store, now swarm.Minute) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Write(&b, now, written); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRead_RestoresWhatWasWritten(t *testing.T) {
	t.Parallel()
	s := crowd(t)
	a := announceOf(rand.New(rand.NewPCG(3, 4)), family.V6)
	a.Event = swarm.Completed
	announceAll(s, []swarm.Announce{a})
	restored, err := swarm.Read(bytes.NewReader(snapshot(t, s, 59)), config(), 5_000, written)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.Totals(), restored.Totals()); diff != "" {
		t.Errorf("totals (-written +read):\n%s", diff)
	}
	want, _ := s.Scrape(a.InfoHash)
	got, _ := restored.Scrape(a.InfoHash)
	if diff := cmp.Diff(want, got); diff != "" || want.Downloaded != 2 {
		t.Errorf("counts (-written +read):\n%s", diff)
	}
	if tag := s.Tag([20]byte{1}, 2); restored.Tag([20]byte{1}, 2) != tag {
		t.Error("the tags are others than before")
	}
}

func TestRead_LeavesOutWhatIsTooOld(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		passed time.Duration
		want   int
	}{
		"AtOnce":             {0, 2},
		"OneIsTooOld":        {30 * time.Minute, 1},
		"BothAreTooOld":      {60 * time.Minute, 0},
		"AfterAYear":         {365 * 24 * time.Hour, 0},
		"ClockHasGoneBack":   {-24 * time.Hour, 2},
		"ShortOfTheLifetime": {29 * time.Minute, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := swarm.New(config())
			random := rand.New(rand.NewPCG(1, 2))
			for _, f := range family.All {
				a := announceOf(random, f)
				var answer swarm.Answer
				s.Announce(map[family.Family]swarm.Minute{family.V6: 100, family.V4: 130}[f], &a, &answer)
			}
			restored, err := swarm.Read(bytes.NewReader(snapshot(t, s, 130)), config(), 7, written.Add(test.passed))
			if err != nil {
				t.Fatal(err)
			}
			if got := addresses(restored); got != test.want {
				t.Errorf("%d peers are left, want %d", got, test.want)
			}
		})
	}
}

// A peer's age goes on from what it was.
func TestRead_PeersExpireWhenTheyWouldHave(t *testing.T) {
	t.Parallel()
	s := swarm.New(config())
	announceAll(s, []swarm.Announce{announceOf(rand.New(rand.NewPCG(1, 2)), family.V6)})
	restored, err := swarm.Read(bytes.NewReader(snapshot(t, s, 20)), config(), 0, written.Add(10*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	sweepAll(restored, 29)
	if addresses(restored) != 1 {
		t.Error("the peer was forgotten too early")
	}
	sweepAll(restored, 30)
	if addresses(restored) != 0 {
		t.Error("the peer was not forgotten")
	}
}

func TestRead_RefusesADamagedSnapshot(t *testing.T) {
	t.Parallel()
	whole := snapshot(t, crowd(t), 0)
	refused := func(t *testing.T, damaged []byte) {
		t.Helper()
		if s, err := swarm.Read(bytes.NewReader(damaged), config(), 0, written); !errors.Is(err, swarm.ErrDamaged) {
			t.Errorf("got %v, %v", s, err)
		}
	}
	t.Run("CutShort", func(t *testing.T) {
		t.Parallel()
		for length := 0; length < len(whole); length += 1 + length/50 {
			refused(t, whole[:length])
		}
		refused(t, whole[:len(whole)-1])
		refused(t, whole[:len(whole)-8]) // at the end of a frame
	})
	t.Run("ABitIsWrong", func(t *testing.T) {
		t.Parallel()
		for at := 0; at < len(whole); at += 1 + at/50 {
			damaged := bytes.Clone(whole)
			damaged[at] ^= 4
			refused(t, damaged)
		}
	})
	t.Run("AnotherVersion", func(t *testing.T) {
		t.Parallel()
		refused(t, bytes.Replace(whole, []byte("swarms 1"), []byte("swarms 2"), 1))
	})
}

// The checksums are right, but no store has written this.
func TestRead_RefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	s := swarm.New(config())
	c := client{store: s, family: family.V4}
	c.announce(c.seed(1))
	c.announce(c.leech(2))
	whole := snapshot(t, s, 0)
	if _, err := swarm.Read(bytes.NewReader(swarm.Resealed(whole)), config(), 0, written); err != nil {
		t.Fatal(err)
	}
	const peer, stamp = 12, 6 // the last peer is before a checksum and an empty frame
	last := len(whole) - 8 - 4 - peer
	for name, damage := range map[string]func(b []byte){
		"NoSuchRole": func(b []byte) { b[last+stamp] |= 0x30 },
		"TwiceThere": func(b []byte) { copy(b[last:], b[last-peer:last]) },
		"TooMany":    func(b []byte) { b[last-peer-1]++ },
		"TooFew":     func(b []byte) { b[last-peer-1]-- },
	} {
		damaged := bytes.Clone(whole)
		damage(damaged)
		if _, err := swarm.Read(bytes.NewReader(swarm.Resealed(damaged)), config(), 0, written); !errors.Is(err, swarm.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room -= len(p); d.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestStore_Write_ReportsAFullDisk(t *testing.T) {
	t.Parallel()
	s := crowd(t)
	for room := 0; room < len(snapshot(t, s, 0)); room += 10_000 {
		if err := s.Write(&fullDisk{room}, 0, written); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
	}
}

// FuzzSnapshot has any snapshot refused, or read to a store that can be used.
func FuzzSnapshot(f *testing.F) {
	f.Add(snapshot(f, swarm.New(config()), 0))
	f.Add(snapshot(f, crowd(f), 0))
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := swarm.Read(bytes.NewReader(swarm.Resealed(content)), config(), 0, written)
		if err != nil {
			return
		}
		a := announceOf(rand.New(rand.NewPCG(1, 2)), family.V6)
		before := addresses(s)
		announceAll(s, []swarm.Announce{a})
		if addresses(s) != before+1 {
			t.Error("the store did not take a peer")
		}
		sweepAll(s, 60)
		if totals := s.Totals(); totals != (swarm.Totals{}) {
			t.Errorf("after all have expired there are %+v", totals)
		}
	})
}

func sweepAll(s *swarm.Store, now swarm.Minute) {
	for shard := range s.Shards() {
		s.Sweep(now, shard)
	}
}

// addresses is how many peers a store has.
func addresses(s *swarm.Store) (sum int) {
	totals := s.Totals()
	for _, f := range family.All {
		sum += totals.Peers.At(f).Seeders + totals.Peers.At(f).Leechers
	}
	return sum
}

// at is a peer's address as one writes it.
func at(address string) netip.AddrPort { return netip.MustParseAddrPort(address) }
