package swarm

// table is a swarm's peers of one family. Those that want others come first, for seeds are told of no one else; in
// either part the order means nothing.
type table[E endpoint] struct {
	few     [fewPeers]peer[E] // the peers, as long as there are no more; then they move out
	n       uint32
	wanting uint32 // how many of the n come first
	many    *crowd[E]
}

// fewPeers lie in the swarm itself, of each family: a seed and one that downloads from it.
const fewPeers = 2

// list returns the peers, not a copy.
func (t *table[E]) list() []peer[E] {
	if t.many != nil {
		return t.many.peers
	}
	return t.few[:t.n]
}

func (t *table[E]) len() int { return int(t.n) }

// eligible is how many of the first peers one may be told of that wants others itself, or does not.
func (t *table[E]) eligible(wants bool) int {
	if wants {
		return int(t.n)
	}
	return int(t.wanting)
}

func (t *table[E]) indices() *indices {
	if t.many != nil {
		return t.many.indices
	}
	return nil
}

// find returns the position of the peer with an endpoint, -1 if there is none.
func (t *table[E]) find(h *hasher, e E) int {
	peers := t.list()
	if x := t.indices(); x != nil {
		p := x.groups.probe(groupOf(h, &e))
		for i, ok := p.next(); ok; i, ok = p.next() {
			if peers[i].endpoint == e {
				return i
			}
		}
		return -1
	}
	for i := range peers {
		if peers[i].endpoint == e {
			return i
		}
	}
	return -1
}

// tagged calls visit with the peers that have a tag.
func (t *table[E]) tagged(tag Tag, visit func(*peer[E])) {
	peers := t.list()
	if x := t.indices(); x != nil {
		p := x.tags.probe(uint32(tag))
		for i, ok := p.next(); ok; i, ok = p.next() {
			if peers[i].tag == tag {
				visit(&peers[i])
			}
		}
		return
	}
	for i := range peers {
		if peers[i].tag == tag {
			visit(&peers[i])
		}
	}
}

// grouped calls visit with all peers of an endpoint's group, and with others.
func (t *table[E]) grouped(h *hasher, e *E, visit func(*peer[E])) {
	peers := t.list()
	if x := t.indices(); x != nil {
		p := x.groups.probe(groupOf(h, e))
		for i, ok := p.next(); ok; i, ok = p.next() {
			visit(&peers[i])
		}
		return
	}
	for i := range peers {
		visit(&peers[i])
	}
}

// add puts in a peer whose endpoint is not there yet, and returns where it is then. There must be room: n is below
// maxPeers.
func (t *table[E]) add(h *hasher, p peer[E]) (position int) {
	last := int(t.n)
	if t.many == nil && last == fewPeers {
		t.many = &crowd[E]{peers: append(make([]peer[E], 0, 2*fewPeers), t.few[:]...)}
		t.few = [fewPeers]peer[E]{}
	}
	if t.many == nil {
		t.few[last] = p
	} else {
		t.many.append(h, p)
	}
	t.n++
	if !p.stamp.wants() {
		return last
	}
	t.swap(h, last, int(t.wanting))
	t.wanting++
	return int(t.wanting) - 1
}

// remove takes out the peer at a position. Only peers at that position and behind it change places.
func (t *table[E]) remove(h *hasher, position int) {
	if position < int(t.wanting) {
		t.wanting--
		t.swap(h, position, int(t.wanting))
		position = int(t.wanting)
	}
	last := int(t.n) - 1
	t.swap(h, position, last)
	t.n--
	if t.many == nil {
		t.few[last] = peer[E]{}
	} else {
		t.many.drop(h)
	}
}

func (t *table[E]) swap(h *hasher, i, j int) {
	switch {
	case i == j:
	case t.many != nil:
		t.many.swap(h, i, j)
	default:
		t.few[i], t.few[j] = t.few[j], t.few[i]
	}
}

// shrink gives back memory that more peers needed. It is for after many were removed.
func (t *table[E]) shrink(h *hasher) {
	c := t.many
	switch {
	case c == nil:
	case len(c.peers) <= fewPeers:
		copy(t.few[:], c.peers)
		t.many = nil
	case len(c.peers) < cap(c.peers)*2/3:
		c.resize(len(c.peers))
		c.reindex(h)
	}
}
