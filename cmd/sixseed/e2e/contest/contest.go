// Package contest has one of the project's tracker servers and opentracker asked in turns, each a process of its own on
// the same processor cores, and compares what an answer costs them. It is part of benchmarks, which bring the load.
// Turns are short, so that what else the machine does falls on both.
package contest

import (
	"testing"
	"time"
)

// Turn is what a tracker did while it was asked.
type Turn struct {
	Answers   int
	Took      time.Duration
	Processor time.Duration // that the tracker used, in user mode and in the kernel
}

// PerSecond is the rate of answers.
func (t Turn) PerSecond() float64 { return float64(t.Answers) / t.Took.Seconds() }

// PerProcessorSecond is how many answers a second of processor time makes.
func (t Turn) PerProcessorSecond() float64 { return float64(t.Answers) / t.Processor.Seconds() }

// plus returns both turns as one.
func (t Turn) plus(other Turn) Turn {
	return Turn{t.Answers + other.Answers, t.Took + other.Took, t.Processor + other.Processor}
}

// Run has each side asked that many times and reports what came of it: the metric ratio is answers per second of
// processor time over opentracker's. ask has a tracker answer for one turn, and returns how many answers there were.
// What all turns of a side came to is returned for further metrics.
func Run(b *testing.B, turns int, ours, theirs Process, ask func(Process) int) (ourSum, theirSum Turn) {
	b.Helper()
	for b.Loop() {
		for range turns {
			ourSum = ourSum.plus(ours.measure(b, ask))
			theirSum = theirSum.plus(theirs.measure(b, ask))
		}
	}
	b.ReportMetric(0, "ns/op") // a loop has a fixed length
	b.ReportMetric(ourSum.PerSecond(), "answers/s")
	b.ReportMetric(ourSum.PerProcessorSecond(), "answers/cpu-s")
	b.ReportMetric(theirSum.PerProcessorSecond(), "opentracker-answers/cpu-s")
	b.ReportMetric(ourSum.PerProcessorSecond()/theirSum.PerProcessorSecond(), "ratio")
	return ourSum, theirSum
}

// measure returns what a process did while it was asked.
func (p Process) measure(b *testing.B, ask func(Process) int) Turn {
	b.Helper()
	before, start := p.processorTime(b), time.Now()
	answers := ask(p)
	return Turn{Answers: answers, Took: time.Since(start), Processor: p.processorTime(b) - before}
}
