package family

// Pair holds one value per family, so that what is counted for one cannot be forgotten for the other.
type Pair[T any] struct {
	V4 T `json:"ipv4"`
	V6 T `json:"ipv6"`
}

// At returns the place of family f, to read or to change.
func (p *Pair[T]) At(f Family) *T {
	if f == V6 {
		return &p.V6
	}
	return &p.V4
}

// Get returns the value of family f.
func (p Pair[T]) Get(f Family) T { return *p.At(f) }

// Both returns a pair whose values are made by value, which is called once per family.
func Both[T any](value func(Family) T) Pair[T] {
	return Pair[T]{V4: value(V4), V6: value(V6)}
}
