package ledger

import (
	"fmt"

	"sixseed/policy/family"
)

// Traffic is an amount of bytes on peer connections. IP and TCP headers are not in it.
type Traffic struct {
	Payload  int64 `json:"payload"`  // sent: the data of blocks
	Overhead int64 `json:"overhead"` // sent: everything else, handshakes and message headers
	Received int64 `json:"received"`
}

// Delta is what one torrent has sent and received over one family since it was recorded last.
type Delta struct {
	InfoHash [20]byte
	Name     string // the torrent's; empty: as recorded before
	Family   family.Family
	Traffic
}

// plus returns the sum of both.
func (t Traffic) plus(other Traffic) Traffic {
	return Traffic{t.Payload + other.Payload, t.Overhead + other.Overhead, t.Received + other.Received}
}

// times returns t made longer or shorter by factor.
func (t Traffic) times(factor float64) Traffic {
	scale := func(bytes int64) int64 { return int64(float64(bytes) * factor) }
	return Traffic{scale(t.Payload), scale(t.Overhead), scale(t.Received)}
}

// check refuses amounts that cannot have been counted: a ledger only ever grows.
func (d Delta) check() error {
	if d.Payload < 0 || d.Overhead < 0 || d.Received < 0 {
		return fmt.Errorf("torrent %q, %v: negative traffic %+v", d.Name, d.Family, d.Traffic)
	}
	return nil
}

// number is how a family is written in the ledger's tables: 4 or 6.
func number(f family.Family) int {
	if f == family.V6 {
		return 6
	}
	return 4
}

// numbered is the family that number writes as n.
func numbered(n int) family.Family {
	if n == 6 {
		return family.V6
	}
	return family.V4
}
