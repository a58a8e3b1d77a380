package config

// Keys lists the names of all keys and tables, in order, and whether a running daemon can take a change.
func Keys() (names []string, live map[string]bool) {
	live = map[string]bool{}
	for k := range keys() {
		names = append(names, k.name)
		live[k.name] = k.isLive()
	}
	return names, live
}

// Unbuilt lists the keys that nothing honours yet.
func Unbuilt() map[string]string { return unbuilt }

// Comments returns the lines of each key's comment.
func Comments() map[string][]string { return fieldComments() }
