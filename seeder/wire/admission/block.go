package admission

import (
	"iter"
	"net/netip"
)

// block is the connections of one IPv4 address, one IPv6 /64 or one IPv6 /48.
type block struct {
	prefix      netip.Prefix
	share       int // how many times the limit per address it may have
	connections int
	strangers   int // of these
}

// blocks is the blocks that connections are open from. A block without any is not on the books.
type blocks map[netip.Prefix]*block

// siteShare is how many times the limit of a /64 a /48 may have.
const siteShare = 4

// nat64 is the prefix under which an IPv6 network reaches IPv4 hosts (RFC 6052). All of them are in one /64.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// around yields the blocks that addr lies in, and how many times the limit per address each may have.
func around(addr netip.Addr) iter.Seq2[netip.Prefix, int] {
	return func(yield func(netip.Prefix, int) bool) {
		addr = host(addr)
		if addr.Is4() {
			yield(netip.PrefixFrom(addr, addr.BitLen()), 1)
			return
		}
		_ = yield(netip.PrefixFrom(addr, 64).Masked(), 1) &&
			yield(netip.PrefixFrom(addr, 48).Masked(), siteShare)
	}
}

// host is addr as it is limited: an IPv4 address that was written as IPv6 is what it is.
func host(addr netip.Addr) netip.Addr {
	addr = addr.Unmap()
	if nat64.Contains(addr) {
		b := addr.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return addr
}

// full reports whether one of the blocks that addr lies in has no place left.
func (all blocks) full(addr netip.Addr, perAddress int) bool {
	for prefix, share := range around(addr) {
		if b, ok := all[prefix]; ok && reached(b.connections, share*perAddress) {
			return true
		}
	}
	return false
}

// join counts a connection from addr and returns the blocks it is counted in.
func (all blocks) join(addr netip.Addr) neighbourhood {
	in := make(neighbourhood, 0, 2)
	for prefix, share := range around(addr) {
		b, ok := all[prefix]
		if !ok {
			b = &block{prefix: prefix, share: share}
			all[prefix] = b
		}
		b.connections++
		in = append(in, b)
	}
	return in
}

// leave takes a connection off the blocks that join returned.
func (all blocks) leave(in neighbourhood) {
	for _, b := range in {
		b.connections--
		if b.connections == 0 {
			delete(all, b.prefix)
		}
	}
}

// neighbourhood is the blocks that one connection is counted in.
type neighbourhood []*block

// addStrangers counts n more strangers.
func (in neighbourhood) addStrangers(n int) {
	for _, b := range in {
		b.strangers += n
	}
}

// crowd is how many strangers there are around, a /48 counting in measure to what it may have.
func (in neighbourhood) crowd() int {
	most := 0
	for _, b := range in {
		most = max(most, b.strangers/b.share)
	}
	return most
}
