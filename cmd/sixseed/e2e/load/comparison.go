package load

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// comparison holds the blocks that come to the torrent's data, and to what was asked for.
type comparison struct {
	torrent *Torrent
	asked   map[int64]int // requests outstanding, by the block's offset in the torrent
	offset  int64         // of what comes next
	want    []byte
}

func newComparison(t *Torrent) *comparison {
	return &comparison{torrent: t, asked: make(map[int64]int)}
}

// ask is told that the block at offset is asked for.
func (c *comparison) ask(offset int64) { c.asked[offset]++ }

// begin is told of a block of so many bytes whose piece and begin are in head.
func (c *comparison) begin(head []byte, length int) error {
	if len(head) < 8 {
		return fmt.Errorf("a piece message without a block")
	}
	piece, begin := binary.BigEndian.Uint32(head), binary.BigEndian.Uint32(head[4:])
	c.offset = int64(piece)*c.torrent.PieceLength + int64(begin)
	if c.asked[c.offset] == 0 || int64(length) != c.torrent.blockAt(c.offset) {
		return fmt.Errorf("%d bytes of piece %d at %d were not asked for", length, piece, begin)
	}
	if c.asked[c.offset]--; c.asked[c.offset] == 0 {
		delete(c.asked, c.offset)
	}
	return nil
}

// compare is given the block's data, in parts.
func (c *comparison) compare(data []byte) error {
	c.want = append(c.want[:0], data...) // as long
	if _, err := c.torrent.Data.ReadAt(c.want, c.offset); err != nil {
		return fmt.Errorf("read what should be at %d: %w", c.offset, err)
	}
	if !bytes.Equal(data, c.want) {
		return fmt.Errorf("wrong data within %d bytes at %d", len(data), c.offset)
	}
	c.offset += int64(len(data))
	return nil
}
