package labs_test

import (
	"fmt"
	"math"
	"time"

	"sixseed/policy/family"
)

// figures are what a lab comes down to. Shares are parts of 1; what took for ever is +Inf, and what a lab does not have NaN.
type figures struct {
	received float64 // IPv6's part of what the peers received
	sent     float64 // IPv6's part of what the kernel sent
	lowest   float64 // the least that IPv6's part of what the peers received was in any second
	soon     float64 // seconds until IPv6's part was at the bar
	total    float64 // of the lab's rate, what was used
	kept     float64 // of what peers take alone, what they took
	rest     float64 // of what IPv6 left because it could not take it, IPv4's part
	waited   float64 // seconds that an IPv6 peer waited to be unchoked, at most
	cpu      float64 // seconds per GB
}

// figures works out what a reading says in a lab in which the IPv6 peers came at some time. alone is what peers take
// alone, the IPv6 peers if there are some, in bytes of blocks per second, or NaN.
func (l lab) figures(r reading, came time.Duration, alone float64) figures {
	judged, none := r.since(came+l.bars.from), math.NaN()
	if l.ipv6 == nothing {
		return figures{
			received: none, sent: none, lowest: none, soon: none, rest: none, waited: none,
			total: judged.total() / float64(l.rate), kept: judged.received(family.V4) / alone, cpu: r.cpuPerGB(),
		}
	}
	f := figures{
		received: judged.share(),
		sent:     judged.shareSent(),
		lowest:   lowest(r.windows(came+l.bars.from, time.Second)),
		soon:     none,
		total:    judged.total() / float64(l.rate),
		kept:     judged.received(family.V6) / alone,
		rest:     none,
		waited:   longest(r.waited.V6),
		cpu:      r.cpuPerGB(),
	}
	if l.leavesSome() {
		f.rest = judged.packets(family.V4) / (float64(l.rate) - judged.packets(family.V6))
	}
	if l.bars.share > 0 {
		f.soon = secondsOf(r.settled(came, l.bars.share))
	}
	return f
}

// lowest is the least share of IPv6 in any of the windows.
func lowest(windows []stretch) float64 {
	least := math.NaN()
	for _, w := range windows {
		if share := w.share(); !(share >= least) {
			least = share
		}
	}
	return least
}

// longest is the longest of the times in seconds.
func longest(waited []time.Duration) float64 {
	longest := math.NaN()
	for _, d := range waited {
		if s := secondsOf(d); !(s <= longest) {
			longest = s
		}
	}
	return longest
}

// secondsOf is a duration in seconds, where one below 0 stands for one without an end.
func secondsOf(d time.Duration) float64 {
	if d < 0 {
		return math.Inf(1)
	}
	return d.Seconds()
}

// misses says what in the figures is not at the bars.
func (b bars) misses(f figures) []string {
	var all []string
	for _, least := range []struct {
		name     string
		got, bar float64
	}{
		{"IPv6's share", f.received, b.share},
		{"total", f.total, b.total},
		{"alone", f.kept, b.kept},
		{"rest", f.rest, b.rest},
	} {
		if least.bar > 0 && !(least.got >= least.bar) {
			all = append(all, fmt.Sprintf("%s %s, not %s", least.name, percent(least.got), percent(least.bar)))
		}
	}
	for _, most := range []struct {
		name     string
		got, bar float64
		unit     func(float64) string
	}{
		{"share after", f.soon, b.within.Seconds(), seconds},
		{"unchoke after", f.waited, b.waited.Seconds(), seconds},
		{"CPU", f.cpu, b.cpu, secondsPerGB},
	} {
		if most.bar > 0 && !(most.got <= most.bar) {
			all = append(all, fmt.Sprintf("%s %s, not %s", most.name, most.unit(most.got), most.unit(most.bar)))
		}
	}
	return all
}

func percent(part float64) string { return written(100*part, "%.1f %%") }

func seconds(s float64) string { return written(s, "%.2f s") }

func secondsPerGB(s float64) string { return written(s, "%.2f s/GB") }

func written(x float64, format string) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case math.IsInf(x, 1):
		return "never"
	}
	return fmt.Sprintf(format, x)
}
