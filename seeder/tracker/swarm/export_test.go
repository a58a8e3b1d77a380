package swarm

import (
	"encoding/binary"
	"hash/crc32"
)

// Resealed is what looks like a snapshot, with the checksums that its frames should have: mutations that a checksum
// would catch are of no use to a fuzzer.
func Resealed(content []byte) []byte {
	if len(content) < len(snapshotMagic) {
		return content
	}
	sealed := append([]byte(nil), content...)
	for frame := sealed[len(snapshotMagic):]; len(frame) >= 8; {
		length := uint64(binary.BigEndian.Uint32(frame))
		if length > uint64(len(frame)-8) {
			break
		}
		binary.BigEndian.PutUint32(frame[4+length:], crc32.Checksum(frame[4:4+length], castagnoli))
		frame = frame[8+length:]
	}
	return sealed
}
