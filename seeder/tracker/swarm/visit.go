package swarm

import (
	"math/bits"
	"net/netip"

	"sixseed/policy/family"
)

// visit is an announce on its way through the store.
type visit struct {
	store    *Store
	shard    *shard
	swarm    *swarm
	announce *Announce
	now      Minute

	// What has become of it.
	outcome  Outcome
	family   family.Family // that it was heard over
	tag      Tag           // that the client is entered with
	entered  bool          // the client is in the swarm now
	bothWays bool          // and over the other family, too
}

// receive brings the swarm up to what the client at e says.
func receive[E endpoint](v *visit, e E) {
	t := tableOf[E](v.swarm)
	v.family = familyOf[E]()
	position := t.find(v.shard.hasher, e)
	if v.announce.Event == Stopped {
		if position >= 0 {
			leave[E](v.shard, v.swarm, position)
		}
		return
	}
	if position >= 0 {
		position = renew[E](v, position)
	} else if !forbid(v.store.config.Limits, t, v.shard.hasher, &e) {
		position = join(v, peer[E]{e, newStamp(v.now, v.announce.role()), v.announce.Tag}, false)
	} else {
		v.outcome.Crowded = true
		return
	}
	p := &t.list()[position]
	if v.announce.Event == Completed && !p.stamp.isDone() {
		v.complete(&p.stamp, p.tag)
	}
	v.entered, v.tag, v.bothWays = true, p.tag, p.stamp.isDual()
}

// renew is for a client that is at its address already. It returns where it is then.
func renew[E endpoint](v *visit, position int) int {
	p := &tableOf[E](v.swarm).list()[position]
	if p.tag == v.announce.Tag && p.stamp.role() == v.announce.role() {
		p.stamp = p.stamp.at(v.now)
		return position
	}
	next := peer[E]{p.endpoint, newStamp(v.now, v.announce.role()) | p.stamp&doneBit, v.announce.Tag}
	known := p.tag == next.tag && p.stamp.isDual()
	leave[E](v.shard, v.swarm, position)
	return join(v, next, known)
}

// join enters a client and returns where it is then. A client that now has both families is a pair, unless that was
// known.
func join[E endpoint](v *visit, p peer[E], known bool) int {
	position, dual := enter(v.shard, v.swarm, p)
	if dual && !known {
		v.outcome.Paired = true
		v.outcome.Pair.V6 = addressOf(&v.swarm.v6, p.tag)
		v.outcome.Pair.V4 = addressOf(&v.swarm.v4, p.tag)
		*v.outcome.Pair.At(v.family) = v.announce.Peer
	}
	return position
}

// addressOf returns an address of the client with a tag.
func addressOf[E endpoint](t *table[E], tag Tag) (found netip.AddrPort) {
	t.tagged(tag, func(p *peer[E]) { found = addrPortOf(p.endpoint) })
	return found
}

// complete counts a download once for each client.
func (v *visit) complete(s *stamp, tag Tag) {
	client := v.swarm.person(tag)
	*s |= doneBit
	if client.done == 0 {
		v.swarm.downloaded++
		v.outcome.Completed = true
	}
}

// answer tells the client what it asked for.
func (v *visit) answer(out *Answer) {
	counts := v.swarm.counts()
	out.Seeders, out.Leechers, out.Downloaded = counts.Seeders, counts.Leechers, counts.Downloaded
	out.Proven = v.isProven()
	if v.announce.Event == Stopped || v.announce.NumWant == 0 {
		return
	}
	share := v.store.config.Share(v.demand(out.Proven))
	d := draw{
		wants: v.wants(), tags: [2]Tag{v.announce.Tag, v.announce.Tag}, singleFirst: share.SingleFirst,
		random: v.store.config.Rand(),
	}
	if v.entered {
		d.tags[1] = v.tag
	}
	d.count = share.V4
	out.Peers4 = pick(out.Peers4, &v.swarm.v4, d)
	d.count, d.singleFirst, d.random = share.V6, false, bits.RotateLeft64(d.random, 32)
	out.Peers6 = pick(out.Peers6, &v.swarm.v6, d)
}

// isProven says whether the client reaches IPv6 natively: it was heard there, or its tag was.
func (v *visit) isProven() bool {
	if v.family == family.V6 {
		return family.Of(v.announce.Peer.Addr()) == family.V6
	}
	return v.bothWays
}

func (v *visit) demand(proven bool) Demand {
	d := Demand{
		Family: v.family, BothFamilies: v.announce.BothFamilies, Proven: proven, NumWant: v.announce.NumWant,
		Have: family.Pair[int]{V4: v.swarm.v4.eligible(v.wants()), V6: v.swarm.v6.eligible(v.wants())},
	}
	if v.entered && v.wants() {
		*d.Have.At(v.family)-- // itself
	}
	return d
}

// wants says whether the client has use for seeds.
func (v *visit) wants() bool { return v.announce.role() == leecher }

// role is the part that the client says it takes.
func (a *Announce) role() role {
	switch {
	case a.Seed:
		return seeder
	case a.Event == Paused:
		return partial
	}
	return leecher
}
