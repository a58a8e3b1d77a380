package swarm

import (
	"math"
	"math/bits"

	"sixseed/policy/family"
)

// Demand is what is to be decided when a client asks for peers.
type Demand struct {
	Family       family.Family    // that it was heard over
	BothFamilies bool             // the answer can carry both
	Proven       bool             // it is known to reach IPv6
	NumWant      int              // below 0: it did not say
	Have         family.Pair[int] // how many there are that it has use for, itself left out
}

// Share is how many peers of each family a client is told of. More than there are is as good as all.
type Share struct {
	family.Pair[int]
	// SingleFirst has IPv4 peers that are not on IPv6 go before those that are: the latter can be reached the other way.
	SingleFirst bool
}

// mostPeers is the largest answer per family.
const mostPeers = 1 << 8

// draw is whom to draw peers for.
type draw struct {
	count       int
	wants       bool   // the asker has use for peers that want nothing
	tags        [2]Tag // of the asker, who is not told of itself
	singleFirst bool
	random      uint64
}

// pick appends peers that are drawn at random: each is as likely as any other.
func pick[E endpoint](out []byte, t *table[E], d draw) []byte {
	peers := t.list()[:t.eligible(d.wants)]
	left := min(d.count, mostPeers)
	if len(peers) == 0 || left <= 0 {
		return out
	}
	round := newRound(len(peers), left, d.random)
	if d.singleFirst {
		return pickSingle(out, peers, d, round, left)
	}
	for range peers {
		p := &peers[round.next()]
		if d.isAsker(p.tag) {
			continue
		}
		out = append(out, bytesOf(&p.endpoint)...)
		if left--; left == 0 {
			break
		}
	}
	return out
}

// pickSingle is pick with the peers that are on IPv6, too, put off. They get the places that are left. So that it ends
// soon where most of them are, it does not look through all for the others.
func pickSingle[E endpoint](out []byte, peers []peer[E], d draw, round round, left int) []byte {
	var later [mostPeers]uint32
	deferred := 0
	for range min(len(peers), 4*left+searched) {
		i := round.next()
		switch p := &peers[i]; {
		case d.isAsker(p.tag):
		case !p.stamp.isDual():
			out = append(out, bytesOf(&p.endpoint)...)
			left--
		case deferred < left:
			later[deferred] = uint32(i) //nolint:gosec // below maxPeers
			deferred++
		}
		if left == 0 {
			break
		}
	}
	for _, i := range later[:min(deferred, left)] {
		out = append(out, bytesOf(&peers[i].endpoint)...)
	}
	return out
}

func (d *draw) isAsker(tag Tag) bool { return tag == d.tags[0] || tag == d.tags[1] }

// round goes from a random place in strides of random length to every one of n places before it comes back. So peers are
// drawn without a copy of the swarm.
type round struct{ at, stride, n uint32 }

// newRound returns a round of n places of which so many are needed.
func newRound(n, needed int, random uint64) round {
	places := uint32(n) //nolint:gosec // at most maxPeers
	r := round{at: below(uint32(random>>32), places), stride: 1, n: places}
	if needed >= n {
		return r
	}
	r.stride += below(uint32(random&math.MaxUint32), places-1)
	for !coprime(places, r.stride) {
		if r.stride++; r.stride == places {
			r.stride = 1
		}
	}
	return r
}

// next returns where the round is, and moves on.
func (r *round) next() int {
	at := r.at
	if r.at += r.stride; r.at >= r.n {
		r.at -= r.n
	}
	return int(at)
}

// below makes a random number of one that is random in all its bits.
func below(random, n uint32) uint32 {
	high, _ := bits.Mul32(random, n)
	return high
}

func coprime(a, b uint32) bool {
	for b != 0 {
		a, b = b, a%b
	}
	return a == 1
}
