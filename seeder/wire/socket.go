package wire

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"sixseed/policy/family"
)

// control is tune for package net, which calls it before a socket is bound or connected, so that the first packet has its
// mark too. What is accepted from a listener has the listener's options.
func (e *Endpoint) control(packets, class family.Family) func(network, address string, raw syscall.RawConn) error {
	return func(_, _ string, raw syscall.RawConn) error {
		e.tune(raw, packets, class)
		return nil
	}
}

// tune sets the options of a socket for peers of a class. Which options there are depends on the family of its packets.
// A peer can be served without them, so that the log is told what is missing, but only once.
func (e *Endpoint) tune(raw syscall.RawConn, packets, class family.Family) {
	dscp := e.settings.Load().DSCP.Get(class)
	var err error
	closed := raw.Control(func(fd uintptr) {
		err = errors.Join(setBacklog(fd, backlogOf(class)), mark(fd, packets, dscp))
	})
	if closed == nil && err != nil {
		e.untuned.Do(func() { e.Log.Warn("sockets of peers lack options", "family", packets, "error", err) })
	}
}

// setBacklog bounds what a socket takes beyond what TCP has on its way.
func setBacklog(fd uintptr, bytes int) error {
	if err := unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, bytes); err != nil {
		return fmt.Errorf("bound what is not sent: %w", err)
	}
	return nil
}

// noteFull has the bound of the backlog follow the peer's rate, when the socket takes no more. c.out is held.
func (c *Conn) noteFull(fd uintptr) {
	if c.family == family.V6 {
		return
	}
	if bytes, changed := c.backlog.refilled(c.endpoint.Now()); changed {
		_ = setBacklog(fd, bytes) // or it stays as it was
	}
}

// noteWritten does so after a write that may have waited, if the socket takes no more now. c.out is held.
func (c *Conn) noteWritten() {
	if c.raw == nil || c.family == family.V6 {
		return
	}
	_ = c.raw.Control(func(fd uintptr) {
		held, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQNSD)
		if err == nil && held >= c.backlog.bound() {
			c.noteFull(fd)
		}
	})
}

// mark sets the code point (DSCP) of a socket's packets. The two bits below it are those of ECN (RFC 3168), which the
// kernel keeps as they are.
func mark(fd uintptr, packets family.Family, dscp uint8) error {
	level, option := unix.IPPROTO_IP, unix.IP_TOS
	if packets == family.V6 {
		level, option = unix.IPPROTO_IPV6, unix.IPV6_TCLASS
	}
	const ecnBits = 2
	if err := unix.SetsockoptInt(int(fd), level, option, int(dscp)<<ecnBits); err != nil {
		return fmt.Errorf("mark packets with DSCP %d: %w", dscp, err)
	}
	return nil
}
