package load

import "sixseed/seeder/wire/message"

// cursor walks through the blocks of a torrent, round and round.
type cursor struct {
	torrent *Torrent
	offset  int64 // of the next block in the torrent
}

// cursorAt begins with the piece at a share of the torrent, so that peers spread over it: number of count.
func cursorAt(t *Torrent, number, count int) cursor {
	pieces := (t.Length + t.PieceLength - 1) / t.PieceLength
	return cursor{torrent: t, offset: pieces * int64(number) / int64(count) * t.PieceLength}
}

// appendRequest appends the request for the next block and goes on to the one after it.
func (c *cursor) appendRequest(b []byte) []byte {
	length := c.torrent.blockAt(c.offset)
	b = message.AppendBlock(b, message.Request, message.Block{
		Piece:  uint32(c.offset / c.torrent.PieceLength),
		Begin:  uint32(c.offset % c.torrent.PieceLength),
		Length: uint32(length),
	})
	if c.offset += length; c.offset >= c.torrent.Length {
		c.offset = 0
	}
	return b
}

// blockAt is the length of the block that begins at offset: all but the last are BlockLength long.
func (t *Torrent) blockAt(offset int64) int64 { return min(BlockLength, t.Length-offset) }
