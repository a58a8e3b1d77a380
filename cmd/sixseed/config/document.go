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
	line  int
	value any
	table []entry // of a table, by line; nil for other values
}

// parseDocument reads TOML. An error is a ParseError of the toml package, which ends at the first one it meets.
func parseDocument(text string) ([]entry, error) {
	var top map[string]toml.Primitive
	metadata, err := toml.Decode(text, &top)
	if err != nil {
		return nil, err
	}
	return entries(&metadata, nil, top)
}

// entries unfolds a table and those in it.
func entries(metadata *toml.MetaData, parent toml.Key, table map[string]toml.Primitive) ([]entry, error) {
	all := make([]entry, 0, len(table))
	for _, name := range slices.Sorted(maps.Keys(table)) {
		key := append(slices.Clone(parent), name)
		e := entry{name: key.String(), line: lineOf(metadata, table[name])}
		if err := metadata.PrimitiveDecode(table[name], &e.value); err != nil {
			return nil, fmt.Errorf("decode %s: %w", e.name, err)
		}
		if _, ok := e.value.(map[string]any); ok {
			if err := e.unfold(metadata, key, table[name]); err != nil {
				return nil, err
			}
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.line, b.line) })
	return all, nil
}

// unfold reads what is in a table.
func (e *entry) unfold(metadata *toml.MetaData, key toml.Key, value toml.Primitive) error {
	var table map[string]toml.Primitive
	err := metadata.PrimitiveDecode(value, &table)
	if err != nil {
		return fmt.Errorf("decode %s: %w", e.name, err)
	}
	e.table, err = entries(metadata, key, table)
	if e.line == 0 && len(e.table) > 0 { // a table that is only named in the names of others
		e.line = e.table[0].line
	}
	return err
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
