package swarm

// crowd is an array of peers of its own.
type crowd[E endpoint] struct {
	peers   []peer[E]
	indices *indices // nil for up to `searched` peers
}

// searched is how many peers are looked through one by one; more get indices. So many are 12 cache lines of IPv6.
const searched = 32

// indices find peers by the network they are in, as hasher has it, and by their tag.
type indices struct{ groups, tags index }

// append puts a peer at the end. It is made to have little room to spare, since swarms do not grow fast.
func (c *crowd[E]) append(h *hasher, p peer[E]) {
	if len(c.peers) == cap(c.peers) {
		c.resize(len(c.peers) + len(c.peers)/8 + 2)
	}
	c.peers = append(c.peers, p)
	switch x := c.indices; {
	case x == nil && len(c.peers) <= searched:
	case x == nil || x.groups.isFull():
		c.reindex(h)
	default:
		x.groups.insert(groupOf(h, &p.endpoint), len(c.peers)-1)
		x.tags.insert(uint32(p.tag), len(c.peers)-1)
	}
}

// drop takes off the last peer.
func (c *crowd[E]) drop(h *hasher) {
	last := len(c.peers) - 1
	if x := c.indices; x != nil {
		x.groups.remove(c.group(h, last), last, func(i int) uint32 { return c.group(h, i) })
		x.tags.remove(c.tag(last), last, c.tag)
	}
	c.peers = c.peers[:last]
}

func (c *crowd[E]) swap(h *hasher, i, j int) {
	if x := c.indices; x != nil {
		x.groups.swap(c.group(h, i), i, c.group(h, j), j)
		x.tags.swap(c.tag(i), i, c.tag(j), j)
	}
	c.peers[i], c.peers[j] = c.peers[j], c.peers[i]
}

func (c *crowd[E]) resize(size int) {
	// append and not make: the allocator's size class may have room for more.
	c.peers = append(append([]peer[E](nil), make([]peer[E], size)...)[:0], c.peers...)
}

func (c *crowd[E]) reindex(h *hasher) {
	c.indices = nil
	if len(c.peers) <= searched {
		return
	}
	c.indices = new(indices)
	c.indices.groups.rebuild(len(c.peers), func(i int) uint32 { return c.group(h, i) })
	c.indices.tags.rebuild(len(c.peers), c.tag)
}

func (c *crowd[E]) group(h *hasher, position int) uint32 {
	return groupOf(h, &c.peers[position].endpoint)
}

func (c *crowd[E]) tag(position int) uint32 { return uint32(c.peers[position].tag) }
