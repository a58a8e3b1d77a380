package config

import (
	"cmp"
	"fmt"
	"strings"
)

// scheduleKey is the name of the list of windows.
const scheduleKey = "policy.schedule"

// setSchedule takes over a list of tables, a window each.
func (r *reading) setSchedule(windows entry) {
	list, isList := windows.value.([]any)
	if windows.list == nil && (!isList || len(list) > 0) {
		r.report(windows.name, "is %s, must be a list of tables: write [[%s]]", kindOf(windows.value), windows.name)
		return
	}
	schedule := make([]Window, len(windows.list))
	for i, window := range windows.list {
		r.lines[window.name] = cmp.Or(window.line, windows.line)
		r.setWindow(window, &schedule[i])
	}
	r.config.Policy.Schedule = schedule
}

// setWindow takes over one window.
func (r *reading) setWindow(window entry, into *Window) {
	for _, e := range window.table {
		r.lines[e.name] = cmp.Or(e.line, r.lines[window.name])
		k, ok := keyNamed(scheduleKey+"."+e.key, windowKeys())
		switch {
		case !ok:
			r.report(e.name, "unknown key%s", suggestion(scheduleKey+"."+e.key, windowKeys()))
		case e.table != nil:
			r.report(e.name, "is a table, must be a string")
		default:
			r.set(k, e.name, e.value, k.ofWindow(into))
		}
	}
}

// checkSchedule wants windows that name a limit.
func (r *reading) checkSchedule() {
	for i, window := range r.config.Policy.Schedule {
		name := windowName(i)
		nothing := window.Upload == nil && window.IPv6Upload == nil && window.IPv4Upload == nil && window.IPv4Floor == nil
		if nothing && !r.isBadWithin(name) {
			r.report(name, "names no limit: set upload, ipv6_upload, ipv4_upload or ipv4_floor")
		}
	}
}

// windowName is how problems call the window with that index.
func windowName(i int) string { return fmt.Sprintf("%s[%d]", scheduleKey, i) }

// isBadWithin reports whether a key in a table was refused.
func (r *reading) isBadWithin(table string) bool {
	for name := range r.bad {
		if strings.HasPrefix(name, table+".") {
			return true
		}
	}
	return false
}
