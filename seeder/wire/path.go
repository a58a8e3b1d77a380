package wire

import (
	"time"

	"golang.org/x/sys/unix"

	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
)

// Paths returns how packets fare on connections of a family that were sent to since the last call: no more than limit.
func (e *Endpoint) Paths(f family.Family, limit int) []bandwidth.Path {
	e.mu.Lock()
	defer e.mu.Unlock()
	var paths []bandwidth.Path
	for c := range e.peers {
		if len(paths) == limit {
			break
		}
		if c.family != f || !c.wasSentTo() {
			continue
		}
		if path, ok := c.path(); ok {
			paths = append(paths, path)
		}
	}
	return paths
}

// wasSentTo reports whether blocks went out since the last call. The endpoint's lock is held.
func (c *Conn) wasSentTo() bool {
	sent := c.traffic.Traffic().Payload
	before := c.seen
	c.seen = sent
	return sent != before
}

// path asks TCP. The endpoint's lock is held.
func (c *Conn) path() (path bandwidth.Path, ok bool) {
	if c.raw == nil {
		return path, false
	}
	err := c.raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			return
		}
		path = bandwidth.Path{
			RTT:       time.Duration(info.Rtt) * time.Microsecond,
			Deviation: time.Duration(info.Rttvar) * time.Microsecond,
			Base:      time.Duration(info.Min_rtt) * time.Microsecond,
			Lost:      info.Total_retrans != c.lost,
		}
		c.lost = info.Total_retrans
		ok = true
	})
	return path, ok && err == nil
}
