package announce

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// Limits of what a tracker may make us build. A response of 200 peers in the old, long form has some 1,500 values.
const (
	maxDepth  = 16
	maxValues = 20_000
)

// bdict is a bencoded dictionary. Its values are int64, string, []any and bdict.
type bdict map[string]any

func (d bdict) text(key string) string {
	text, _ := d[key].(string)
	return text
}

func (d bdict) integer(key string) int64 {
	n, _ := d[key].(int64)
	return n
}

// bdecoder reads bencoded values from what a stranger sent. It takes keys in any order, as real trackers send them.
type bdecoder struct {
	rest   []byte
	values int
}

// decodeDict reads the dictionary that data begin with. What follows it is ignored: some trackers end with a newline.
func decodeDict(data []byte) (bdict, error) {
	if len(data) == 0 || data[0] != 'd' {
		return nil, errors.New("not a bencoded dictionary")
	}
	decoder := bdecoder{rest: data}
	value, err := decoder.value(0)
	if err != nil {
		return nil, fmt.Errorf("bencoding: %w", err)
	}
	return value.(bdict), nil
}

func (d *bdecoder) value(depth int) (any, error) {
	d.values++
	switch {
	case len(d.rest) == 0:
		return nil, errors.New("ends too early")
	case depth > maxDepth:
		return nil, errors.New("nested too deep")
	case d.values > maxValues:
		return nil, errors.New("too many values")
	}
	switch c := d.rest[0]; {
	case c == 'i':
		d.rest = d.rest[1:]
		return d.number('e')
	case c == 'l':
		d.rest = d.rest[1:]
		return d.list(depth)
	case c == 'd':
		d.rest = d.rest[1:]
		return d.dict(depth)
	case '0' <= c && c <= '9':
		return d.text()
	default:
		return nil, fmt.Errorf("no value begins with %q", c)
	}
}

// number reads decimal digits up to end.
func (d *bdecoder) number(end byte) (int64, error) {
	const longest = len("-9223372036854775808")
	length := bytes.IndexByte(d.rest[:min(len(d.rest), longest+1)], end)
	if length < 0 {
		return 0, errors.New("number without end")
	}
	n, err := strconv.ParseInt(string(d.rest[:length]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", d.rest[:length])
	}
	d.rest = d.rest[length+1:]
	return n, nil
}

func (d *bdecoder) text() (string, error) {
	length, err := d.number(':')
	if err != nil {
		return "", err
	}
	if length < 0 || length > int64(len(d.rest)) {
		return "", fmt.Errorf("string of %d bytes, %d are left", length, len(d.rest))
	}
	text := string(d.rest[:length])
	d.rest = d.rest[length:]
	return text, nil
}

func (d *bdecoder) list(depth int) ([]any, error) {
	var list []any
	for !d.end() {
		value, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}

func (d *bdecoder) dict(depth int) (bdict, error) {
	dict := bdict{}
	for !d.end() {
		key, err := d.text()
		if err != nil {
			return nil, err
		}
		if dict[key], err = d.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return dict, nil
}

// end consumes the end of a list or dictionary, if that is what comes next.
func (d *bdecoder) end() bool {
	if len(d.rest) == 0 || d.rest[0] != 'e' {
		return false
	}
	d.rest = d.rest[1:]
	return true
}
