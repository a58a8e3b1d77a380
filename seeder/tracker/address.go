package tracker

import "net/netip"

// judge says why no peer can be at an address, or accepted. RFC 6890 and its successors list the addresses.
func judge(peer netip.AddrPort, allowPrivate bool) Reason {
	addr, reason := peer.Addr(), Unusable
	switch {
	case peer.Port() == 0:
		return NoPort
	case addr.Is4():
		reason = judge4(addr.As4())
	case addr.Is6():
		reason = judge6(addr.As16())
	}
	if reason == Private && allowPrivate {
		return accepted
	}
	return reason
}

func judge4(a [4]byte) Reason {
	switch first, second := a[0], a[1]; {
	case first == 0, first >= 224: // no address yet; multicast, reserved, broadcast
		return Unusable
	case first == 10, first == 127, first == 192 && second == 168, first == 172 && second&0xf0 == 16,
		first == 169 && second == 254,     // link-local
		first == 100 && second&0xc0 == 64, // between a provider and its customers
		first == 198 && second&0xfe == 18: // for benchmarks
		return Private
	}
	switch [3]byte(a[:3]) {
	case [3]byte{192, 0, 2}, [3]byte{198, 51, 100}, [3]byte{203, 0, 113}:
		return Documentation
	case [3]byte{192, 0, 0}, [3]byte{192, 88, 99}: // for protocols; of 6to4 relays
		return Unusable
	}
	return accepted
}

func judge6(a [16]byte) Reason {
	switch {
	case a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8, a[0] == 0x3f && a[1] == 0xff && a[2] < 0x10:
		return Documentation
	case a[0]&0xe0 == 0x20: // 2000::/3: the addresses that anybody can be reached at
		return accepted
	case a[0]&0xfe == 0xfc, a[0] == 0xfe && a[1]&0xc0 == 0x80, a == [16]byte{15: 1}:
		return Private
	}
	return Unusable // IPv4 in IPv6, multicast, and what is not assigned
}
