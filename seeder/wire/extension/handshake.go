package extension

import (
	"fmt"
	"math"
	"net/netip"
	"unicode"
	"unicode/utf8"
)

// maxClient is how many characters of a client's name are kept.
const maxClient = 64

// Handshake is what a peer says of itself in its extension handshake (BEP 10), as far as anybody here asks.
type Handshake struct {
	Client     string     // "v": its name and version, printable and of at most 64 characters
	Requests   int        // "reqq": how many requests it queues, at most 65,535; 0: unknown
	Port       uint16     // "p": where it listens; 0: unknown
	IPv4       netip.Addr // "ipv4": what it holds its own address to be; invalid: unknown
	IPv6       netip.Addr // "ipv6": likewise
	UploadOnly bool       // "upload_only": it wants nothing, having it all or all it wants (BEP 21)
	Encryption bool       // "e": it prefers encrypted connections
	Metadata   byte       // the id it wants ut_metadata messages under (BEP 9); 0: none
	PEX        byte       // the id it wants ut_pex messages under (BEP 11); 0: none
}

// ParseHandshake reads the body of an extension handshake, without its extension id. Values that make no sense are as
// good as not there; an error means that the body is not bencode, too long or nested too deep.
func ParseHandshake(body []byte) (Handshake, error) {
	var h Handshake
	c := newCursor(body)
	for key := range c.dictionary() {
		switch string(key) {
		case "e":
			h.Encryption = c.number(0) != 0
		case "ipv4":
			h.IPv4 = address(c.text(), netip.Addr.Is4)
		case "ipv6":
			h.IPv6 = address(c.text(), isNative6)
		case "m":
			h.readIDs(c)
		case "p":
			h.Port = uint16(within(c.number(0), math.MaxUint16)) //nolint:gosec // it is within
		case "reqq":
			h.Requests = int(min(max(c.number(0), 0), math.MaxUint16))
		case "upload_only":
			h.UploadOnly = c.number(0) != 0
		case "v":
			h.Client = printable(c.text())
		}
	}
	if err := c.end(); err != nil {
		return Handshake{}, fmt.Errorf("parse extension handshake: %w", err)
	}
	return h, nil
}

// Append appends to b the body of a handshake that says the same, and nothing else.
func (h Handshake) Append(b []byte) []byte {
	b = append(b, 'd')
	b = appendFlag(b, "e", h.Encryption)
	b = appendAddress(b, "ipv4", h.IPv4)
	b = appendAddress(b, "ipv6", h.IPv6)
	b = append(appendText(b, "m"), 'd')
	b = appendNumber(b, "ut_metadata", int64(h.Metadata))
	b = appendNumber(b, "ut_pex", int64(h.PEX))
	b = append(b, 'e')
	b = appendNumber(b, "p", int64(h.Port))
	b = appendNumber(b, "reqq", int64(h.Requests))
	b = appendFlag(b, "upload_only", h.UploadOnly)
	if h.Client != "" {
		b = appendText(appendText(b, "v"), h.Client)
	}
	return append(b, 'e')
}

// readIDs reads "m", the ids under which the peer wants each kind of message.
func (h *Handshake) readIDs(c *cursor) {
	if c.peek() != 'd' {
		c.skip()
		return
	}
	for name := range c.dictionary() {
		switch string(name) {
		case "ut_metadata":
			h.Metadata = byte(within(c.number(0), math.MaxUint8)) //nolint:gosec // it is within
		case "ut_pex":
			h.PEX = byte(within(c.number(0), math.MaxUint8)) //nolint:gosec // it is within
		}
	}
}

// within returns n if it is neither below zero nor above greatest, and else 0.
func within(n, greatest int64) int64 {
	if n < 0 || n > greatest {
		return 0
	}
	return n
}

// address reads an address in network order. One of the wrong length or kind is none.
func address(text []byte, wanted func(netip.Addr) bool) netip.Addr {
	a, ok := netip.AddrFromSlice(text)
	if !ok || !wanted(a) {
		return netip.Addr{}
	}
	return a
}

func isNative6(a netip.Addr) bool { return a.Is6() && !a.Is4In6() }

// printable returns a name as it can be shown to admins.
func printable(text []byte) string {
	name := make([]rune, 0, maxClient)
	for len(text) > 0 && len(name) < maxClient {
		r, size := utf8.DecodeRune(text)
		if !unicode.IsPrint(r) {
			r = unicode.ReplacementChar
		}
		name = append(name, r)
		text = text[size:]
	}
	return string(name)
}
