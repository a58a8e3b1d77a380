package web

import (
	"strings"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/figures"
	"sixseed/web/words"
)

// sharing is how the upload is shared out: sentences, and a table with a column per family.
type sharing struct {
	State figure
	Rows  []sharingRow
}

// sharingRow is one amount. Note says what its name leaves open.
type sharingRow struct {
	Name, Note string
	Families   []sharingFamily // the preferred one first
	Both       figure          // of both together
}

// sharingFamily is the amount of one family.
type sharingFamily struct {
	Family, Name string
	Amount       figure
}

// sharing puts into words who may have what. There is nothing to show before the seeder has said what its mode is.
func (v *view) sharing(status seeder.Status) *sharing {
	sentences := words.Sharing(status)
	if sentences == nil {
		return nil
	}
	return &sharing{
		State: v.figure("sharing", strings.Join(sentences, " ")),
		Rows:  append(v.sharedUpload(status), v.sharedTurns(status)...),
	}
}

// sharedUpload are the rows of bytes: what goes out now, and in the period that quotas are for.
func (v *view) sharedUpload(status seeder.Status) []sharingRow {
	ipv6, ipv4, both := status.Families.V6, status.Families.V4, status.Upload
	return []sharingRow{
		v.sharingRow("rate", "Rate", "",
			family.Pair[string]{V6: figures.Rate(ipv6.UploadRate), V4: figures.Rate(ipv4.UploadRate)},
			figures.Rate(ipv6.UploadRate+ipv4.UploadRate)),
		v.sharingRow("limit", "Limit", "",
			family.Pair[string]{V6: words.Limit(ipv6.Limit), V4: words.Limit(ipv4.Limit)}, words.Limit(both.Limit)),
		v.sharingRow("available", "Available", "for IPv4, the leftover",
			family.Pair[string]{V6: words.Limit(ipv6.Available), V4: words.Limit(ipv4.Available)}, words.None),
		v.sharingRow("quota", "Quota left", "",
			family.Pair[string]{V6: words.Quota(ipv6.Quota), V4: words.Quota(ipv4.Quota)}, words.Quota(both.Quota)),
		v.sharingRow("forecast", "Forecast", "sent by the end of the period",
			family.Pair[string]{V6: figures.Bytes(ipv6.Forecast), V4: figures.Bytes(ipv4.Forecast)},
			figures.Bytes(ipv6.Forecast+ipv4.Forecast)),
	}
}

// sharedTurns are the rows of peers: who is served, and who waits.
func (v *view) sharedTurns(status seeder.Status) []sharingRow {
	ipv6, ipv4 := status.Families.V6, status.Families.V4
	longest := ipv6
	if ipv4.LongestWait > ipv6.LongestWait {
		longest = ipv4
	}
	return []sharingRow{
		v.sharingRow("slots", "Upload slots", "held",
			family.Both(func(f family.Family) string { return words.Slots(status, f) }), words.AllSlots(status)),
		v.peerRow("waiting", "Waiting for a slot", "", family.Pair[int]{V6: ipv6.Waiting, V4: ipv4.Waiting}),
		v.sharingRow("longest-wait", "Longest wait", "",
			family.Pair[string]{V6: words.LongestWait(ipv6), V4: words.LongestWait(ipv4)}, words.LongestWait(longest)),
		v.peerRow("at-gate", "Waiting to send", "with a slot", family.Pair[int]{V6: ipv6.AtGate, V4: ipv4.AtGate}),
		v.peerRow("over-downloaded", "Over-downloaded", "served last",
			family.Pair[int]{V6: ipv6.OverDownload, V4: ipv4.OverDownload}),
	}
}

// peerRow is a row of numbers of peers.
func (v *view) peerRow(key, name, note string, peers family.Pair[int]) sharingRow {
	return v.sharingRow(key, name, note,
		family.Both(func(f family.Family) string { return figures.Count(int64(peers.Get(f))) }),
		figures.Count(int64(peers.V6+peers.V4)))
}

// sharingRow makes the figures of a row; key sets them apart from another's.
func (v *view) sharingRow(key, name, note string, amounts family.Pair[string], both string) sharingRow {
	row := sharingRow{Name: name, Note: note}
	for _, f := range family.All {
		row.Families = append(row.Families, sharingFamily{
			Family: f.String(),
			Name:   figures.Family(f),
			Amount: v.figure("sharing-"+key+"-"+f.String(), amounts.Get(f)),
		})
	}
	row.Both = v.figure("sharing-"+key+"-both", both)
	return row
}
