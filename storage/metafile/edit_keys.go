package metafile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/anacrolix/torrent/bencode"
)

// readEditable fills in what the keys say before the edit, and what they say after it as long as nothing changes that.
func (t *target) readEditable() {
	t.before = Editable{Announce: t.text("announce"), Comment: t.text("comment")}
	t.before.Tiers = t.tiers()
	if value := t.outer.get("url-list"); value != nil {
		urls, ok := value.texts()
		t.expect(ok, "url-list", "a URL or a list of them")
		t.before.Webseeds = withoutEmpty(urls)
	}
	t.after = t.before
}

// text returns the string that is the value of key, empty if there is none.
func (t *target) text(key string) string {
	text, ok := t.outer.get(key).text()
	t.expect(ok || t.outer.get(key) == nil, key, "a string")
	return text
}

// expect notes that the value of key is of the wrong kind.
func (t *target) expect(ok bool, key, kind string) {
	if !ok {
		t.faults[key] = fmt.Errorf("key %q is not %s, and would be lost", key, kind)
	}
}

// tiers returns the trackers as they are written. As for Parse, a flat list is one tier, and "announce" counts where
// "announce-list" names none.
func (t *target) tiers() (tiers [][]string) {
	value := t.outer.get("announce-list")
	items, ok := value.items()
	t.expect(ok || value == nil, "announce-list", "a list")
	var flat []string
	for _, item := range items {
		urls, ok := item.texts()
		t.expect(ok, "announce-list", "a list of lists of URLs")
		urls = withoutEmpty(urls)
		switch {
		case len(urls) == 0:
		case item[0] == 'l':
			tiers = append(tiers, urls)
		default:
			flat = append(flat, urls...)
		}
	}
	if len(flat) > 0 {
		tiers = append(tiers, flat)
	}
	if len(tiers) == 0 && t.before.Announce != "" {
		tiers = [][]string{{t.before.Announce}}
	}
	return tiers
}

// check returns why the edit cannot be written: a key that would change could not be read, and so something in it would
// be lost, or Parse would leave out some of the URLs.
func (t *target) check() error {
	changes := map[string]bool{
		"announce":      t.before.Announce != t.after.Announce,
		"announce-list": !equalTiers(t.before.Tiers, t.after.Tiers),
		"url-list":      !slices.Equal(t.before.Webseeds, t.after.Webseeds),
		"comment":       t.before.Comment != t.after.Comment,
	}
	for _, key := range []string{"announce", "announce-list", "url-list", "comment"} {
		if err := t.faults[key]; err != nil && changes[key] {
			return err
		}
	}
	if is := countURLs(t.after.Tiers); is > maxURLs && is > countURLs(t.before.Tiers) {
		return fmt.Errorf("%d trackers: more than %d", is, maxURLs)
	}
	if is := len(t.after.Webseeds); is > maxURLs && is > len(t.before.Webseeds) {
		return fmt.Errorf("%d webseeds: more than %d", is, maxURLs)
	}
	return nil
}

// set writes the keys that the edit changes.
func (t *target) set() error {
	values := t.values()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if values[key] == nil {
			t.outer = t.outer.with(key, nil)
			continue
		}
		raw, err := bencode.Marshal(values[key])
		if err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		t.outer = t.outer.with(key, raw)
	}
	return nil
}

// values returns what the keys that the edit changes are to say, nil for those that are to go. It warns of what that
// takes away, or does not reach.
func (t *target) values() map[string]any {
	values := map[string]any{}
	if t.before.Announce != t.after.Announce {
		values["announce"] = orNone(t.after.Announce)
	}
	if !equalTiers(t.before.Tiers, t.after.Tiers) {
		values["announce-list"] = t.tierValue()
		if t.before.stray() && t.before.Announce != t.after.Announce {
			t.warn("announce %q was in no tier: the edit replaces it", t.before.Announce)
		}
	}
	if !slices.Equal(t.before.Webseeds, t.after.Webseeds) {
		values["url-list"] = t.webseedValue()
	}
	if t.before.Comment != t.after.Comment {
		values["comment"] = orNone(t.after.Comment)
		if t.outer.get("comment.utf-8") != nil {
			t.warn(`key "comment.utf-8" stays as it is, and some clients show it instead of "comment"`)
		}
	}
	return values
}

// tierValue returns the value of "announce-list". A single URL is what "announce" is for, unless there was a list.
func (t *target) tierValue() any {
	urls := countURLs(t.after.Tiers)
	if urls == 0 || urls == 1 && t.outer.get("announce-list") == nil {
		return nil
	}
	return t.after.Tiers
}

// webseedValue returns the value of "url-list", for one URL in the form it was in: a string, or a list.
func (t *target) webseedValue() any {
	before := t.outer.get("url-list")
	switch urls := t.after.Webseeds; {
	case len(urls) == 0:
		return nil
	case len(urls) == 1 && (before == nil || before[0] != 'l'):
		return urls[0]
	default:
		return urls
	}
}

// orNone returns text, or nil if it is empty.
func orNone(text string) any {
	if text == "" {
		return nil
	}
	return text
}
