package config

import "reflect"

// unbuilt are the keys that nothing honours yet, with what is missing. They are refused unless they are at their
// default: nobody shall rely on a limit that is not there.
var unbuilt = map[string]string{
	"ledger.postgres": "the fleet's ledger is not built yet",
	"ledger.node":     "the fleet's ledger is not built yet",
}

// checkUnbuilt refuses what would be ignored.
func (r *reading) checkUnbuilt() {
	standard := Default()
	for k := range keys() {
		missing, ok := unbuilt[k.name]
		if !ok || reflect.DeepEqual(k.of(&r.config).Interface(), k.of(&standard).Interface()) {
			continue
		}
		r.report(k.name, "%s; leave it %s", missing, formatField(k.of(&standard)))
	}
}
