package swarm

import "hash/maphash"

// hasher makes hashes that nobody can foresee.
type hasher struct {
	seed           maphash.Seed
	width6, width4 int // how many bytes of an endpoint its group shares
}

// newHasher returns a hasher whose groups are the widest networks that limits count peers in. Peers of one group are
// found together, so that they can be counted; without a limit to how many these are, finding one would take long.
func newHasher(limits Limits) *hasher {
	h := &hasher{seed: maphash.MakeSeed(), width6: len(endpoint6{}), width4: len(endpoint4{})}
	switch {
	case limits.PerNet48 > 0:
		h.width6 = net48
	case limits.PerNet64 > 0:
		h.width6 = net64
	}
	if limits.PerAddress4 > 0 {
		h.width4 = address4
	}
	return h
}

// groupOf is the hash of the group that an endpoint is in.
func groupOf[E endpoint](h *hasher, e *E) uint32 {
	switch e := any(e).(type) {
	case *endpoint6:
		return uint32(maphash.Bytes(h.seed, e[:h.width6]) >> 32)
	case *endpoint4:
		return uint32(maphash.Bytes(h.seed, e[:h.width4]) >> 32)
	}
	return 0
}

// ownTag is a tag for a peer that shares its client's with too many.
func (h *hasher) ownTag(endpoint []byte) Tag { return Tag(maphash.Bytes(h.seed, endpoint)) } //nolint:gosec // any 32 bits

func (h *hasher) shard(infoHash *InfoHash, shards int) int {
	return int(maphash.Bytes(h.seed, infoHash[:]) % uint64(shards)) //nolint:gosec // below shards
}
