package web

import (
	"context"
	"fmt"
	"slices"

	"sixseed/policy/family"
	"sixseed/storage/ledger"
	"sixseed/web/figures"
)

// monthsListed is how many months the page shows.
const monthsListed = 12

// monthRow is one month of the table.
type monthRow struct {
	Label    string
	Running  bool
	Families []monthFamily // the preferred one first
	Total    string
	Share    string
	Bar      monthBar
}

// monthFamily is what one family took in a month.
type monthFamily struct{ Family, Name, Sent string }

// monthBar is drawn beside the other months': widths in per cent of the busiest one's, IPv6 over all.
type monthBar struct{ All, IPv6 string }

// months returns the last months, newest first, or why they cannot be shown.
func (s *Server) months(ctx context.Context) (rows []monthRow, problem string) {
	report, err := s.source.Report(ctx, ledger.Query{Period: ledger.Month, Limit: monthsListed})
	if err != nil {
		return nil, fmt.Sprintf("The ledger cannot be read: %v.", err)
	}
	var busiest int64
	for _, row := range report.Rows {
		busiest = max(busiest, row.Total.Payload)
	}
	for _, row := range report.Rows {
		rows = append(rows, newMonthRow(row, busiest))
	}
	slices.Reverse(rows)
	return rows, ""
}

// newMonthRow puts a month into words, its bar measured by the busiest month's payload.
func newMonthRow(month ledger.Row, busiest int64) monthRow {
	sent := family.Pair[int64]{V4: month.V4.Payload, V6: month.V6.Payload}
	row := monthRow{
		Label:   month.Label,
		Running: month.Running,
		Total:   figures.Bytes(month.Total.Payload),
		Share:   figures.ShareOf(sent.V6, month.Total.Payload),
		Bar:     monthBar{All: width(month.Total.Payload, busiest), IPv6: width(sent.V6, busiest)},
	}
	for _, f := range family.All {
		row.Families = append(row.Families, monthFamily{f.String(), figures.Family(f), figures.Bytes(sent.Get(f))})
	}
	return row
}
