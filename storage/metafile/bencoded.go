package metafile

import (
	"bytes"
	"strconv"
)

// bencoded is one well-formed value (BEP 3, "bencoding") as it stands in a file. Unlike the decoder it keeps a
// dictionary's keys in their order, and those that are there twice. What is of another type than asked for is not ok.
type bencoded []byte

// member is a key and its value.
type member struct {
	key   string
	value bencoded
}

// members are those of a dictionary, in their order.
type members []member

// get returns the value of key, nil if there is none. If the key is there twice, it is the first one, which is the one
// that libtorrent takes.
func (e members) get(key string) bencoded {
	for _, member := range e {
		if member.key == key {
			return member.value
		}
	}
	return nil
}

// members returns the members of a dictionary.
func (b bencoded) members() (all members, ok bool) {
	if len(b) == 0 || b[0] != 'd' {
		return nil, false
	}
	for rest := b[1:]; rest[0] != 'e'; {
		key, _ := rest[:rest.length()].text()
		rest = rest[rest.length():]
		value := rest[:rest.length()]
		rest = rest[len(value):]
		all = append(all, member{key, value})
	}
	return all, true
}

// items returns the elements of a list.
func (b bencoded) items() (all []bencoded, ok bool) {
	if len(b) == 0 || b[0] != 'l' {
		return nil, false
	}
	for rest := b[1:]; rest[0] != 'e'; {
		item := rest[:rest.length()]
		rest = rest[len(item):]
		all = append(all, item)
	}
	return all, true
}

// text returns a string. It need not be UTF-8.
func (b bencoded) text() (text string, ok bool) {
	if len(b) == 0 || b[0] < '0' || b[0] > '9' {
		return "", false
	}
	return string(b[bytes.IndexByte(b, ':')+1:]), true
}

// texts returns a list of strings, and a single string as a list of one. What is no string in the list is left out and
// not ok.
func (b bencoded) texts() (texts []string, ok bool) {
	if text, ok := b.text(); ok {
		return []string{text}, true
	}
	items, ok := b.items()
	for _, item := range items {
		text, isText := item.text()
		if ok = ok && isText; isText {
			texts = append(texts, text)
		}
	}
	return texts, ok
}

// number returns an integer of 64 bits.
func (b bencoded) number() (number int64, ok bool) {
	if len(b) == 0 || b[0] != 'i' {
		return 0, false
	}
	number, err := strconv.ParseInt(string(b[1:len(b)-1]), 10, 64)
	return number, err == nil
}

// length returns the length of the value that b begins with, in bytes.
func (b bencoded) length() int {
	pos, open := 0, 0
	for {
		switch b[pos] {
		case 'd', 'l':
			open++
			pos++
		case 'e':
			open--
			pos++
		case 'i':
			pos += bytes.IndexByte(b[pos:], 'e') + 1
		default:
			colon := bytes.IndexByte(b[pos:], ':')
			length, _ := strconv.Atoi(string(b[pos : pos+colon]))
			pos += colon + 1 + length
		}
		if open == 0 {
			return pos
		}
	}
}
