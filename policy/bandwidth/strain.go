package bandwidth

import (
	"slices"
	"time"

	"sixseed/policy/family"
)

// Observation is what has happened since the one before.
type Observation struct {
	Elapsed time.Duration
	Sent    family.Pair[int64] // bytes of block data
	Arrived family.Pair[int64] // bytes, as peers acknowledge them
	Paths   []Path             // of IPv4 connections on which blocks went out
}

// Path is how the packets of one connection fare, as TCP sees it.
type Path struct {
	RTT       time.Duration // round-trip time, smoothed
	Deviation time.Duration // mean deviation from that
	Base      time.Duration // the least round-trip time in the last minutes
	Lost      bool          // some packets had to be sent again since the last observation
	Sent      int64         // bytes that were sent since, those that had to be sent again not counted twice
	Arrived   int64         // bytes that were acknowledged since
}

const (
	// queueAllowed is how long packets may queue.
	queueAllowed = 2 * time.Millisecond
	// lossAllowed is the part of the connections that may lose packets, if there are enough of them to tell.
	lossAllowed = 0.3
	fewPaths    = 4
)

// strain is what packets go through on the part of the way that all connections share.
type strain struct {
	// queue is how long they wait in a queue: by how much round-trip times are above the least that the same connection
	// has seen. A peer behind a queue of its own says nothing about ours, so the quarter of the connections with the
	// shortest queues decides.
	queue time.Duration
	// loss is the part of the connections that lost packets. Where a queue is too short to be seen, all lose some at the
	// same time.
	loss float64
}

// strainOf reads it off connections. It is not known if there are none.
func strainOf(paths []Path) (s strain, known bool) {
	if len(paths) == 0 {
		return s, false
	}
	queues, lossy := make([]time.Duration, len(paths)), 0
	for i, p := range paths {
		queues[i] = p.RTT - p.Base - 2*p.Deviation
		if p.Lost {
			lossy++
		}
	}
	s.queue = quantile(queues, 0.25)
	if len(paths) >= fewPaths {
		s.loss = float64(lossy) / float64(len(paths))
	}
	return s, true
}

// beyond is how much of a full link there is to be seen in a strain, beyond what is usual: from 1 on it is full.
func (s strain) beyond(usual strain) float64 {
	return max(
		float64(s.queue)/float64(queueAllowed+usual.queue),
		s.loss/(lossAllowed+usual.loss),
	)
}

// isLossOnly reports whether no queue is to be seen.
func (s strain) isLossOnly(usual strain) bool { return s.queue < queueAllowed+usual.queue }

func (s strain) times(factor float64) strain {
	return strain{queue: time.Duration(float64(s.queue) * factor), loss: s.loss * factor}
}

// settling is how long a cut takes to show.
func settling(paths []Path) time.Duration {
	times := make([]time.Duration, len(paths))
	for i, p := range paths {
		times[i] = p.RTT
	}
	return max(quantile(times, 0.5), 90*time.Millisecond)
}

// quantile returns the value below which that part of values lies. It sorts them. There must be one.
func quantile(values []time.Duration, part float64) time.Duration {
	slices.Sort(values)
	return values[int(part*float64(len(values)-1))]
}
