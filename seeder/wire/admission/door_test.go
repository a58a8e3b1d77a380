package admission_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire/admission"
)

// peer is a connection that is as useful as it says.
type peer struct {
	name                 string
	unchoked, interested bool
}

func (p *peer) Unchoked() bool   { return p.unchoked }
func (p *peer) Interested() bool { return p.interested }

type door = admission.Door[*peer]

// line is a connection written down for a test: a name, an address and, where it matters, a torrent and what the peer
// is. Its family is that of the address.
type line string

func (l line) read() (*peer, admission.Origin, admission.InfoHash) {
	fields := append(strings.Fields(string(l)), "-")
	addr := netip.MustParseAddr(fields[1])
	conn := &peer{
		name:       fields[0],
		unchoked:   slices.Contains(fields, "unchoked"),
		interested: slices.Contains(fields, "interested"),
	}
	origin := admission.Origin{Addr: addr, Family: family.Of(addr), Dialled: slices.Contains(fields, "dialled")}
	return conn, origin, admission.InfoHash([]byte(strings.Repeat(fields[2][:1], 20)))
}

// knock lets a connection knock and says what came of it: the name of who has to go, "-" or the error.
func (l line) knock(d *door) string {
	conn, origin, _ := l.read()
	return outcome(d.Knock(conn, origin))
}

// connect lets a connection knock and enter and says what came of it.
func (l line) connect(d *door) string {
	conn, origin, infoHash := l.read()
	if got := outcome(d.Knock(conn, origin)); got != "-" {
		return "knock: " + got
	}
	return outcome(d.Enter(conn, infoHash))
}

func outcome(evicted *peer, found bool, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case found:
		return evicted.name
	}
	return "-"
}

// knocks and connects are lines that nothing may come in the way of.
func knocks(t *testing.T, d *door, lines ...line) {
	t.Helper()
	for _, l := range lines {
		if got := l.knock(d); got != "-" {
			t.Fatalf("%q knocked: %s", l, got)
		}
	}
}

func connects(t *testing.T, d *door, lines ...line) {
	t.Helper()
	for _, l := range lines {
		if got := l.connect(d); got != "-" {
			t.Fatalf("%q connected: %s", l, got)
		}
	}
}

func TestDoor_Enter(t *testing.T) {
	t.Parallel()
	var (
		roomy   = admission.Limits{Connections: 9, PerTorrent: 9}
		full    = admission.Limits{Connections: 3, PerTorrent: 9}
		torrent = admission.Limits{Connections: 9, PerTorrent: 2}
		tight   = admission.Limits{Connections: 3, PerTorrent: 2}
	)
	const (
		knockedFull = "knock: too many peers"
		torrentFull = "too many peers of this torrent"
	)
	for name, tc := range map[string]struct {
		limits   admission.Limits
		peers    []line // in the order in which they came
		newcomer line
		want     string // who has to go, "-": nobody
	}{
		"RoomForAll":              {roomy, []line{"a 10.0.0.1 T", "b 10.0.0.2 T", "c ::1 T"}, "x ::2 T", "-"},
		"TheOldestGoes":           {full, []line{"a 10.0.0.1 T", "b 10.0.0.2 T", "c 10.0.0.3 T"}, "x ::1 T", "a"},
		"TheIdleBeforeInterested": {full, []line{"a 10.0.0.1 T interested", "b 10.0.0.2 T", "c 10.0.0.3 T"}, "x ::1 T", "b"},
		"TheChokedBeforeUnchoked": {
			full, []line{"a 10.0.0.1 T unchoked", "b 10.0.0.2 T interested", "c 10.0.0.3 T unchoked"}, "x ::1 T", "b",
		},
		"TheUnchokedThatWantsNothing": {
			full, []line{"a 10.0.0.1 T unchoked interested", "b 10.0.0.2 T unchoked", "c ::3 T"}, "x ::1 T", "b",
		},
		"TheOldestOfTheBusy": {
			full,
			[]line{"a 10.0.0.1 T unchoked interested", "b 10.0.0.2 U unchoked interested", "c ::3 T"},
			"x ::1 V", "a",
		},
		"NeverIPv6":           {full, []line{"a ::1 T", "b ::2 T", "c 10.0.0.3 T unchoked interested"}, "x ::4 T", "c"},
		"IPv6NotForIPv6":      {full, []line{"a ::1 T", "b ::2 T", "c ::3 T"}, "x ::4 T", knockedFull},
		"IPv6NotForIPv4":      {full, []line{"a ::1 T", "b ::2 T", "c ::3 T"}, "x 10.0.0.1 T", knockedFull},
		"IPv4NotForIPv4":      {full, []line{"a 10.0.0.1 T", "b 10.0.0.2 T", "c 10.0.0.3 T"}, "x 10.0.0.4 T", knockedFull},
		"ATunnelIsIPv4":       {full, []line{"a ::1 T", "b 2002:a00:1::1 T", "c ::3 T"}, "x ::4 T", "b"},
		"ATunnelDoesNotEvict": {full, []line{"a 10.0.0.1 T", "b ::2 T", "c ::3 T"}, "x 2002:a00:1::1 T", knockedFull},
		"AMappedDoesNotEvict": {full, []line{"a 10.0.0.1 T", "b ::2 T", "c ::3 T"}, "x ::ffff:10.0.0.9 T", knockedFull},
		"DialledOnesGoToo":    {full, []line{"a 10.0.0.1 T dialled", "b ::2 T", "c ::3 T"}, "x ::4 T dialled", "a"},
		"AnotherTorrentHasRoom": {
			torrent, []line{"a 10.0.0.1 T", "b 10.0.0.2 T", "c 10.0.0.3 U"}, "x 10.0.0.4 U", "-",
		},
		"TheOldestOfTheTorrent": {torrent, []line{"a 10.0.0.1 U", "b 10.0.0.2 T", "c 10.0.0.3 T"}, "x ::1 T", "b"},
		"TorrentFullOfIPv6":     {torrent, []line{"a 10.0.0.1 U", "b ::2 T", "c ::3 T"}, "x ::1 T", torrentFull},
		"TorrentFullForIPv4":    {torrent, []line{"a 10.0.0.1 T", "b 10.0.0.2 T"}, "x 10.0.0.3 T", torrentFull},
		"BothFullOneGoes":       {tight, []line{"a 10.0.0.1 U", "b 10.0.0.2 T", "c 10.0.0.3 T"}, "x ::1 T", "b"},
		"BothFullNoneOfTheTorrent": {
			tight, []line{"a 10.0.0.1 U", "b ::2 T", "c ::3 T"}, "x ::1 T", torrentFull,
		},
		"FullButNotTheTorrent": {tight, []line{"a 10.0.0.1 U", "b 10.0.0.2 U", "c ::3 T"}, "x ::1 T", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := admission.NewDoor[*peer](tc.limits)
			connects(t, d, tc.peers...)
			if got := tc.newcomer.connect(d); got != tc.want {
				t.Errorf("%q: %s, want %s", tc.newcomer, got, tc.want)
			}
		})
	}
}

func TestDoor_EnterWhenItFilledMeanwhile(t *testing.T) {
	t.Parallel()
	d := admission.NewDoor[*peer](admission.Limits{Connections: 1})
	slow, origin, infoHash := line("slow 10.0.0.1 T").read()
	if got := outcome(d.Knock(slow, origin)); got != "-" {
		t.Fatal(got)
	}
	connects(t, d, "quick 10.0.0.2 T")
	if _, _, err := d.Enter(slow, infoHash); !errors.Is(err, admission.ErrFull) {
		t.Errorf("entered with %v, want %v", err, admission.ErrFull)
	}
	if _, _, err := d.Enter(slow, infoHash); !errors.Is(err, admission.ErrGone) {
		t.Errorf("entered again with %v, want %v", err, admission.ErrGone)
	}
	if got := d.Counts().V4; got != (admission.Counts{Peers: 1, RefusedFull: 1}) {
		t.Errorf("counts %+v", got)
	}
}

func TestDoor_KnockWithTooManyStrangers(t *testing.T) {
	t.Parallel()
	limits := admission.Limits{Strangers: 5, PerAddress: 4}
	for name, tc := range map[string]struct {
		strangers []line
		newcomer  line
		want      string
	}{
		"TheOldestGoes": {
			[]line{"a 10.0.0.1", "b 10.0.0.2", "c 10.0.0.3", "d 10.0.0.4", "e 10.0.0.5"}, "x 10.0.0.9", "a",
		},
		"TheOldestOfTheCrowd": {
			[]line{"a 10.0.0.1", "b 10.0.0.2", "c 10.0.0.3", "d 10.0.0.2", "e 10.0.0.3"}, "x 10.0.0.9", "b",
		},
		"TheLargestCrowd": {
			[]line{"a 10.0.0.1", "b 10.0.0.1", "c 10.0.0.3", "d 10.0.0.3", "e 10.0.0.3"}, "x 10.0.0.9", "c",
		},
		"ACrowdInOne64": {
			[]line{"a 2001:db8:1::1", "b 2001:db8:2::1", "c 2001:db8:2::2", "d 2001:db8:3::1", "e 2001:db8:4::1"},
			"x 2001:db8:9::1", "b",
		},
		"NoCrowdInA48WithTwo": { // as many as its customers may well be
			[]line{"a 2001:db8:1::1", "b 2001:db8:2:1::1", "c 2001:db8:2:2::2", "d 2001:db8:3::1", "e 2001:db8:4::1"},
			"x 2001:db8:9::1", "a",
		},
		"PeersAreNoCrowd": {
			[]line{"p 10.0.0.2 T", "q 10.0.0.2 T", "a 10.0.0.1", "b 10.0.0.2", "c 10.0.0.3", "d 10.0.0.4", "e 10.0.0.5"},
			"x 10.0.0.9", "a",
		},
		"TheOtherFamilyIsNotTouched": {
			[]line{"a 10.0.0.1", "b 10.0.0.2", "c 10.0.0.3", "d 10.0.0.4", "e 10.0.0.5"}, "x ::1", "-",
		},
		"DialledOnesAreNoStrangers": {
			[]line{"a 10.0.0.1", "b 10.0.0.2 - dialled", "c 10.0.0.3", "d 10.0.0.4", "e 10.0.0.5"}, "x 10.0.0.9", "-",
		},
		"NobodyGoesForOneDialled": {
			[]line{"a 10.0.0.1", "b 10.0.0.2", "c 10.0.0.3", "d 10.0.0.4", "e 10.0.0.5"}, "x 10.0.0.9 - dialled", "-",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := admission.NewDoor[*peer](limits)
			for _, l := range tc.strangers {
				if strings.HasSuffix(string(l), "T") {
					connects(t, d, l)
				} else {
					knocks(t, d, l)
				}
			}
			if got := tc.newcomer.knock(d); got != tc.want {
				t.Errorf("%q: %s, want %s", tc.newcomer, got, tc.want)
			}
		})
	}
}

func TestDoor_AnEvictedStrangerIsGone(t *testing.T) {
	t.Parallel()
	d := admission.NewDoor[*peer](admission.Limits{Strangers: 1})
	first, origin, infoHash := line("first ::1 T").read()
	if got := outcome(d.Knock(first, origin)); got != "-" {
		t.Fatal(got)
	}
	if got := line("second ::2").knock(d); got != "first" {
		t.Fatalf("%s had to go, want first", got)
	}
	if _, _, err := d.Enter(first, infoHash); !errors.Is(err, admission.ErrGone) {
		t.Errorf("entered with %v, want %v", err, admission.ErrGone)
	}
	d.Leave(first)
	if got := d.Counts().V6; got != (admission.Counts{Strangers: 1, EvictedStrangers: 1}) {
		t.Errorf("counts %+v", got)
	}
}

func TestDoor_Again(t *testing.T) {
	t.Parallel()
	d := admission.NewDoor[*peer](admission.Limits{Connections: 1, PerTorrent: 1, PerAddress: 1, Strangers: 1})
	conn, origin, infoHash := line("a 10.0.0.1 T").read()
	for range 2 {
		if got := outcome(d.Knock(conn, origin)); got != "-" {
			t.Errorf("knocked: %s", got)
		}
	}
	if got := d.Counts().V4; got != (admission.Counts{Strangers: 1}) {
		t.Errorf("counts after knocking %+v", got)
	}
	for range 2 {
		if got := outcome(d.Enter(conn, infoHash)); got != "-" {
			t.Errorf("entered: %s", got)
		}
	}
	if got := d.Counts().V4; got != (admission.Counts{Peers: 1}) {
		t.Errorf("counts after entering %+v", got)
	}
	for range 2 {
		d.Leave(conn)
		if got := d.Counts().V4; got != (admission.Counts{}) {
			t.Errorf("counts after leaving %+v", got)
		}
	}
}

func TestDoor_Apply(t *testing.T) {
	t.Parallel()
	d := admission.NewDoor[*peer](admission.Limits{Connections: 3})
	connects(t, d, "a 10.0.0.1 T", "b 10.0.0.2 T", "c 10.0.0.3 T")
	d.Apply(admission.Limits{Connections: 2})
	if got := d.Counts().V4.Peers; got != 3 {
		t.Errorf("%d peers after the limit was lowered, want all 3", got)
	}
	if got := line("x ::1 T").connect(d); got != "a" {
		t.Errorf("over IPv6: %s, want a", got)
	}
	if got := line("y 10.0.0.4 T").connect(d); got != "knock: too many peers" {
		t.Errorf("over IPv4: %s", got)
	}
	d.Apply(admission.Limits{})
	connects(t, d, "y 10.0.0.4 T", "z 10.0.0.4 T")
}
