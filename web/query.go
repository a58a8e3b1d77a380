package web

import (
	"fmt"
	"net/url"
	"strconv"

	"sixseed/storage/ledger"
)

// reportParameters are what /api/v1/report may be asked with: how each is read into a query.
var reportParameters = map[string]func(q *ledger.Query, text string) error{
	"period":   func(q *ledger.Query, text string) error { q.Period = ledger.Period(text); return nil }, // the ledger knows which there are
	"from":     func(q *ledger.Query, text string) error { return q.From.UnmarshalText([]byte(text)) },
	"to":       func(q *ledger.Query, text string) error { return q.To.UnmarshalText([]byte(text)) },
	"limit":    readLimit,
	"torrents": readTorrents,
}

// parseReportQuery reads the parameters of a report; its errors name the parameter. A misspelt parameter is refused:
// ignored, it would give a right-looking answer to another question.
func parseReportQuery(raw string) (ledger.Query, error) {
	var query ledger.Query
	parameters, err := url.ParseQuery(raw)
	if err != nil {
		return query, fmt.Errorf("query %q: %w", raw, err)
	}
	for name, values := range parameters {
		read, ok := reportParameters[name]
		if !ok {
			return query, fmt.Errorf("unknown parameter %q: use period, from, to, limit or torrents", name)
		}
		if len(values) > 1 {
			return query, fmt.Errorf("%s: given %d times", name, len(values))
		}
		if err := read(&query, values[0]); err != nil {
			return query, fmt.Errorf("%s: %w", name, err)
		}
	}
	return query, nil
}

func readLimit(q *ledger.Query, text string) error {
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 {
		return fmt.Errorf("%q is not a number of rows: use 1 or more", text)
	}
	q.Limit = limit
	return nil
}

func readTorrents(q *ledger.Query, text string) error {
	torrents, err := strconv.ParseBool(text)
	if err != nil {
		return fmt.Errorf("%q is neither true nor false", text)
	}
	q.Torrents = torrents
	return nil
}
