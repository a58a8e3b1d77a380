package tracker_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

const protocol = "\x13BitTorrent protocol"

var claimed = at("[2003:ffff::1]:6881")

func TestTracker_Claim_Probes(t *testing.T) {
	t.Parallel()
	const handshake = protocol + "\x00\x00\x00\x00\x00\x10\x00\x05"
	for name, test := range map[string]struct {
		answer string // what a peer there says; empty: nobody is there
		proven bool
	}{
		"APeer":           {handshake + string(infoHash[:]) + "-XX0001-another-id--", true},
		"OtherTorrent":    {handshake + "another info-hash..." + "-XX0001-another-id--", false},
		"NoPeer":          {"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false},
		"SaysNothing":     {" ", false},
		"NobodyIsThere":   {"", false},
		"CutShort":        {handshake + string(infoHash[:10]), false},
		"EncryptedPerson": {string(make([]byte, 96)), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				config := open()
				config.IPv6Param, config.Dial = tracker.ProbeClaims, peerThat(t, test.answer)
				tr := newTracker(t, config)
				stop := run(t, tr)
				defer stop()
				a := announceOf(family.V4, 1)
				announce(t, tr, a)
				if err := tr.Claim(noon, a, claimed); err != nil {
					t.Fatal(err)
				}
				time.Sleep(4 * time.Second)
				if got := announce(t, tr, a).Proven; got != test.proven {
					t.Errorf("proven is %v, want %v", got, test.proven)
				}
				want := tracker.Probes{Failed: 1}
				if test.proven {
					want = tracker.Probes{Proven: 1}
				}
				if got := tr.Stats().Probes; got != want {
					t.Errorf("probes are %+v, want %+v", got, want)
				}
			})
		})
	}
}

// peerThat reads the handshake, checks it and answers.
func peerThat(t *testing.T, answer string) func(context.Context, netip.AddrPort) (net.Conn, error) {
	return func(_ context.Context, to netip.AddrPort) (net.Conn, error) {
		if to != claimed {
			t.Errorf("asked at %v", to)
		}
		if answer == "" {
			return nil, errors.New("connection refused")
		}
		ours, theirs := net.Pipe()
		go func() {
			question := make([]byte, 68)
			if _, err := io.ReadFull(theirs, question); err != nil {
				t.Errorf("read handshake: %v", err)
			}
			if string(question[:28]) != protocol+"\x00\x00\x00\x00\x00\x00\x00\x00" || [20]byte(question[28:]) != infoHash {
				t.Errorf("asked %q", question)
			}
			_, _ = io.WriteString(theirs, answer) // the other side may have heard enough
			_, _ = theirs.Read(question)          // until it closes
			theirs.Close()
		}()
		return ours, nil
	}
}

func TestTracker_Claim_Refuses(t *testing.T) {
	t.Parallel()
	fleet := []netip.Prefix{netip.MustParsePrefix("18.0.0.0/24")}
	for name, test := range map[string]struct {
		param   tracker.IPv6Param
		from    int
		claimed string
		entered bool
	}{
		"Off":            {tracker.IgnoreClaims, 1, "[2003:ffff::1]:6881", false},
		"Trusted":        {tracker.TrustClaims, 1, "[2003:ffff::1]:6881", true},
		"NotTrusted":     {tracker.TrustClaims, 256, "[2003:ffff::1]:6881", false},
		"Private":        {tracker.TrustClaims, 1, "[fd00::1]:6881", false},
		"Teredo":         {tracker.TrustClaims, 1, "[2001::1]:6881", false},
		"SixToFour":      {tracker.TrustClaims, 1, "[2002:1200:1::1]:6881", false},
		"IPv4":           {tracker.TrustClaims, 1, "18.0.0.9:6881", false},
		"Mapped":         {tracker.TrustClaims, 1, "[::ffff:18.0.0.9]:6881", false},
		"WellKnownPort":  {tracker.TrustClaims, 1, "[2003:ffff::1]:80", false},
		"ProbePrivate":   {tracker.ProbeClaims, 1, "[fd00::1]:6881", false},
		"ProbeWellKnown": {tracker.ProbeClaims, 1, "[2003:ffff::1]:25", false},
	} {
		config := open()
		config.IPv6Param, config.Trusted = test.param, fleet
		tr := newTracker(t, config)
		a := announceOf(family.V4, test.from)
		announce(t, tr, a)
		err := tr.Claim(noon, a, at(test.claimed))
		if entered := announce(t, tr, a).Proven; entered != test.entered || (err == nil) != test.entered {
			t.Errorf("%s: entered is %v, and the error %v", name, entered, err)
		}
	}
}

func TestTracker_Claim_OfATorrentThatIsNotTracked(t *testing.T) {
	t.Parallel()
	config := open()
	config.Access, config.IPv6Param, config.Trusted = tracker.Listed, tracker.TrustClaims, []netip.Prefix{netip.MustParsePrefix("::/0"), netip.MustParsePrefix("0.0.0.0/0")}
	tr := newTracker(t, config)
	if err := tr.Claim(noon, announceOf(family.V4, 1), claimed); err == nil || tr.Stats().Swarms.Swarms != 0 {
		t.Errorf("got %v, and %+v", err, tr.Stats().Swarms)
	}
}

// Whatever is claimed, one /64 is asked once an hour, and all together ten times a second.
func TestTracker_Claim_FloodsNobody(t *testing.T) {
	t.Parallel()
	config := open()
	config.IPv6Param = tracker.ProbeClaims
	claims := func(now time.Time, tr *tracker.Tracker, times int, claimed func(n int) string) (accepted int) {
		for n := range times {
			if tr.Claim(now, announceOf(family.V4, n), at(claimed(n))) == nil {
				accepted++
			}
		}
		return accepted
	}
	oneNet := func(n int) string { return fmt.Sprintf("[2003::%x]:6881", 1+n) }
	tr := newTracker(t, config)
	if got := claims(noon, tr, 100, oneNet); got != 1 {
		t.Errorf("of one network %d are asked", got)
	}
	if got := claims(noon.Add(59*time.Minute), tr, 100, oneNet); got != 0 {
		t.Errorf("before an hour has passed %d are asked", got)
	}
	if got := claims(noon.Add(60*time.Minute), tr, 100, oneNet); got != 1 {
		t.Errorf("after an hour %d are asked", got)
	}
	if got := tr.Stats().Probes.Refused; got != 298 {
		t.Errorf("%d are counted as refused", got)
	}
	manyNets := func(n int) string { return fmt.Sprintf("[2003:%x:%x::1]:6881", n>>16, n&0xffff) }
	if got := claims(noon, newTracker(t, config), 200_000, manyNets); got != 10 {
		t.Errorf("of many networks %d are asked at once", got)
	}
}

func TestTracker_Claim_StoppedIsNoClaim(t *testing.T) {
	t.Parallel()
	config := open()
	config.IPv6Param, config.Trusted = tracker.TrustClaims, []netip.Prefix{netip.MustParsePrefix("18.0.0.0/8")}
	tr := newTracker(t, config)
	a := announceOf(family.V4, 1)
	a.Event = swarm.Stopped
	if err := tr.Claim(noon, a, claimed); err != nil || tr.Stats().Swarms.Swarms != 0 {
		t.Errorf("got %v, and %+v", err, tr.Stats().Swarms)
	}
}
