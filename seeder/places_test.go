package seeder_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/choker"
	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/wire"
)

// watch is places, and a crowd that they look at when a test says so.
type watch struct {
	places seeder.Places
	*crowd
	now  time.Time
	full bool // the link is
}

func newWatch() *watch {
	return &watch{places: seeder.NewPlaces(), crowd: newCrowd(), now: time.Unix(1_800_000_000, 0)}
}

// look lets time pass and returns how the peers stand then, by ID.
func (w *watch) look(d time.Duration) map[choker.ID]choker.Peer {
	w.now = w.now.Add(d)
	standings := make(map[choker.ID]choker.Peer)
	for _, peer := range w.places.Gather(w.Peers(), w.full, w.now) {
		standings[peer.ID] = peer
	}
	return standings
}

// unchoke gives the first peer a slot, and choke takes it.
func (w *watch) unchoke() { w.places.Apply(choker.Decision{Unchoke: []choker.ID{1}}, w.now) }

func (w *watch) choke() { w.places.Apply(choker.Decision{Choke: []choker.ID{1}}, w.now) }

func TestPlaces_APeerThroughItsTurns(t *testing.T) {
	t.Parallel()
	w := newWatch()
	began := w.now
	peer := w.join(1, family.V6)
	peer.send(1000) // pieces allowed fast
	standing := choker.Peer{ID: 1, Family: family.V6, Since: began, Quota: 20 * guestPiece}
	check := func(what string, d time.Duration, change func(*choker.Peer)) {
		t.Helper()
		change(&standing)
		got := w.look(d)[1]
		got.Rate = 0
		if diff := cmp.Diff(standing, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", what, diff)
		}
	}
	check("it has come", 0, func(p *choker.Peer) { p.Sent = 1000 })
	peer.interest(true)
	check("it wants something", time.Second, func(p *choker.Peer) { p.Interested, p.Since = true, began.Add(time.Second) })
	w.look(5 * time.Second)
	w.unchoke()
	peer.send(2000)
	check("it has a slot", time.Second, func(p *choker.Peer) {
		p.Unchoked, p.Waits, p.Since, p.Sent = true, true, began.Add(6*time.Second), 2000
	})
	peer.send(500)
	w.choke()
	check("it has lost it", time.Second, func(p *choker.Peer) {
		p.Unchoked, p.Waits, p.Since, p.Turns, p.Sent = false, false, began.Add(7*time.Second), 1, 2500
	})
	w.unchoke()
	check("its second turn", time.Second, func(p *choker.Peer) {
		p.Unchoked, p.Waits, p.Since, p.Sent = true, true, began.Add(8*time.Second), 0
	})
	peer.interest(false)
	check("it has enough", time.Second, func(p *choker.Peer) {
		p.Interested, p.Waits, p.Since = false, false, began.Add(10*time.Second)
	})
}

func TestPlaces_Waits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status wire.PeerStatus
		full   bool // the link is
		want   bool
	}{
		"AtGate":                {status: wire.PeerStatus{Unchoked: true, AtGate: true, Queue: 9}, want: true},
		"HeldBackByItself":      {status: wire.PeerStatus{Unchoked: true, Queue: 9}},
		"HeldBackByTheLink":     {status: wire.PeerStatus{Unchoked: true, Queue: 9}, full: true, want: true},
		"AsksForNothing":        {status: wire.PeerStatus{Unchoked: true}, full: true},
		"Choked":                {status: wire.PeerStatus{AtGate: true, Queue: 9}, full: true},
		"AtGateOfAnEmptyedLink": {status: wire.PeerStatus{Unchoked: true, AtGate: true}, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWatch()
			w.full = c.full
			w.join(1, family.V4).set(func(s *wire.PeerStatus) { *s = c.status })
			if got := w.look(0)[1].Waits; got != c.want {
				t.Errorf("waits for us: %v, want %v", got, c.want)
			}
		})
	}
}

func TestPlaces_Idle(t *testing.T) {
	t.Parallel()
	w := newWatch()
	peer := w.join(1, family.V6)
	peer.set(func(s *wire.PeerStatus) { s.Interested = true })
	idle := func(what string, d time.Duration, want bool) {
		t.Helper()
		if got := w.look(d)[1].Idle; got != want {
			t.Errorf("%s: idle %v, want %v", what, got, want)
		}
	}
	idle("it waits for a slot", time.Minute, false)
	w.unchoke()
	idle("it has one, and takes nothing yet", 4*time.Second, false)
	peer.send(1)
	idle("it has begun", 4*time.Second, false)
	idle("it pauses", 4*time.Second, false)
	idle("it has paused for long", time.Second, true)
	w.choke()
	idle("it is choked", time.Minute, true)
	w.unchoke()
	idle("it may try again", time.Second, true)
	peer.send(1)
	idle("it takes something", time.Second, false)
	peer.interest(true)
	idle("we keep it waiting", time.Minute, false)
}

func TestPlaces_Rate(t *testing.T) {
	t.Parallel()
	w := newWatch()
	peer := w.join(1, family.V6)
	w.look(0)
	for range 20 {
		peer.send(100_000)
		w.look(100 * time.Millisecond)
	}
	for range 20 {
		peer.send(1_000_000)
		w.look(time.Second)
	}
	if got := w.look(0)[1].Rate; got < 990_000 || got > 1_010_000 {
		t.Errorf("%d B/s, want 1 MB/s", got)
	}
	for range 30 {
		w.look(time.Second)
	}
	if got := w.look(0)[1].Rate; got > 10_000 {
		t.Errorf("%d B/s half a minute after the last byte", got)
	}
	w.look(-time.Hour) // somebody sets the clock
	peer.send(1_000_000)
	if got := w.look(time.Second)[1].Rate; got < 300_000 || got > 1_000_000 {
		t.Errorf("%d B/s in the first second by another clock", got)
	}
}

func TestPlaces_Waiting(t *testing.T) {
	t.Parallel()
	w := newWatch()
	for n, f := range []family.Family{family.V4, family.V4, family.V4, family.V6, family.V6} {
		w.join(n+1, f).interest(n != 4)
		w.look(time.Second)
	}
	w.unchoke()
	want := family.Pair[seeder.Waiting]{
		V4: seeder.Waiting{Peers: 2, Longest: 3 * time.Second},
		V6: seeder.Waiting{Peers: 1, Longest: time.Second},
	}
	if diff := cmp.Diff(want, w.places.Waiting(w.now)); diff != "" {
		t.Errorf("who waits (-want +got)\n%s", diff)
	}
}

func TestPlaces_ForgetsWhoIsGone(t *testing.T) {
	t.Parallel()
	w := newWatch()
	first, second := w.join(1, family.V4), w.join(2, family.V4)
	first.interest(true)
	second.interest(true)
	w.look(time.Second)
	w.leave(first)
	if got := w.look(time.Second); len(got) != 1 {
		t.Errorf("%d peers stand somewhere, want 1", len(got))
	}
	if got := w.places.Waiting(w.now).V4.Peers; got != 1 {
		t.Errorf("%d peers wait, want 1", got)
	}
	w.mu.Lock()
	w.peers = append(w.peers, first) // who would have another ID
	w.mu.Unlock()
	if got := w.look(time.Second)[1].Since; got != w.now {
		t.Errorf("it was known since %v", got)
	}
}
