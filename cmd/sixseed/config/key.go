package config

import (
	"encoding"
	"iter"
	"reflect"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// key is one key of the file, or one table, and the field of Config that it fills.
type key struct {
	name  string // with the names of its tables, "peers.port"
	field reflect.StructField
	index []int // of the field, for reflect's FieldByIndex on a Config
}

// keys yields every key and table, in the order of the example.
func keys() iter.Seq[key] {
	return func(yield func(key) bool) {
		walkKeys(key{field: reflect.StructField{Type: reflect.TypeFor[Config]()}}, yield)
	}
}

// walkKeys yields the keys of a table and returns false as soon as yield does.
func walkKeys(table key, yield func(key) bool) bool {
	for i := range table.field.Type.NumField() {
		field := table.field.Type.Field(i)
		k := key{
			name:  strings.TrimPrefix(table.name+"."+field.Tag.Get("toml"), "."),
			field: field,
			index: append(table.index[:len(table.index):len(table.index)], i),
		}
		if !yield(k) || k.isTable() && !walkKeys(k, yield) {
			return false
		}
	}
	return true
}

// keyNamed finds a key or a table.
func keyNamed(name string) (key, bool) {
	for k := range keys() {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}

// isTable reports whether the key holds others.
func (k key) isTable() bool {
	pointer := reflect.PointerTo(k.field.Type)
	return k.field.Type.Kind() == reflect.Struct &&
		!pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) &&
		!pointer.Implements(reflect.TypeFor[toml.Unmarshaler]())
}

// isLive reports whether a running daemon can take a change.
func (k key) isLive() bool { return k.field.Tag.Get("reload") == "live" }

// bounds returns the least and the most that an integer may be.
func (k key) bounds() (least, most int64, ok bool) {
	from, to, ok := strings.Cut(k.field.Tag.Get("range"), "-")
	if !ok {
		return 0, 0, false
	}
	least, err := strconv.ParseInt(from, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	most, err = strconv.ParseInt(to, 10, 64)
	return least, most, err == nil
}

// of returns the key's value in c, which can be set.
func (k key) of(c *Config) reflect.Value { return reflect.ValueOf(c).Elem().FieldByIndex(k.index) }
