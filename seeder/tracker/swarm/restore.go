package swarm

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"
)

// ErrDamaged says that a snapshot is not, or not wholly, what Write wrote.
var ErrDamaged = errors.New("snapshot is damaged")

// Read returns a store with what is in a snapshot, now and by the wall clock. Peers have grown older by the time that
// has passed since it was written, and those that are too old are left out. The store makes tags as the one before did,
// whatever the config's secret. A snapshot that is damaged, cut short or of another version is refused as a whole.
func Read(from io.Reader, config Config, now Minute, at time.Time) (*Store, error) {
	r := &snapshotReader{r: bufio.NewReaderSize(from, 1<<16), now: now}
	header, err := r.header()
	if err != nil {
		return nil, err
	}
	config.Secret = Secret(header[8:])
	written := time.Unix(int64(binary.BigEndian.Uint64(header)), 0) //nolint:gosec // as it was written
	r.passed = Minute(max(0, min(at.Sub(written)/time.Minute, time.Duration(minuteMask))))
	s := New(config)
	for number := 0; ; number++ {
		frame, err := r.frame()
		if err != nil {
			return nil, fmt.Errorf("shard %d: %w", number, err)
		}
		if len(frame) == 0 {
			return s, nil
		}
		for len(frame) > 0 {
			if frame, err = r.swarm(s, frame); err != nil {
				return nil, fmt.Errorf("shard %d: %w", number, err)
			}
		}
	}
}

// snapshotReader reads a snapshot frame by frame.
type snapshotReader struct {
	r       *bufio.Reader
	content bytes.Buffer
	now     Minute
	passed  Minute // since it was written
}

func (r *snapshotReader) header() ([]byte, error) {
	magic := make([]byte, len(snapshotMagic))
	if _, err := io.ReadFull(r.r, magic); err != nil || string(magic) != snapshotMagic {
		return nil, fmt.Errorf("%w: it does not begin with %q", ErrDamaged, snapshotMagic)
	}
	header, err := r.frame()
	if err == nil && len(header) != headerSize {
		err = fmt.Errorf("%w: a header of %d bytes", ErrDamaged, len(header))
	}
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	return bytes.Clone(header), nil
}

// frame returns the content of the next frame, which is good until the one after that. Memory is taken as the content
// comes, so that a length that is not true costs nothing.
func (r *snapshotReader) frame() ([]byte, error) {
	length, err := r.number()
	if err != nil {
		return nil, err
	}
	if length > longestFrame {
		return nil, fmt.Errorf("%w: a frame of %d bytes", ErrDamaged, length)
	}
	r.content.Reset()
	if _, err := io.CopyN(&r.content, r.r, int64(length)); err != nil {
		return nil, cutShort(err)
	}
	sum, err := r.number()
	if err != nil {
		return nil, err
	}
	if sum != crc32.Checksum(r.content.Bytes(), castagnoli) {
		return nil, fmt.Errorf("%w: its checksum is wrong", ErrDamaged)
	}
	return r.content.Bytes(), nil
}

func (r *snapshotReader) number() (uint32, error) {
	var number [4]byte
	if _, err := io.ReadFull(r.r, number[:]); err != nil {
		return 0, cutShort(err)
	}
	return binary.BigEndian.Uint32(number[:]), nil
}

// cutShort tells a snapshot that ends too early from one that cannot be read.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends too early", ErrDamaged)
	}
	return fmt.Errorf("read snapshot: %w", err)
}

// swarm enters the swarm that content begins with and returns what follows it.
func (r *snapshotReader) swarm(s *Store, content []byte) (rest []byte, err error) {
	if len(content) < swarmHeaderSize {
		return nil, fmt.Errorf("%w: a swarm ends too early", ErrDamaged)
	}
	infoHash := InfoHash(content)
	sh := s.shard(&infoHash)
	if sh.swarms[infoHash] != nil {
		return nil, fmt.Errorf("%w: info-hash %x comes twice", ErrDamaged, infoHash)
	}
	w := sh.open(infoHash)
	w.downloaded = binary.BigEndian.Uint32(content[len(infoHash):])
	if rest, err = decode[endpoint6](r, sh, w, s.config.Lifetime, content[swarmHeaderSize:]); err == nil {
		rest, err = decode[endpoint4](r, sh, w, s.config.Lifetime, rest)
	}
	if err != nil {
		return nil, fmt.Errorf("swarm %x: %w", infoHash, err)
	}
	sh.settle(infoHash, w, true)
	return rest, nil
}

// decode enters the peers of one family that content begins with.
func decode[E endpoint](r *snapshotReader, sh *shard, w *swarm, lifetime Minute, content []byte) (rest []byte, err error) {
	if len(content) < 4 {
		return nil, fmt.Errorf("%w: it ends too early", ErrDamaged)
	}
	count, content := uint64(binary.BigEndian.Uint32(content)), content[4:]
	var e E
	size := len(e) + 2 + 4
	if count > maxPeers || count*uint64(size) > uint64(len(content)) {
		return nil, fmt.Errorf("%w: it ends before its %d peers", ErrDamaged, count)
	}
	t := tableOf[E](w)
	for ; count > 0; count-- {
		p := decodePeer[E](content)
		content = content[size:]
		if p.stamp.role() >= roles || t.find(sh.hasher, p.endpoint) >= 0 {
			return nil, fmt.Errorf("%w: no peer is like %s", ErrDamaged, addrPortOf(p.endpoint))
		}
		if age := Minute(p.stamp&minuteMask) + r.passed; age < lifetime {
			p.stamp = p.stamp.at(r.now - age)
			enter(sh, w, p)
		}
	}
	return content, nil
}

func decodePeer[E endpoint](content []byte) (p peer[E]) {
	copy(bytesOf(&p.endpoint), content)
	content = content[len(p.endpoint):]
	p.stamp = stamp(binary.BigEndian.Uint16(content))
	p.tag = Tag(binary.BigEndian.Uint32(content[2:]))
	return p
}
