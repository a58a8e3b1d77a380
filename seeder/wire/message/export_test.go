package message

// Kept is how many bytes of memory f holds beside itself.
func (f *Frames) Kept() int {
	if cap(f.part) <= len(f.room) {
		return 0
	}
	return cap(f.part)
}
