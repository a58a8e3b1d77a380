package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"sixseed/cmd/sixseed/config"
	"sixseed/policy/family"
	"sixseed/storage/ledger"
	"sixseed/web/figures"
)

// reportCommand prints what was sent, from the ledger. It needs no running daemon.
type reportCommand struct {
	configFlags

	Period   string        `help:"Length of a row: ${enum}." enum:"month,day,hour,5min" default:"month" placeholder:"PERIOD"`
	From     ledger.Moment `help:"First row: a month (2026-01), a day (2026-01-31) or a time (2026-01-31T12:00:00Z)." placeholder:"WHEN"`
	To       ledger.Moment `help:"Last row, in the same forms." placeholder:"WHEN"`
	Limit    int           `help:"Print the newest N rows only. Without it and without --from: 12 months, 30 days, 24 rows of the others." placeholder:"N"`
	Torrents bool          `help:"List the torrents too."`
	JSON     bool          `name:"json" help:"Print the report as JSON, with all bytes counted."`
}

// exitCodes implements exitCoder.
func (*reportCommand) exitCodes() exitCodes {
	return exitCodes{done: "the report was printed", failed: "there is no ledger, or it cannot be read", wrong: "wrong usage or configuration"}
}

// Run prints the report.
func (c *reportCommand) Run(ctx context.Context, out *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	report, err := c.report(ctx, cfg)
	if err != nil {
		return err
	}
	if !c.JSON {
		return printReport(out.Out, report)
	}
	return writeJSON(out.Out, report)
}

// report asks the ledger.
func (c *reportCommand) report(ctx context.Context, cfg config.Config) (report ledger.Report, err error) {
	reader, err := ledger.OpenReader(ctx, filepath.Join(cfg.StateDir, ledger.FileName),
		ledger.Config{Zone: cfg.Ledger.TimeZone.Location, BillingDay: cfg.Ledger.BillingDay})
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	report, err = reader.Report(ctx, ledger.Query{
		Period: ledger.Period(c.Period), From: c.From, To: c.To, Limit: c.Limit, Torrents: c.Torrents,
	})
	if errors.Is(err, ledger.ErrQuery) {
		return report, usageError(err.Error())
	}
	return report, err
}

// printReport writes a report for people: a row per period, their sum, what the running one may come to, the torrents.
func printReport(out io.Writer, report ledger.Report) error {
	var text strings.Builder
	text.WriteString(periodTable(report))
	fmt.Fprintf(&text, "\nPayload sent to peers. Besides: %s of overhead sent, %s received.\n%s.\n",
		figures.Bytes(report.Sum.Total.Overhead), figures.Bytes(report.Sum.Total.Received), calendarNote(report))
	if len(report.Torrents) > 0 {
		text.WriteString("\n" + torrentSums(report.Torrents))
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// periodTable is a line per period, the oldest first, and below them their sum and the running period's estimate.
func periodTable(report ledger.Report) string {
	rows := [][]string{{string(report.Period)}}
	for _, f := range family.All {
		rows[0] = append(rows[0], ">"+figures.Family(f))
	}
	rows[0] = append(rows[0], ">total", ">IPv6 share", ">avg. rate")
	var elapsed time.Duration
	for _, row := range report.Rows {
		rows = append(rows, sumRow(row.Label, row.Sum, report.Elapsed(row)))
		elapsed += report.Elapsed(row)
	}
	if len(report.Rows) > 1 {
		rows = append(rows, nil, sumRow("sum", report.Sum, elapsed))
	}
	if estimate, ok := report.Estimate(); ok {
		running := report.Rows[len(report.Rows)-1]
		rows = append(rows, sumRow("estimated", estimate, running.End.Sub(running.Start)))
	}
	return table(rows)
}

// torrentSums is a line per torrent.
func torrentSums(torrents []ledger.TorrentSum) string {
	rows := [][]string{{"torrent", ">IPv6", ">IPv4", ">total", ">IPv6 share"}}
	for _, torrent := range torrents {
		rows = append(rows, sumRow(printable(torrent.Name), torrent.Sum, 0))
	}
	return table(rows)
}

// sumRow is the line of one amount; the rate is left out when there is no time to divide by.
func sumRow(name string, sum ledger.Sum, elapsed time.Duration) []string {
	row := []string{name}
	for _, f := range family.All {
		row = append(row, figures.Bytes(sum.Get(f).Payload))
	}
	row = append(row, figures.Bytes(sum.Total.Payload), figures.ShareOf(sum.V6.Payload, sum.Total.Payload))
	if elapsed > 0 {
		row = append(row, figures.Rate(int64(float64(sum.Total.Payload)/elapsed.Seconds())))
	}
	return row
}

// calendarNote says by which calendar the rows are.
func calendarNote(report ledger.Report) string {
	note := "Times are " + report.TimeZone
	if report.BillingDay != 1 && report.Period == ledger.Month {
		note += fmt.Sprintf("; months begin on day %d", report.BillingDay)
	}
	return note
}
