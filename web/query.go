package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sixseed/storage/ledger"
)

// parameter is one that a path may be asked with: how its text is read into a query.
type parameter[Q any] struct {
	name string
	read func(q *Q, text string) error
}

// statusQuery is what /api/v1/status is asked for beside what it always says.
type statusQuery struct{ peers bool }

var statusParameters = []parameter[statusQuery]{
	{"peers", func(q *statusQuery, text string) (err error) { q.peers, err = readTruth(text); return err }},
}

var reportParameters = []parameter[ledger.Query]{
	{"period", func(q *ledger.Query, text string) error { q.Period = ledger.Period(text); return nil }}, // the ledger knows which there are
	{"from", func(q *ledger.Query, text string) error { return q.From.UnmarshalText([]byte(text)) }},
	{"to", func(q *ledger.Query, text string) error { return q.To.UnmarshalText([]byte(text)) }},
	{"limit", readLimit},
	{"torrents", func(q *ledger.Query, text string) (err error) { q.Torrents, err = readTruth(text); return err }},
}

// parseStatusQuery reads the parameters of a status; its errors name the parameter.
func parseStatusQuery(raw string) (statusQuery, error) { return parseQuery(raw, statusParameters) }

// parseReportQuery reads the parameters of a report; its errors name the parameter.
func parseReportQuery(raw string) (ledger.Query, error) { return parseQuery(raw, reportParameters) }

// parseQuery reads parameters. A misspelt one is refused: ignored, it would give a right-looking answer to another
// question.
func parseQuery[Q any](raw string, parameters []parameter[Q]) (query Q, err error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return query, fmt.Errorf("query %q: %w", raw, err)
	}
	for name, texts := range values {
		known := slices.IndexFunc(parameters, func(p parameter[Q]) bool { return p.name == name })
		if known < 0 {
			return query, fmt.Errorf("unknown parameter %q: there is %s", name, namesOf(parameters))
		}
		if len(texts) > 1 {
			return query, fmt.Errorf("%s: given %d times", name, len(texts))
		}
		if err := parameters[known].read(&query, texts[0]); err != nil {
			return query, fmt.Errorf("%s: %w", name, err)
		}
	}
	return query, nil
}

// namesOf lists parameters for a sentence.
func namesOf[Q any](parameters []parameter[Q]) string {
	names := make([]string, len(parameters))
	for i, p := range parameters {
		names[i] = p.name
	}
	return strings.Join(names, ", ")
}

func readLimit(q *ledger.Query, text string) error {
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 {
		return fmt.Errorf("%q is not a number of rows: use 1 or more", text)
	}
	q.Limit = limit
	return nil
}

func readTruth(text string) (bool, error) {
	truth, err := strconv.ParseBool(text)
	if err != nil {
		return false, fmt.Errorf("%q is neither true nor false", text)
	}
	return truth, nil
}
