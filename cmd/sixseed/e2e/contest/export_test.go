package contest

var ParseStat = parseStat

// Plus returns both turns as one.
func (t Turn) Plus(other Turn) Turn { return t.plus(other) }
