package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/BurntSushi/toml"
)

// entry is one key of a TOML document.
type entry struct {
	name  string // with the names of its tables, "peers.port"
	key   string // without, and without quotes
	line  int
	value any
	table []entry // of a table, by line; nil for other values
	list  []entry // of a list of tables; nil for other values
}

// parseDocument reads TOML. An error is a ParseError of the toml package, which ends at the first one it meets.
func parseDocument(text string) ([]entry, error) {
	var top map[string]toml.Primitive
	metadata, err := toml.Decode(text, &top)
	if err != nil {
		return nil, err
	}
	all, err := entries(&metadata, "", top)
	if err == nil {
		placeLists(all, text)
	}
	return all, err
}

// entries unfolds a table and those in it. parent is the table's name with a dot, or empty.
func entries(metadata *toml.MetaData, parent string, table map[string]toml.Primitive) ([]entry, error) {
	all := make([]entry, 0, len(table))
	for _, name := range slices.Sorted(maps.Keys(table)) {
		e := entry{name: parent + toml.Key{name}.String(), key: name, line: lineOf(metadata, table[name])}
		if err := e.decode(metadata, table[name]); err != nil {
			return nil, fmt.Errorf("decode %s: %w", e.name, err)
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.line, b.line) })
	return all, nil
}

// decode reads an entry's value and, if it holds tables, what is in them.
func (e *entry) decode(metadata *toml.MetaData, value toml.Primitive) error {
	if err := metadata.PrimitiveDecode(value, &e.value); err != nil {
		return err
	}
	switch {
	case isTable(e.value):
		var table map[string]toml.Primitive
		if err := metadata.PrimitiveDecode(value, &table); err != nil {
			return err
		}
		return e.unfold(metadata, table)
	case isListOfTables(e.value):
		return e.unfoldList(metadata, value)
	}
	return nil
}

// unfold reads what is in a table.
func (e *entry) unfold(metadata *toml.MetaData, table map[string]toml.Primitive) (err error) {
	e.table, err = entries(metadata, e.name+".", table)
	if e.line == 0 && len(e.table) > 0 { // a table that is only named in the names of others
		e.line = e.table[0].line
	}
	return err
}

// isTable reports whether a TOML value is a table.
func isTable(value any) bool {
	_, ok := value.(map[string]any)
	return ok
}

// refuser is a destination that takes no value.
type refuser struct{}

// UnmarshalTOML refuses every value.
func (refuser) UnmarshalTOML(any) error { return errors.New("refused") }

// lineOf returns the line of a value, or 0. The toml package notes the place of every key but tells it only in the error
// about a value that its destination refused, so that is what is asked for.
func lineOf(metadata *toml.MetaData, value toml.Primitive) int {
	var place toml.ParseError
	if errors.As(metadata.PrimitiveDecode(value, &refuser{}), &place) {
		return place.Position.Line
	}
	return 0
}
