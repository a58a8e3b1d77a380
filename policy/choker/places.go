package choker

import "sixseed/policy/family"

// places returns how many slots each family holds after this round.
func (r Rules) places(claims family.Pair[familyClaims]) family.Pair[int] {
	all := family.Pair[int]{V4: claims.V4.count(), V6: claims.V6.count()}
	active := family.Pair[int]{V4: all.V4 - claims.V4.idle, V6: all.V6 - claims.V6.idle}
	slots := all.V4 + all.V6
	if r.Slots > 0 {
		slots = min(slots, r.Slots)
	}
	division := division{limit: r.Limit, free: slots}
	division.raise(family.V4, min(r.Floor, active.V4, slots/2))
	for _, wanted := range [...]family.Pair[int]{active, all} {
		for _, f := range family.All {
			division.raise(f, wanted.Get(f))
		}
	}
	return division.places
}

// division shares slots out.
type division struct {
	places, limit family.Pair[int]
	free          int
}

// raise gives a family as many of the free slots as it has fewer than wanted.
func (d *division) raise(f family.Family, wanted int) {
	if limit := d.limit.Get(f); limit >= 0 {
		wanted = min(wanted, limit)
	}
	places := d.places.At(f)
	more := min(max(0, wanted-*places), d.free)
	*places += more
	d.free -= more
}
