// Package words puts into words how the upload is shared out between the families, for the page and for the status
// table alike.
//
// What the seeder says comes in numbers, and in clauses without any: amounts are written here, as package figures writes
// them everywhere. The functions are pure.
package words

import (
	"time"

	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/web/figures"
)

// None stands where there is nothing to say.
const None = "–"

// Limit returns a limit in bytes per second: "2.10 MB/s", or "unlimited".
func Limit(limit seeder.Rate) string {
	if limit == seeder.Unlimited {
		return "unlimited"
	}
	return figures.Rate(int64(limit))
}

// Quota returns what is left of a quota in bytes: "640 GB", or "no quota".
func Quota(left seeder.Rate) string {
	if left == seeder.Unlimited {
		return "no quota"
	}
	return figures.Bytes(int64(left))
}

// Slots returns how many of the upload slots of a family are held: "40 of 60", or "40" where everybody of it who is
// interested gets one.
func Slots(status seeder.Status, f family.Family) string {
	side := status.Families.Get(f)
	if status.Upload.Slots == 0 && side.UploadSlots == 0 {
		return figures.Count(int64(side.Unchoked))
	}
	return heldOf(side.Unchoked, side.UploadSlots)
}

// AllSlots returns how many of the upload slots of both families are held, as Slots does.
func AllSlots(status seeder.Status) string {
	held := status.Families.V4.Unchoked + status.Families.V6.Unchoked
	if status.Upload.Slots == 0 {
		return figures.Count(int64(held))
	}
	return heldOf(held, status.Upload.Slots)
}

func heldOf(held, slots int) string {
	return figures.Count(int64(held)) + " of " + figures.Count(int64(slots))
}

// LongestWait returns how long the first of a family's waiting peers has waited: "1 min 2 s".
func LongestWait(side seeder.FamilyStatus) string {
	if side.Waiting == 0 {
		return None
	}
	return figures.Duration(time.Duration(side.LongestWait * float64(time.Second)))
}
