package httptracker

import (
	"iter"
	"strings"

	"sixseed/seeder/tracker/swarm"
)

// fields are the names of a query and their values, as they were sent: percent-encoded. Names have nothing that needs
// to be, and are compared as they are.
func fields(query string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for query != "" {
			var field string
			field, query, _ = strings.Cut(query, "&")
			if name, value, _ := strings.Cut(field, "="); !yield(name, value) {
				return
			}
		}
	}
}

// decode writes the bytes that a value stands for to dst and returns how many they are. It reports false if the value
// is malformed or has more of them than dst has room for.
func decode(dst []byte, value string) (n int, ok bool) {
	for i := 0; i < len(value); i++ {
		if n == len(dst) {
			return n, false
		}
		switch value[i] {
		case '%':
			if i+2 >= len(value) {
				return n, false
			}
			high, low := digit(value[i+1]), digit(value[i+2])
			if high > 15 || low > 15 {
				return n, false
			}
			dst[n] = high<<4 | low
			i += 2
		case '+': // as a form's encoding has it
			dst[n] = ' '
		default:
			dst[n] = value[i]
		}
		n++
	}
	return n, true
}

// digit returns what a hex digit stands for, and more than 15 for anything else.
func digit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}

// decodeInfoHash reads an info-hash. Trackers know a v2 torrent by the first 20 bytes of its hash (BEP 52); a client that
// sends all 32 means the same.
func decodeInfoHash(value string) (infoHash swarm.InfoHash, ok bool) {
	var bytes [32]byte
	n, ok := decode(bytes[:], value)
	return swarm.InfoHash(bytes[:len(infoHash)]), ok && (n == len(infoHash) || n == len(bytes))
}

func decodePeerID(value string) (peerID [20]byte, ok bool) {
	n, ok := decode(peerID[:], value)
	return peerID, ok && n == len(peerID)
}
