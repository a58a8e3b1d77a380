package metafile

import (
	"fmt"
	"slices"
	"strconv"
)

// Placement says where an edit puts tiers of trackers: NewFirst, NewLast, or what JoinTier returns.
type Placement int

const (
	// NewFirst puts new tiers in front of those that are there.
	NewFirst Placement = iota
	// NewLast puts them behind.
	NewLast
	join // and above: joins the tier of that number more
)

// JoinTier puts trackers into tier n, the first one being 1, behind those it has.
func JoinTier(n int) Placement { return join + Placement(n-1) }

// String returns what UnmarshalText reads.
func (p Placement) String() string {
	switch p {
	case NewFirst:
		return "new-first"
	case NewLast:
		return "new-last"
	}
	return strconv.Itoa(int(p-join) + 1)
}

// UnmarshalText reads "new-first", "new-last", or the number of a tier.
func (p *Placement) UnmarshalText(text []byte) error {
	switch string(text) {
	case "new-first":
		*p = NewFirst
	case "new-last":
		*p = NewLast
	default:
		n, err := strconv.ParseUint(string(text), 10, 16)
		if err != nil || n == 0 {
			return fmt.Errorf(`%q is neither "new-first" nor "new-last" nor the number of a tier`, text)
		}
		*p = JoinTier(int(n))
	}
	return nil
}

// place adds fresh tiers.
func (p Placement) place(tiers, fresh [][]string) ([][]string, error) {
	switch p {
	case NewFirst:
		return slices.Concat(fresh, tiers), nil
	case NewLast:
		return slices.Concat(tiers, fresh), nil
	}
	n := int(p - join)
	if n < 0 || n >= len(tiers) {
		return nil, fmt.Errorf("there is no tier %d: the torrent has %d", n+1, len(tiers))
	}
	tiers = slices.Clone(tiers)
	tiers[n] = slices.Concat(append([][]string{tiers[n]}, fresh...)...)
	return tiers, nil
}
