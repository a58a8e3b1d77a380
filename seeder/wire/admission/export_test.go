package admission

// Books is how many connections, address blocks and torrents a door remembers, and how many strangers are counted in
// the blocks.
type Books struct{ Guests, Blocks, Torrents, Strangers int }

// Books returns what the door remembers.
func (d *Door[C]) Books() Books {
	d.mu.Lock()
	defer d.mu.Unlock()
	books := Books{Guests: len(d.guests), Blocks: len(d.blocks), Torrents: len(d.torrents)}
	for _, b := range d.blocks {
		books.Strangers += b.strangers
	}
	return books
}
