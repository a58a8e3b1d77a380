package seeding_test

import (
	"fmt"
	"io"
	"strings"
)

// table is what a whole benchmark measured, as Markdown.
type table struct {
	rows []string
}

const tableHead = `
| connections | in flight | encryption | family | seeder | GB/s | CPU s/GB | memory, MiB | without files | GB/s, sixseed's : its | CPU, sixseed's : its |
|--:|--:|---|---|---|--:|--:|--:|--:|--:|--:|
`

// add adds a row for each seeder.
func (t *table) add(s situation, r rounds) {
	for _, name := range r.names {
		t.rows = append(t.rows, fmt.Sprintf("| %d | %d | %s | %v | %s | %.2f | %.2f | %.0f | %.0f | %.2f | %.2f |\n",
			s.connections, s.inFlight, s.encryption(), s.family, name,
			r.median(name, speed)/1e9, r.median(name, cost),
			r.median(name, func(r reading) float64 { return r.peak })/(1<<20),
			r.median(name, func(r reading) float64 { return r.own })/(1<<20),
			r.ratio(name, speed), r.ratio(name, cost)))
	}
}

// print prints the table, if there is anything in it.
func (t *table) print(w io.Writer) {
	if len(t.rows) > 0 {
		_, _ = io.WriteString(w, tableHead+strings.Join(t.rows, ""))
	}
}
