package web

import (
	"fmt"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/figures"
)

// headline is one large pair of numbers: a column per family, and what share of both is IPv6.
type headline struct {
	Families []headlineFamily // the preferred one first
	Share    figure
	Bar      bar
}

// headlineFamily is one family's column.
type headlineFamily struct {
	Family, Name   string // "ipv6", "IPv6"
	Amount, Detail figure
}

// bar is a line of which IPv6's part lies over everything's. Both are widths in per cent.
type bar struct{ All, IPv6 figure }

// now is the headline of the rates.
func (v *view) now(status seeder.Status) headline {
	rates := family.Both(func(f family.Family) int64 { return status.Families.Get(f).UploadRate })
	return v.headline("now", rates, figures.Rate, func(f family.Family) string {
		return peersInWords(status.Families.Get(f))
	})
}

// peersInWords says how many peers of a family there are, and what of it is out of the ordinary.
func peersInWords(side seeder.FamilyStatus) string {
	words := count(side.Connected, "peer")
	if side.Connected > 0 {
		words += fmt.Sprintf(": %s interested, %s unchoked",
			figures.Count(int64(side.Interested)), figures.Count(int64(side.Unchoked)))
	}
	if !side.Listening {
		return "not listening, " + words
	}
	return words
}

// month is the headline of the running month.
func (v *view) month(status seeder.Status) headline {
	sent := family.Both(func(f family.Family) int64 { return status.Month.Get(f).Payload })
	return v.headline("month", sent, figures.Bytes, func(f family.Family) string {
		return "+ " + figures.Bytes(status.Month.Get(f).Overhead) + " overhead"
	})
}

// headline makes the figures of a headline; key sets them apart from another's.
func (v *view) headline(key string, amounts family.Pair[int64], write func(int64) string, detail func(family.Family) string) headline {
	var h headline
	for _, f := range family.All {
		h.Families = append(h.Families, headlineFamily{
			Family: f.String(),
			Name:   figures.Family(f),
			Amount: v.figure(key+"-"+f.String(), write(amounts.Get(f))),
			Detail: v.figure(key+"-detail-"+f.String(), detail(f)),
		})
	}
	total := amounts.V4 + amounts.V6
	h.Share = v.figure(key+"-share", shareInWords(amounts.V6, total))
	h.Bar = bar{All: v.figure(key+"-bar", width(total, total)), IPv6: v.figure(key+"-bar-ipv6", width(amounts.V6, total))}
	return h
}

// shareInWords says how much of total is IPv6's.
func shareInWords(ipv6, total int64) string {
	if total == 0 {
		return "nothing sent"
	}
	return figures.ShareOf(ipv6, total) + " over IPv6"
}

// width returns how wide a bar of amount is where one of most takes all the room, in per cent.
func width(amount, most int64) string {
	if most == 0 {
		return "0%"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(amount)/float64(most))
}

// count returns n with a noun in the right number.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return figures.Count(int64(n)) + " " + noun
}
