package config

import (
	"fmt"
	"strconv"
)

// DSCP is a differentiated services code point, 0 to 63 (RFC 2474).
type DSCP uint8

// LowerEffort marks what may wait for everything else (RFC 8622).
const LowerEffort DSCP = 1

const mostDSCP = 1<<6 - 1

// dscpNames are the code points that have a name: class selectors (RFC 2474), assured forwarding (RFC 2597), expedited
// forwarding (RFC 3246) and lower effort.
var dscpNames = map[string]DSCP{
	"cs0": 0, "cs1": 8, "cs2": 16, "cs3": 24, "cs4": 32, "cs5": 40, "cs6": 48, "cs7": 56,
	"af11": 10, "af12": 12, "af13": 14, "af21": 18, "af22": 20, "af23": 22,
	"af31": 26, "af32": 28, "af33": 30, "af41": 34, "af42": 36, "af43": 38,
	"ef": 46, "le": LowerEffort,
}

// UnmarshalTOML takes names and integers.
func (d *DSCP) UnmarshalTOML(value any) error {
	switch v := value.(type) {
	case string:
		if named, ok := dscpNames[v]; ok {
			*d = named
			return nil
		}
	case int64:
		if v >= 0 && v <= mostDSCP {
			*d = DSCP(v)
			return nil
		}
	}
	return fmt.Errorf(`%s is not a DSCP: use "le", "cs0" to "cs7", "af11" to "af43", "ef" or 0 to %d`, formatValue(value), mostDSCP)
}

// MarshalText returns the name, or the number if there is none.
func (d DSCP) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String returns the name, or the number if there is none.
func (d DSCP) String() string {
	for name, named := range dscpNames {
		if d == named {
			return name
		}
	}
	return strconv.Itoa(int(d))
}
