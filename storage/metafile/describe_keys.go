package metafile

// text returns the string at key, "" if there is none.
func (d *Description) text(e members, key string) string {
	value := e.get(key)
	text, ok := value.text()
	d.expect(value == nil || ok, key, "a string")
	return text
}

// number returns the integer at key, 0 if there is none.
func (d *Description) number(e members, key string) int64 {
	value := e.get(key)
	number, ok := value.number()
	d.expect(value == nil || ok, key, "an integer of 64 bits")
	return number
}

// texts returns the strings at key, which may be one string instead of a list.
func (d *Description) texts(e members, key string) []string {
	value := e.get(key)
	texts, ok := value.texts()
	d.expect(value == nil || ok, key, "a string or a list of strings")
	return texts
}

// expect notes that a key's value is not of its type.
func (d *Description) expect(ok bool, key, kind string) {
	if !ok {
		d.note("wrong-type", "key %.64q is not %s", key, kind)
	}
}

// unknown returns the keys that are not in known.
func unknown(e members, known map[string]bool) []string {
	var keys []string
	for _, member := range e {
		if !known[member.key] {
			keys = append(keys, member.key)
		}
	}
	return keys
}

// keys returns a set of keys.
func keys(known ...string) map[string]bool {
	set := make(map[string]bool, len(known))
	for _, key := range known {
		set[key] = true
	}
	return set
}
