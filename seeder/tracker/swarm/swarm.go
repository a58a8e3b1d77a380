package swarm

// swarm is who takes part in one torrent.
type swarm struct {
	v6         table[endpoint6]
	v4         table[endpoint4]
	people     [roles]uint32 // clients by their role
	downloaded uint32
}

func (s *swarm) isEmpty() bool { return s.v6.n == 0 && s.v4.n == 0 }

func (s *swarm) counts() Counts {
	return Counts{
		Seeders:     s.people[seeder],
		Leechers:    s.people[leecher] + s.people[partial],
		Downloaders: s.people[leecher],
		Downloaded:  s.downloaded,
	}
}

// tableOf is the swarm's table of the peers with endpoints of this type.
func tableOf[E endpoint](s *swarm) *table[E] {
	if t, ok := any(&s.v6).(*table[E]); ok {
		return t
	}
	return any(&s.v4).(*table[E])
}

// enter puts a peer in that is not there yet, as one more address of the client with its tag. It returns where it is
// then, and whether the client has come to have both families by it.
func enter[E endpoint](sh *shard, s *swarm, p peer[E]) (position int, paired bool) {
	before := s.person(p.tag)
	if *before.addresses.At(familyOf[E]()) >= addressesPerTag {
		p.tag = sh.hasher.ownTag(bytesOf(&p.endpoint))
		before = s.person(p.tag)
	}
	after := before
	after.add(familyOf[E](), p.stamp, 1)
	p.stamp = p.stamp.withDual(after.isDual())
	position = tableOf[E](s).add(sh.hasher, p)
	sh.totals.count(familyOf[E](), p.stamp.role(), 1)
	sh.recount(s, p.tag, before, after)
	return position, after.isDual() && !before.isDual()
}

// leave takes out the peer at a position.
func leave[E endpoint](sh *shard, s *swarm, position int) {
	t := tableOf[E](s)
	p := t.list()[position]
	t.remove(sh.hasher, position)
	after := s.person(p.tag)
	before := after
	before.add(familyOf[E](), p.stamp, 1)
	sh.totals.count(familyOf[E](), p.stamp.role(), -1)
	sh.recount(s, p.tag, before, after)
}

// recount is for when a client has become another, by an address more or less.
func (sh *shard) recount(s *swarm, tag Tag, before, after person) {
	if before.exists() {
		s.people[before.role()]--
	}
	if after.exists() {
		s.people[after.role()]++
	}
	if before.isDual() == after.isDual() {
		return
	}
	if after.isDual() {
		sh.totals.DualStack++
	} else {
		sh.totals.DualStack--
	}
	mark(&s.v6, tag, after.isDual())
	mark(&s.v4, tag, after.isDual())
}
