package httptracker

import "strconv"

// Answers are dictionaries with few keys (BEP 3, "bencoding"). They are written key by key, in sorted order, as bencode
// wants them.

// appendString appends a bencoded string, which may be of any bytes.
func appendString[T string | []byte](dst []byte, s T) []byte {
	dst = strconv.AppendInt(dst, int64(len(s)), 10)
	dst = append(dst, ':')
	return append(dst, s...)
}

// appendInt appends a bencoded integer.
func appendInt(dst []byte, n int64) []byte {
	dst = append(dst, 'i')
	dst = strconv.AppendInt(dst, n, 10)
	return append(dst, 'e')
}

// appendIntEntry appends a dictionary's key and its integer.
func appendIntEntry(dst []byte, key string, n int64) []byte {
	return appendInt(appendString(dst, key), n)
}

// appendEntry appends a dictionary's key and its string.
func appendEntry[T string | []byte](dst []byte, key string, s T) []byte {
	return appendString(appendString(dst, key), s)
}
