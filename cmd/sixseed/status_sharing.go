package main

import (
	"fmt"
	"strings"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/figures"
	"sixseed/web/words"
)

// sharing says how the upload is shared out: in sentences, then in numbers. A daemon that says nothing of it, as one of
// an earlier version, leaves nothing to print.
func sharing(status seeder.Status) string {
	sentences := words.Sharing(status)
	if sentences == nil {
		return ""
	}
	var text strings.Builder
	for _, sentence := range sentences {
		fmt.Fprintln(&text, printable(sentence))
	}
	return text.String() + "\n" + sharingTable(status)
}

func sharingTable(status seeder.Status) string {
	rows := [][]string{{
		"", ">limit", ">available", ">slots", ">waiting", ">longest wait", ">waiting to send", ">over-downloaded",
		">quota left", ">forecast",
	}}
	for _, f := range family.All {
		side := status.Families.Get(f)
		rows = append(rows, []string{
			figures.Family(f), words.Limit(side.Limit), words.Limit(side.Available), words.Slots(status, f),
			figures.Count(int64(side.Waiting)), words.LongestWait(side), figures.Count(int64(side.AtGate)),
			figures.Count(int64(side.OverDownload)), words.Quota(side.Quota), figures.Bytes(side.Forecast),
		})
	}
	return table(append(rows, bothRow(status)))
}

// bothRow is the last line: what the families have together. What is left blank has no sum.
func bothRow(status seeder.Status) []string {
	ipv6, ipv4 := status.Families.V6, status.Families.V4
	return []string{
		"both", words.Limit(status.Upload.Limit), "", words.AllSlots(status),
		figures.Count(int64(ipv6.Waiting + ipv4.Waiting)), "", figures.Count(int64(ipv6.AtGate + ipv4.AtGate)),
		figures.Count(int64(ipv6.OverDownload + ipv4.OverDownload)),
		words.Quota(status.Upload.Quota), figures.Bytes(ipv6.Forecast + ipv4.Forecast),
	}
}
