package metafile

import (
	"bytes"
	"slices"
	"strconv"
)

// with returns the members with another value of key, or without key if the value is nil. A new key comes before the
// first one that is greater, so sorted keys stay sorted.
func (e members) with(key string, value bencoded) members {
	at := slices.IndexFunc(e, func(other member) bool { return other.key == key })
	if at >= 0 {
		e = slices.Delete(slices.Clone(e), at, at+1)
	}
	if value == nil {
		return e
	}
	if at < 0 {
		at = slices.IndexFunc(e, func(other member) bool { return other.key > key })
	}
	if at < 0 {
		at = len(e)
	}
	return slices.Insert(slices.Clone(e), at, member{key, value})
}

// encode returns the dictionary of these members, in this order.
func (e members) encode() []byte {
	var data bytes.Buffer
	data.WriteByte('d')
	for _, member := range e {
		data.WriteString(strconv.Itoa(len(member.key)) + ":" + member.key)
		data.Write(member.value)
	}
	data.WriteByte('e')
	return data.Bytes()
}
