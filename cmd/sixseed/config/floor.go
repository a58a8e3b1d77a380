package config

// limitKey is a rate for which a window of the schedule can set another.
type limitKey struct {
	name       string // of the key that holds at all times
	rate       Rate
	windowName string // of the key in a window
	in         func(Window) *Rate
}

// limit is what such a rate is at some time.
type limit struct {
	name  string // of the key that sets it
	rate  Rate
	own   bool // a window sets it
	known bool // its key was not refused, and no window sets it but the one that is looked at
}

// checkFloors wants floors that the limits leave room for, at all times and while one window of the schedule is open. What
// several windows make together is not looked at.
func (r *reading) checkFloors() {
	policy := r.config.Policy
	upload := policy.Upload.Rate
	if policy.Upload.Auto {
		upload = UnlimitedRate
	}
	floor := limitKey{"policy.ipv4.floor", policy.IPv4.Floor, "ipv4_floor", func(w Window) *Rate { return w.IPv4Floor }}
	for _, above := range [...]limitKey{
		{"policy.ipv4.upload", policy.IPv4.Upload, "ipv4_upload", func(w Window) *Rate { return w.IPv4Upload }},
		{"policy.upload", upload, "upload", func(w Window) *Rate { return w.Upload }},
	} {
		r.checkFloor(r.always(floor), r.always(above))
		for i := range policy.Schedule {
			r.checkFloor(r.during(i, floor), r.during(i, above))
		}
	}
}

// checkFloor wants a floor that is a rate, and not more than a limit.
func (r *reading) checkFloor(floor, above limit) {
	switch {
	case !floor.known:
	case floor.rate == UnlimitedRate:
		r.report(floor.name, `%q is no rate to keep: use one such as "10 Mbit/s", or "0"`, floor.rate)
	case !above.known || floor.rate <= above.rate:
	case above.own && !floor.own:
		r.report(above.name, "%q is less than %s, %q: set ipv4_floor here too", above.rate, floor.name, floor.rate)
	default:
		r.report(floor.name, "%q is more than %s, %q", floor.rate, above.name, above.rate)
	}
}

// always returns the limit that holds while no window is open.
func (r *reading) always(k limitKey) limit {
	return limit{name: k.name, rate: k.rate, known: !r.isBad(k.name)}
}

// during returns the limit that holds while no window is open but the one with that index.
func (r *reading) during(index int, k limitKey) limit {
	l := r.always(k)
	for i, window := range r.config.Policy.Schedule {
		switch rate := k.in(window); {
		case rate == nil:
		case i == index:
			name := windowName(i) + "." + k.windowName
			return limit{name: name, rate: *rate, own: true, known: !r.isBad(name)}
		default:
			l.known = false // it may be open at the same time
		}
	}
	return l
}
