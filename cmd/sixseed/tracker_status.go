package main

import (
	"slices"
	"strings"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/udptracker"
)

// addTo adds to a status what the tracker does and what is amiss with it, if there is one.
func (t *embeddedTracker) addTo(status *seeder.Status) {
	if t == nil {
		return
	}
	status.Embedded = trackerStatus(t.tracker.Stats(), t.http.Counts(), t.udp.Counts())
	status.Problems = withFaults(status.Problems, t.tracker.ListFaults())
}

// withFaults returns problems and those of the tracker's lists, by subject. A list has one line, however many are bad.
func withFaults(problems []seeder.Problem, faults []tracker.ListFault) []seeder.Problem {
	for _, fault := range faults {
		problems = append(problems, seeder.Problem{
			Subject: fault.Path, Text: "stays as it was: " + strings.ReplaceAll(fault.Err.Error(), "\n", "; "),
		})
	}
	slices.SortStableFunc(problems, func(a, b seeder.Problem) int { return strings.Compare(a.Subject, b.Subject) })
	return problems
}

func trackerStatus(
	stats tracker.Stats, http family.Pair[httptracker.Counts], udp family.Pair[udptracker.Counts],
) *seeder.EmbeddedTracker {
	status := &seeder.EmbeddedTracker{
		Swarms: stats.Swarms.Swarms, DualStack: stats.Swarms.DualStack, Listed: stats.Listed, Denied: stats.Denied,
		Probes: map[string]uint64{
			"proven": stats.Probes.Proven, "failed": stats.Probes.Failed, "refused": stats.Probes.Refused,
		},
	}
	status.Families = family.Both(func(f family.Family) seeder.EmbeddedTrackerFamily {
		all, overUDP := stats.Refused.Get(f), stats.RefusedUDP.Get(f)
		overHTTP := all
		for r := range all {
			overHTTP[r] -= overUDP[r]
		}
		fromHTTP, fromUDP := http.Get(f), udp.Get(f)
		return seeder.EmbeddedTrackerFamily{
			Seeders:  stats.Swarms.Peers.Get(f).Seeders,
			Leechers: stats.Swarms.Peers.Get(f).Leechers,
			HTTP: seeder.TransportStatus{
				Announces: results(stats.HTTP.Get(f), overHTTP[:]), Questions: byName[httptracker.Outcome](fromHTTP[:]),
			},
			UDP: seeder.TransportStatus{
				Announces: results(stats.UDP.Get(f), overUDP[:]), Questions: byName[udptracker.Outcome](fromUDP[:]),
			},
		}
	})
	return status
}

// results counts announces by result. Those that are crowded were answered, and are not counted as ok on top of that.
func results(answered uint64, refused []uint64) map[string]uint64 {
	counts := byName[tracker.Reason](refused)
	counts[seeder.AnnounceOK] = answered - min(answered, refused[tracker.Crowded])
	return counts
}

// named is an index that has a name.
type named interface {
	~uint8
	String() string
}

// byName turns counts by index into counts by name.
func byName[N named](counts []uint64) map[string]uint64 {
	names := make(map[string]uint64, len(counts)+1)
	for i, count := range counts {
		names[N(i).String()] = count
	}
	return names
}
