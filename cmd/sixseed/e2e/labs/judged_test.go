package labs_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
)

// Those who judge are judged here, by courses that were never run.

// runs makes a course in which each family gets so many bytes of blocks per second for so long, one after another.
func runs(parts ...part) course {
	c := course{{}}
	for _, p := range parts {
		for range p.lasts / sampling {
			m := c[len(c)-1]
			m.at += sampling
			m.received.V4 += p.ipv4 * int64(sampling) / int64(time.Second)
			m.received.V6 += p.ipv6 * int64(sampling) / int64(time.Second)
			m.sent = m.received
			c = append(c, m)
		}
	}
	return c
}

type part struct {
	lasts      time.Duration
	ipv4, ipv6 int64
}

func TestCourse_settled(t *testing.T) {
	t.Parallel()
	const came, bar = 2 * time.Second, .9
	before := part{came, 1000, 0}
	for name, tc := range map[string]struct {
		course course
		want   time.Duration
	}{
		"AtOnce":     {runs(before, part{5 * time.Second, 0, 1000}), 0},
		"Later":      {runs(before, part{time.Second, 1000, 0}, part{5 * time.Second, 0, 1000}), time.Second},
		"Never":      {runs(before, part{5 * time.Second, 200, 800}), -1},
		"NotForGood": {runs(before, part{2 * time.Second, 0, 1000}, part{2 * time.Second, 500, 500}), -1},
		"AtTheEnd":   {runs(before, part{5 * time.Second, 500, 500}, part{3 * time.Second, 0, 1000}), -1},
		"ShortDip": {
			runs(before, part{2 * time.Second, 0, 1000}, part{100 * time.Millisecond, 1000, 0}, part{3 * time.Second, 0, 1000}), 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tc.course.settled(came, bar); got != tc.want {
				t.Errorf("settled after %v, want %v", got, tc.want)
			}
		})
	}
}

func TestLab_figures(t *testing.T) {
	t.Parallel()
	const came, rate = 2 * time.Second, 1_500_000
	l := lab{rate: rate, ipv6: behind, bars: bars{share: .25, from: time.Second}}
	r := reading{
		course: runs(
			part{came, 1_448_000, 0},
			part{time.Second, 0, 357_000},
			part{2 * time.Second, 1_086_000, 357_000},
			part{2 * time.Second, 724_000, 357_000},
		),
		cpu:    20 * time.Millisecond,
		waited: family.Pair[[]time.Duration]{V4: []time.Duration{-1}, V6: []time.Duration{time.Second, -1}},
	}
	received := float64(2*1_448_000 + 2*1_086_000 + 2*724_000 + 5*357_000)
	got := l.figures(r, came, 420_000)
	want := figures{
		received: 714. / (714 + 1086 + 724),
		sent:     714. / (714 + 1086 + 724),
		lowest:   357. / (357 + 1086),
		total:    .25 + .625,
		kept:     .85,
		rest:     .625 / .75,
		soon:     0,
		waited:   math.Inf(1),
		cpu:      .02 / received * 1e9,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(figures{}), closeEnough); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}

var closeEnough = cmp.Comparer(func(a, b float64) bool {
	return a == b || math.Abs(a-b) < 1e-6*math.Abs(a) || math.IsNaN(a) && math.IsNaN(b)
})

func TestLab_figuresWithoutIPv6(t *testing.T) {
	t.Parallel()
	l := lab{rate: 1_500_000, ipv6: nothing}
	f := l.figures(reading{course: runs(part{2 * time.Second, 724_000, 0})}, 6*time.Second, 1_448_000)
	if !math.IsNaN(f.received) || !math.IsNaN(f.rest) || f.kept != 0 {
		t.Errorf("with nothing after the beginning: %+v", f)
	}
	f = l.figures(reading{course: runs(part{2 * time.Second, 724_000, 0})}, 0, 1_448_000)
	if !closeTo(f.kept, .5) || !closeTo(f.total, .5) {
		t.Errorf("kept %v, total %v, want half", f.kept, f.total)
	}
}

func closeTo(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

func TestBars_misses(t *testing.T) {
	t.Parallel()
	good := figures{
		received: .99, total: .98, kept: .98, rest: .92, soon: .25, waited: 1, cpu: 2,
	}
	all := bars{share: .99, within: 250 * time.Millisecond, total: .98, kept: .98, rest: .92, waited: time.Second, cpu: 2}
	with := func(change func(*figures)) figures {
		f := good
		change(&f)
		return f
	}
	for name, tc := range map[string]struct {
		bars bars
		got  figures
		want []string
	}{
		"AtTheBars":     {all, good, nil},
		"NothingAsked":  {bars{}, figures{received: math.NaN(), soon: math.Inf(1), waited: math.NaN(), cpu: 100}, nil},
		"Share":         {all, with(func(f *figures) { f.received = .5 }), []string{"IPv6's share 50.0 %, not 99.0 %"}},
		"NoShare":       {all, with(func(f *figures) { f.received = math.NaN() }), []string{"IPv6's share –, not 99.0 %"}},
		"Total":         {all, with(func(f *figures) { f.total = .975 }), []string{"total 97.5 %, not 98.0 %"}},
		"Kept":          {all, with(func(f *figures) { f.kept = 0 }), []string{"alone 0.0 %, not 98.0 %"}},
		"Rest":          {all, with(func(f *figures) { f.rest = .9 }), []string{"rest 90.0 %, not 92.0 %"}},
		"TooLate":       {all, with(func(f *figures) { f.soon = 1 }), []string{"share after 1.00 s, not 0.25 s"}},
		"Never":         {all, with(func(f *figures) { f.soon = math.Inf(1) }), []string{"share after never, not 0.25 s"}},
		"Unchoked":      {all, with(func(f *figures) { f.waited = 2 }), []string{"unchoke after 2.00 s, not 1.00 s"}},
		"NeverUnchoked": {all, with(func(f *figures) { f.waited = math.Inf(1) }), []string{"unchoke after never, not 1.00 s"}},
		"CPU":           {all, with(func(f *figures) { f.cpu = 3 }), []string{"CPU 3.00 s/GB, not 2.00 s/GB"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, tc.bars.misses(tc.got)); diff != "" {
				t.Errorf("misses (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	var all table
	one := figures{
		received: .5, sent: .4, lowest: .3, soon: 1, total: .9, kept: math.NaN(), rest: .2, waited: math.Inf(1), cpu: 1,
	}
	two := one
	two.received, two.cpu = .7, 2
	all.add("L1", "sixseed", one, nil)
	all.add("L1", "other", one, nil)
	all.add("L1", "sixseed", two, []string{"total too low", "CPU too high"})
	want := tableHead +
		"| L1 | sixseed | 60.0 % | 40.0 % | 30.0 % | 1.00 s | 90.0 % | – | 20.0 % | never | 1.50 s/GB " +
		"| met in 1 of 2: total too low; CPU too high |\n" +
		"| L1 | other | 50.0 % | 40.0 % | 30.0 % | 1.00 s | 90.0 % | – | 20.0 % | never | 1.00 s/GB | met |\n"
	if diff := cmp.Diff(want, all.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestReplaceBetween(t *testing.T) {
	t.Parallel()
	got, err := replaceBetween("before<a>old<b>after", "<a>", "<b>", "new")
	if want := "before<a>new<b>after"; err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	for _, page := range []string{"", "<b>", "<a>", "<b><a>"} {
		if _, err := replaceBetween(page, "<a>", "<b>", "new"); err == nil {
			t.Errorf("no error for %q", page)
		}
	}
}

func TestHost_counters(t *testing.T) {
	t.Parallel()
	const netstat = "TcpExt: SyncookiesSent OutOctets\nTcpExt: 1 2\nIpExt: InNoRoutes InOctets OutOctets\nIpExt: 3 4 5\n"
	if got, err := outOctets(netstat); got != 5 || err != nil {
		t.Errorf("OutOctets %d, %v, want 5", got, err)
	}
	const snmp6 = "Ip6InOctets                     \t6\nIp6OutOctets                    \t7\nIp6InMcastOctets \t8\n"
	if got, err := out6Octets(snmp6); got != 7 || err != nil {
		t.Errorf("Ip6OutOctets %d, %v, want 7", got, err)
	}
	for _, text := range []string{"", "IpExt: OutOctets\n", "IpExt: InOctets\nIpExt: 1\n", "IpExt: OutOctets\nIpExt: x\n"} {
		if _, err := outOctets(text); err == nil {
			t.Errorf("no error for %q", text)
		}
	}
	for _, text := range []string{"", "Ip6OutOctets", "Ip6OutOctets x\n"} {
		if _, err := out6Octets(text); err == nil {
			t.Errorf("no error for %q", text)
		}
	}
}
