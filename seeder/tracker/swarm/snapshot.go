package swarm

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"time"
)

// A snapshot is a line that says what it is, and then frames: one with the header, one for every shard, and an empty one
// that says that it is whole. A frame is the length of its content in 4 bytes, the content, and the content's CRC-32C.
// All numbers are big-endian.
//
// The header is the time of writing in Unix seconds (8 bytes) and the secret that tags were made with (16).
// A shard is its swarms, one after the other:
//
//	20  info-hash
//	 4  downloaded
//	 4  number of IPv6 peers, and then these: 18 bytes of endpoint, 2 of stamp, 4 of tag
//	 4  number of IPv4 peers, and then these: 6 bytes of endpoint, 2 of stamp, 4 of tag
//
// A stamp has the age of the peer in minutes where the store has the minute.

// snapshotMagic begins a snapshot. A store that is written otherwise has another number.
const snapshotMagic = "sixseed swarms 1\n"

const (
	headerSize      = 8 + len(Secret{})
	swarmHeaderSize = len(InfoHash{}) + 4
	// longestFrame is more than any shard will take, and less than would hurt.
	longestFrame = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Write writes a snapshot of the store as it is now, by its minutes and by the wall clock. Every shard is locked for as
// long as it takes to copy it; the snapshot is of no one moment.
func (s *Store) Write(to io.Writer, now Minute, at time.Time) error {
	w := bufio.NewWriterSize(to, 1<<16)
	if _, err := w.WriteString(snapshotMagic); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	header := binary.BigEndian.AppendUint64(nil, uint64(at.Unix())) //nolint:gosec // read back the same way
	frame := append(header, s.config.Secret[:]...)
	if err := writeFrame(w, frame); err != nil {
		return err
	}
	for i := range s.shards {
		if frame = s.shards[i].encode(frame[:0], now); len(frame) == 0 {
			continue
		}
		if err := writeFrame(w, frame); err != nil {
			return err
		}
	}
	if err := writeFrame(w, nil); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

func (sh *shard) encode(frame []byte, now Minute) []byte {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for infoHash, w := range sh.swarms {
		frame = append(frame, infoHash[:]...)
		frame = binary.BigEndian.AppendUint32(frame, w.downloaded)
		frame = encode(frame, &w.v6, now)
		frame = encode(frame, &w.v4, now)
	}
	return frame
}

func encode[E endpoint](frame []byte, t *table[E], now Minute) []byte {
	frame = binary.BigEndian.AppendUint32(frame, t.n)
	for _, p := range t.list() {
		frame = append(frame, bytesOf(&p.endpoint)...)
		frame = binary.BigEndian.AppendUint16(frame, uint16(p.stamp.at(p.stamp.age(now))))
		frame = binary.BigEndian.AppendUint32(frame, uint32(p.tag))
	}
	return frame
}

func writeFrame(w io.Writer, content []byte) error {
	var number [4]byte
	binary.BigEndian.PutUint32(number[:], uint32(len(content))) //nolint:gosec // far below longestFrame
	_, err := w.Write(number[:])
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		binary.BigEndian.PutUint32(number[:], crc32.Checksum(content, castagnoli))
		_, err = w.Write(number[:])
	}
	if err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}
