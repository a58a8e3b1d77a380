package budget

import (
	"fmt"
	"strconv"
	"time"

	"sixseed/policy/family"
)

// names are the families' as people write them.
var names = family.Pair[string]{V4: "IPv4", V6: "IPv6"}

// reason says why f has no more than limit, or nothing if that is what the configuration says.
func (p Plan) reason(a account, f family.Family, limit int64) string {
	switch {
	case a.left.Total == 0:
		return fmt.Sprintf("%s is stopped: the %s for both families are used up", names.Get(f), amount(a.quota.Total))
	case a.left.Family.Get(f) == 0:
		return fmt.Sprintf("%s is stopped: its %s are used up", names.Get(f), amount(a.quota.Family.Get(f)))
	case limit < a.limits.Family.Get(f):
		return a.standing(f, limit) + ": " + a.remainder(f)
	case limit < p.Limits.Family.Get(f):
		return a.standing(f, limit) + " by the schedule"
	case a.limits.Upload < p.Limits.Upload:
		return fmt.Sprintf("both families together are slowed to %s/s by the schedule", amount(a.limits.Upload))
	}
	return ""
}

// standing says how f goes on: "IPv4 is slowed to 1.2 MB/s".
func (a account) standing(f family.Family, limit int64) string {
	switch {
	case limit == 0:
		return names.Get(f) + " is stopped"
	case f == family.V4 && limit == a.floor():
		return fmt.Sprintf("IPv4 is slowed to its floor of %s/s", amount(limit))
	}
	return fmt.Sprintf("%s is slowed to %s/s", names.Get(f), amount(limit))
}

// remainder says which quota slows f down, and how much of it is left.
func (a account) remainder(f family.Family) string {
	own := a.left.Family.Get(f)
	if f == family.V4 && own == a.spare() || f == family.V6 && own <= a.left.Total {
		return fmt.Sprintf("%s of its %s are left for %s", amount(own), amount(a.quota.Family.Get(f)), span(a.rest))
	}
	both := fmt.Sprintf("%s of %s for both families are left for %s", amount(a.left.Total), amount(a.quota.Total), span(a.rest))
	switch {
	case f == family.V6:
		return both
	case a.spare() == 0:
		return both + ", set aside for IPv6"
	}
	return both + fmt.Sprintf(", %s of them set aside for IPv6", amount(a.setAside()))
}

// amount writes bytes with up to three digits: "310 GB", "1.25 TB".
func amount(bytes int64) string {
	value, prefix := float64(bytes), ""
	for _, prefix = range [...]string{"", "k", "M", "G", "T", "P", "E"} {
		if value < 999.5 { // what would be printed as more than three digits
			break
		}
		value /= 1000
	}
	return strconv.FormatFloat(value, 'g', 3, 64) + " " + prefix + "B"
}

// span writes a time in its largest unit: "9 days".
func span(d time.Duration) string {
	for _, unit := range [...]struct {
		length time.Duration
		name   string
	}{{day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		switch n := d / unit.length; {
		case n > 1:
			return fmt.Sprintf("%d %ss", n, unit.name)
		case n == 1 && d < 2*unit.length:
			return "1 " + unit.name
		}
	}
	return "less than a minute"
}
