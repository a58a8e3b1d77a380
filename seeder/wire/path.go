package wire

import (
	"time"

	"golang.org/x/sys/unix"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
)

// Paths returns how packets fare on connections of a family on which blocks have gone out since the last call: no more
// than limit.
func (e *Endpoint) Paths(f family.Family, limit int) []bandwidth.Path {
	e.mu.Lock()
	defer e.mu.Unlock()
	var paths []bandwidth.Path
	for c := range e.peers {
		if len(paths) == limit {
			break
		}
		if c.family != f || !c.hasWritten() && c.seen.unsent == 0 {
			continue
		}
		if path, ok := c.path(); ok {
			paths = append(paths, path)
		}
	}
	return paths
}

// sight is what was seen of a connection when its path was looked at last.
type sight struct {
	written int64  // bytes of blocks that the socket had taken
	sent    uint64 // bytes that TCP had sent, once
	arrived uint64 // bytes of these that the peer had acknowledged
	unsent  uint32 // bytes that the socket held and TCP had not sent
	resent  uint32 // packets that had been sent again
}

// hasWritten reports whether the socket took blocks since the last call. The endpoint's lock is held.
func (c *Conn) hasWritten() bool {
	written, before := c.traffic.Traffic().Payload, c.seen.written
	c.seen.written = written
	return written != before
}

// path asks TCP. It is not ok if that has sent nothing since. The endpoint's lock is held.
func (c *Conn) path() (path bandwidth.Path, ok bool) {
	if c.raw == nil {
		return path, false
	}
	err := c.raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			return
		}
		sent, before := info.Bytes_sent-info.Bytes_retrans, c.seen
		c.seen.sent, c.seen.arrived = sent, info.Bytes_acked
		c.seen.resent, c.seen.unsent = info.Total_retrans, info.Notsent_bytes
		path = bandwidth.Path{
			RTT:       time.Duration(info.Rtt) * time.Microsecond,
			Deviation: time.Duration(info.Rttvar) * time.Microsecond,
			Base:      time.Duration(info.Min_rtt) * time.Microsecond,
			Lost:      info.Total_retrans != before.resent,
			Sent:      int64(sent - before.sent),                //nolint:gosec // no connection sends so much
			Arrived:   int64(info.Bytes_acked - before.arrived), //nolint:gosec // as above
		}
		ok = path.Sent > 0
	})
	return path, ok && err == nil
}
