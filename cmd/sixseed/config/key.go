package config

import (
	"encoding"
	"iter"
	"reflect"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// key is one key of the file, or one table, and the field of Config, or of a Window, that it fills.
type key struct {
	name  string       // with the names of its tables, "peers.port"
	table reflect.Type // the struct that the field is declared in
	field reflect.StructField
	index []int // of the field, for reflect's FieldByIndex on a Config or a Window
}

// keys yields every key and table, in the order of the example.
func keys() iter.Seq[key] {
	return func(yield func(key) bool) {
		walkKeys(key{field: reflect.StructField{Type: reflect.TypeFor[Config]()}}, yield)
	}
}

// windowKeys yields the keys of a window of the schedule.
func windowKeys() iter.Seq[key] {
	return func(yield func(key) bool) {
		walkKeys(key{name: scheduleKey, field: reflect.StructField{Type: reflect.TypeFor[Window]()}}, yield)
	}
}

// walkKeys yields the keys of a table and returns false as soon as yield does.
func walkKeys(table key, yield func(key) bool) bool {
	for i := range table.field.Type.NumField() {
		field := table.field.Type.Field(i)
		k := key{
			name:  strings.TrimPrefix(table.name+"."+field.Tag.Get("toml"), "."),
			table: table.field.Type,
			field: field,
			index: append(table.index[:len(table.index):len(table.index)], i),
		}
		if !yield(k) || k.isTable() && !walkKeys(k, yield) {
			return false
		}
	}
	return true
}

// keyNamed finds one of keys.
func keyNamed(name string, keys iter.Seq[key]) (key, bool) {
	for k := range keys {
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

// holdsNetworks reports whether the key is a table whose own keys are networks.
func (k key) holdsNetworks() bool { return k.field.Type == reflect.TypeFor[Prefixes]() }

// holdsWindows reports whether the key is a list of tables, a window each.
func (k key) holdsWindows() bool { return k.field.Type == reflect.TypeFor[[]Window]() }

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

// ofWindow returns the value in w of one of windowKeys, which can be set. If it was left out, it is made first.
func (k key) ofWindow(w *Window) reflect.Value {
	field := reflect.ValueOf(w).Elem().FieldByIndex(k.index)
	if field.Kind() != reflect.Pointer {
		return field
	}
	if field.IsNil() {
		field.Set(reflect.New(field.Type().Elem()))
	}
	return field.Elem()
}
