package seeding_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"sixseed/cmd/sixseed/e2e/rig"
	"sixseed/policy/family"
)

const releaseLength = 1 << 30 // bytes

// BenchmarkSeeding puts all seeders under the same load, in turns. A round is an iteration: `-benchtime 3x` takes medians
// of three. The figures are the daemon's and, as ratios, what they are of the other seeders': bytes_of_bare is bytes/s of
// the daemon divided by bytes/s of the bare loop, and less is better in those of cpu.
func BenchmarkSeeding(b *testing.B) {
	prepareNetwork(b)
	pinPeers(b)
	r := rig.NewRelease(b, releaseLength)
	var seeders []*seeder
	for _, m := range makers {
		seeders = append(seeders, m.start(b, r))
	}
	var t table
	for _, s := range situations() {
		b.Run(s.String(), func(b *testing.B) {
			rounds := compare(b, r, seeders, s)
			rounds.report(b)
			t.add(s, rounds)
		})
	}
	t.print(os.Stdout)
}

// rounds are the readings of each contender, in the order of the rounds.
type rounds struct {
	names    []string
	readings map[string][]reading
}

// overIPv4 is the name of the daemon where it is compared with itself, over the other family.
const overIPv4 = "sixseed/ipv4"

// compare measures every seeder in every round; those that are far behind once, under the usual load. A seeder that does
// not take the load is left out, unless it is the daemon.
func compare(b *testing.B, r *rig.Release, seeders []*seeder, under situation) rounds {
	b.Helper()
	all := rounds{readings: make(map[string][]reading)}
	gaveUp := make(map[*seeder]bool)
	take := func(name string, s *seeder, under situation) {
		reading, err := under.measure(b, s, r)
		switch {
		case err == nil:
			all.add(name, reading)
		case s == seeders[0]:
			b.Fatal(err)
		default:
			gaveUp[s] = true
			fmt.Fprintln(os.Stderr, err)
		}
	}
	for first := true; b.Loop(); first = false {
		for _, s := range seeders {
			if !gaveUp[s] && s.takes(under, first) {
				take(s.name, s, under)
			}
		}
		if under.family == family.V6 {
			take(overIPv4, seeders[0], under.over(family.V4))
		}
	}
	return all
}

// takes reports whether the seeder has a turn in a round.
func (s *seeder) takes(under situation, first bool) bool {
	if s.slow && (!first || under.inFlight != usualInFlight) {
		return false
	}
	return !under.encrypted || !s.plainOnly
}

func (r *rounds) add(name string, of reading) {
	if !slices.Contains(r.names, name) {
		r.names = append(r.names, name)
	}
	r.readings[name] = append(r.readings[name], of)
}

// median returns the median of what of finds in the readings of a seeder.
func (r rounds) median(name string, of func(reading) float64) float64 {
	var all []float64
	for _, reading := range r.readings[name] {
		all = append(all, of(reading))
	}
	return median(all)
}

// ratio returns the median of the rounds' ratios between the first seeder and another.
func (r rounds) ratio(name string, of func(reading) float64) float64 {
	var all []float64
	for i, theirs := range r.readings[name] {
		all = append(all, of(r.readings[r.names[0]][i])/of(theirs))
	}
	return median(all)
}

// report reports the first seeder's figures and their ratios to the others'.
func (r rounds) report(b *testing.B) {
	b.ReportMetric(0, "ns/op") // a round's time says nothing
	b.ReportMetric(r.median(r.names[0], speed)/1e9, "GB/s")
	b.ReportMetric(r.median(r.names[0], cost), "cpu-s/GB")
	for _, name := range r.names[1:] {
		if name == overIPv4 {
			b.ReportMetric(r.ratio(name, speed), "v6_of_v4")
			continue
		}
		b.ReportMetric(r.ratio(name, speed), "bytes_of_"+name)
		b.ReportMetric(r.ratio(name, cost), "cpu_of_"+name)
	}
}

func speed(r reading) float64 { return r.bytesPerSecond }
func cost(r reading) float64  { return r.cpuPerGB }

func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	all = slices.Sorted(slices.Values(all))
	middle := len(all) / 2
	if len(all)%2 == 0 {
		return (all[middle-1] + all[middle]) / 2
	}
	return all[middle]
}
