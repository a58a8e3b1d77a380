package extension

import (
	"net/netip"
	"strconv"
)

// appendText appends a string in bencode.
func appendText[T string | []byte](b []byte, text T) []byte {
	b = append(strconv.AppendInt(b, int64(len(text)), 10), ':')
	return append(b, text...)
}

// appendInteger appends an integer in bencode.
func appendInteger(b []byte, n int64) []byte {
	return append(strconv.AppendInt(append(b, 'i'), n, 10), 'e')
}

// appendFlag appends a key with the value 1, or nothing.
func appendFlag(b []byte, key string, set bool) []byte {
	return appendNumber(b, key, flag(set))
}

// appendNumber appends a key and its value, or nothing if that is 0.
func appendNumber(b []byte, key string, n int64) []byte {
	if n == 0 {
		return b
	}
	return appendInteger(appendText(b, key), n)
}

// appendAddress appends a key and an address in network order, or nothing if there is none.
func appendAddress(b []byte, key string, a netip.Addr) []byte {
	if !a.IsValid() {
		return b
	}
	return appendText(appendText(b, key), a.AsSlice())
}

// flag returns how bencode, which has no truth values, says one.
func flag(set bool) int64 {
	if set {
		return 1
	}
	return 0
}
