package config

import "reflect"

// Changes compares two configurations and names the keys that differ: those that a running daemon can take over, and
// those for which it must be started anew.
func Changes(old, updated Config) (live, restart []string) {
	for k := range keys() {
		if k.isTable() || reflect.DeepEqual(k.of(&old).Interface(), k.of(&updated).Interface()) {
			continue
		}
		if k.isLive() {
			live = append(live, k.name)
		} else {
			restart = append(restart, k.name)
		}
	}
	return live, restart
}
