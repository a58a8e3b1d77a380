package extension

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
)

// Own is what our own handshake has to say that the engine's client does not know. A zero field leaves what the client
// says, if anything.
type Own struct {
	Client     string     // "v"
	Requests   int        // "reqq": how many requests a connection queues
	IPv4       netip.Addr // "ipv4": the address that we serve IPv4 peers from
	IPv6       netip.Addr // "ipv6": likewise
	UploadOnly bool       // "upload_only": that we want nothing (BEP 21)
	Encryption bool       // "e": that we prefer encrypted connections; said either way
}

// entry is a key of a dictionary and its value in bencode.
type entry struct {
	key, value []byte
}

// Rewrite returns the client's own extension handshake, of which body comes without its extension id, with what own
// says put in. All else is kept as it is, and keys are sorted (BEP 3). An error means that the client does not speak
// bencode.
func Rewrite(body []byte, own Own) ([]byte, error) {
	said := own.entries()
	c := newCursor(body)
	for key := range c.dictionary() {
		value := c.skip()
		if !slices.ContainsFunc(said, func(e entry) bool { return bytes.Equal(e.key, key) }) {
			said = append(said, entry{key, value})
		}
	}
	if err := c.end(); err != nil {
		return nil, fmt.Errorf("rewrite extension handshake: %w", err)
	}
	slices.SortFunc(said, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	b := []byte{'d'}
	for _, e := range said {
		b = append(appendText(b, e.key), e.value...)
	}
	return append(b, 'e'), nil
}

// entries are what own says, in no order.
func (own Own) entries() []entry {
	said := []entry{{[]byte("e"), appendInteger(nil, flag(own.Encryption))}}
	add := func(key string, value []byte) { said = append(said, entry{[]byte(key), value}) }
	if own.Client != "" {
		add("v", appendText(nil, own.Client))
	}
	if own.Requests != 0 {
		add("reqq", appendInteger(nil, int64(own.Requests)))
	}
	if v4 := own.IPv4.Unmap(); v4.Is4() {
		add("ipv4", appendText(nil, v4.AsSlice()))
	}
	if isNative6(own.IPv6) {
		add("ipv6", appendText(nil, own.IPv6.AsSlice()))
	}
	if own.UploadOnly {
		add("upload_only", appendInteger(nil, 1))
	}
	return said
}
