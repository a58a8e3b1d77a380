package config

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/BurntSushi/toml"
)

// unfoldList reads the tables of a list.
//
// The toml package notes one place for each name, so of tables that share a name it knows where the keys of the last one
// are. Those before it get no lines here, but in placeLists.
func (e *entry) unfoldList(metadata *toml.MetaData, value toml.Primitive) error {
	var tables []map[string]toml.Primitive
	if err := metadata.PrimitiveDecode(value, &tables); err != nil {
		return err
	}
	e.list = make([]entry, len(tables))
	for i, table := range tables {
		if err := e.unfoldElement(metadata, i, e.line, table); err != nil {
			return err
		}
		if i < len(tables)-1 {
			e.list[i].forgetLines()
		}
	}
	return nil
}

// unfoldElement reads one table of a list, which begins at a line, as if it were the last one.
func (e *entry) unfoldElement(metadata *toml.MetaData, i, line int, table map[string]toml.Primitive) error {
	e.list[i] = entry{name: fmt.Sprintf("%s[%d]", e.name, i), line: line}
	return e.list[i].unfold(metadata, table)
}

// forgetLines makes the lines of an entry, and of all in it, unknown.
func (e *entry) forgetLines() {
	e.line = 0
	for _, inner := range [...][]entry{e.table, e.list} {
		for i := range inner {
			inner[i].forgetLines()
		}
	}
}

// isListOfTables reports whether a TOML value is a list of nothing but tables, and of one at least.
func isListOfTables(value any) bool {
	switch list := value.(type) {
	case []map[string]any:
		return true
	case []any:
		return len(list) > 0 && !slices.ContainsFunc(list, func(element any) bool { return !isTable(element) })
	}
	return false
}

// maxPlaced is how many tables of lists get their lines, which takes another look at the text for each.
const maxPlaced = 100

// header is the beginning of a line that begins a table of a list, [[like.this]], or looks as if.
var header = regexp.MustCompile(`(?m)^[ \t]*\[\[`)

// placeLists gives tables in lists their lines. A text that is cut before a header ends with the table before it, which is
// the last one then; one that is cut anywhere else, in a string or in a list, cannot be read.
func placeLists(all []entry, text string) {
	if !slices.ContainsFunc(all, entry.holdsList) {
		return
	}
	for _, place := range header.FindAllStringIndex(text, maxPlaced+1) {
		var before map[string]toml.Primitive
		if metadata, err := toml.Decode(text[:place[0]], &before); err == nil {
			placeLast(all, &metadata, before)
		}
	}
}

// holdsList reports whether an entry is a list of tables, or has one in it.
func (e entry) holdsList() bool {
	return e.list != nil || slices.ContainsFunc(e.table, entry.holdsList)
}

// placeLast gives the last table that each list has in a part of the text its lines.
func placeLast(all []entry, metadata *toml.MetaData, part map[string]toml.Primitive) {
	for i := range all {
		e := &all[i]
		value, ok := part[e.key]
		if !ok || !e.holdsList() {
			continue
		}
		var tables []map[string]toml.Primitive
		var table map[string]toml.Primitive
		switch {
		case e.list == nil && metadata.PrimitiveDecode(value, &table) == nil:
			placeLast(e.table, metadata, table)
		case e.list != nil && metadata.PrimitiveDecode(value, &tables) == nil && len(tables) > 0:
			last := len(tables) - 1
			_ = e.unfoldElement(metadata, last, lineOf(metadata, value), tables[last]) // of the whole text it was no error
		}
	}
}
