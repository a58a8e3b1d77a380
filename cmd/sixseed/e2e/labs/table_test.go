package labs_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// table is what labs came to, as Markdown: a row for each lab and seeder.
type table struct {
	rows []*row
}

// row is what a seeder's runs of a lab came to.
type row struct {
	lab, seeder string
	runs        []figures
	misses      [][]string // of each run
}

const tableHead = "| lab | seeder | IPv6, received | IPv6, sent | lowest second | how soon | total | alone | rest | unchoke " +
	"| CPU | bars |\n" + "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n"

// add adds a run.
func (t *table) add(lab, seeder string, f figures, misses []string) {
	i := slices.IndexFunc(t.rows, func(r *row) bool { return r.lab == lab && r.seeder == seeder })
	if i < 0 {
		i = len(t.rows)
		t.rows = append(t.rows, &row{lab: lab, seeder: seeder})
	}
	t.rows[i].runs = append(t.rows[i].runs, f)
	t.rows[i].misses = append(t.rows[i].misses, misses)
}

func (t *table) String() string {
	var b strings.Builder
	b.WriteString(tableHead)
	for _, r := range t.rows {
		b.WriteString(r.String())
	}
	return b.String()
}

// String writes medians of the runs.
func (r *row) String() string {
	cells := []string{
		r.lab, r.seeder,
		percent(r.median(func(f figures) float64 { return f.received })),
		percent(r.median(func(f figures) float64 { return f.sent })),
		percent(r.median(func(f figures) float64 { return f.lowest })),
		seconds(r.median(func(f figures) float64 { return f.soon })),
		percent(r.median(func(f figures) float64 { return f.total })),
		percent(r.median(func(f figures) float64 { return f.kept })),
		percent(r.median(func(f figures) float64 { return f.rest })),
		seconds(r.median(func(f figures) float64 { return f.waited })),
		secondsPerGB(r.median(func(f figures) float64 { return f.cpu })),
		r.verdict(),
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

func (r *row) verdict() string {
	var missed []string
	met := 0
	for _, misses := range r.misses {
		if len(misses) == 0 {
			met++
		}
		missed = append(missed, misses...)
	}
	if len(missed) == 0 {
		return "met"
	}
	verdict := "not met: "
	if len(r.runs) > 1 {
		verdict = fmt.Sprintf("met in %d of %d: ", met, len(r.runs))
	}
	return verdict + strings.Join(missed, "; ")
}

// median returns the median of what of finds in the runs, or NaN if it finds none in some.
func (r *row) median(of func(figures) float64) float64 {
	var found []float64
	for _, f := range r.runs {
		found = append(found, of(f))
	}
	if slices.ContainsFunc(found, math.IsNaN) {
		return math.NaN()
	}
	slices.Sort(found)
	return (found[(len(found)-1)/2] + found[len(found)/2]) / 2
}
