package metafile

import (
	"errors"
	"fmt"
	"slices"
)

// target is a .torrent that is being edited.
type target struct {
	outer         members
	name          string
	hasV1, hasV2  bool
	private       bool
	before, after Editable
	faults        map[string]error // of keys that cannot be read, and so not be edited
	warnings      []string
}

// readTarget reads what an edit needs to know. What it does not need may be wrong.
func readTarget(data []byte) (*target, error) {
	if len(data) > maxSize {
		return nil, tooLarge()
	}
	outer, odd, err := readMembers(data)
	if err != nil {
		return nil, fmt.Errorf("not a torrent: %w", err)
	}
	t := &target{outer: outer, faults: map[string]error{}}
	if err := t.readInfo(); err != nil {
		return nil, fmt.Errorf("not a torrent: %w", err)
	}
	for _, lint := range odd {
		if lint.Code == "trailing-bytes" {
			lint.Text += "; an edit leaves out what follows"
		}
		t.warn("%s", lint.Text)
	}
	t.readEditable()
	return t, nil
}

// readMembers returns the members of the dictionary that data begin with, and what is odd about its encoding: keys that
// are not sorted, and bytes after the end. A key that is there twice, at any depth, is an error: programs differ in
// which of the two they take.
func readMembers(data []byte) (members, []Lint, error) {
	length, odd, err := survey(data)
	if err == nil {
		err = checkBencoding(data[:length])
	}
	if err != nil {
		return nil, nil, err
	}
	all, ok := bencoded(data[:length]).members()
	if !ok {
		return nil, nil, errors.New("not a dictionary")
	}
	return all, odd, nil
}

// readInfo reads from the info dictionary which versions of the format it has, and whether it is private.
func (t *target) readInfo() error {
	info, ok := t.outer.get("info").members()
	if !ok {
		return errors.New(`no key "info" with a dictionary`)
	}
	t.hasV1, t.hasV2 = info.get("pieces") != nil, info.get("file tree") != nil
	if !t.hasV1 && !t.hasV2 {
		return errors.New(`key "info": neither "pieces" nor "file tree"`)
	}
	t.name, _ = info.get("name").text() // for people only
	private, isNumber := info.get("private").number()
	t.private = isNumber && private != 0 // BEP 27 knows 1 alone; clients take any other number for it too
	return nil
}

func (t *target) warn(format string, args ...any) {
	t.warnings = append(t.warnings, fmt.Sprintf(format, args...))
}

// moves returns whether peers or data are to be looked for elsewhere after the edit.
func (t *target) moves() bool {
	return t.before.Announce != t.after.Announce || !equalTiers(t.before.Tiers, t.after.Tiers) ||
		!slices.Equal(t.before.Webseeds, t.after.Webseeds)
}
