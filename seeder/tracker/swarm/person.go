package swarm

import "sixseed/policy/family"

// addressesPerTag is how many addresses of a family are taken for those of one client. One more is counted as a client
// of its own: it is cheaper to be wrong about an odd client than to have somebody use a tag for thousands.
const addressesPerTag = 8

// person is a client as its addresses in one swarm make it out.
type person struct {
	addresses family.Pair[int]
	roles     [roles]int // how many of its addresses have that role
	done      int        // how many have said `completed`
}

// person returns the client with a tag.
func (s *swarm) person(tag Tag) person {
	var p person
	tally(&p, &s.v6, tag)
	tally(&p, &s.v4, tag)
	return p
}

func (p *person) add(f family.Family, s stamp, n int) {
	*p.addresses.At(f) += n
	p.roles[s.role()] += n
	if s.isDone() {
		p.done += n
	}
}

func (p *person) exists() bool { return p.addresses.V6+p.addresses.V4 > 0 }
func (p *person) isDual() bool { return p.addresses.V6 > 0 && p.addresses.V4 > 0 }

// role is the greatest that the client has at any address.
func (p *person) role() role {
	switch {
	case p.roles[seeder] > 0:
		return seeder
	case p.roles[partial] > 0:
		return partial
	}
	return leecher
}

// tally adds the peers of a table that have a tag.
func tally[E endpoint](p *person, t *table[E], tag Tag) {
	t.tagged(tag, func(q *peer[E]) { p.add(familyOf[E](), q.stamp, 1) })
}

// mark notes with the peers of a table that have a tag whether their client has both families.
func mark[E endpoint](t *table[E], tag Tag, dual bool) {
	t.tagged(tag, func(q *peer[E]) { q.stamp = q.stamp.withDual(dual) })
}
