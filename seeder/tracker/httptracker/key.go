package httptracker

import (
	"hash/fnv"
	"math"
	"strconv"
)

// parseKey returns a client's key (BEP 7) as the number that the same client sends over UDP (BEP 15), where clients
// write one: as eight hex digits, as libtorrent and Transmission do, or else in decimal, with a sign or without. Where it
// is some other text, as it may be, the number is one that is made from it.
func parseKey(value string) uint32 {
	if len(value) == 8 {
		if key, err := strconv.ParseUint(value, 16, 32); err == nil {
			return uint32(key)
		}
	}
	if key, err := strconv.ParseInt(value, 10, 64); err == nil && math.MinInt32 <= key && key <= math.MaxUint32 {
		return uint32(key)
	}
	if key, err := strconv.ParseUint(value, 16, 32); err == nil {
		return uint32(key)
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(value)) // does not fail
	return sum.Sum32()
}
