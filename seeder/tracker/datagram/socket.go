// Package datagram reads and answers UDP datagrams in batches, many for one system call, and without allocating.
//
// The answer to a datagram is written over it, in the same buffer, and goes back by the header the datagram came with:
// to where it came from, and from the address it was sent to. A host with many addresses must answer from the one that
// was asked, for the asker's kernel and every firewall on the way know no other.
//
// The sockets are not in the runtime's poller. That asks the kernel to be woken also whenever a socket can be written
// to, which is each time that somebody takes an answer; a thread that waits in the read itself is woken for questions.
package datagram

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/policy/family"
)

// queueBytes is how much may wait in the kernel at one socket: some thousands of questions, which is what comes while
// the process is busy with something else for a few milliseconds. The kernel may allow less (net.core.rmem_max).
const queueBytes = 4 << 20

// Socket is a UDP socket of one family.
type Socket struct {
	family family.Family
	addr   netip.AddrPort
	fd     int

	closing atomic.Bool
	using   sync.RWMutex // the file descriptor, which is closed when nobody does
}

// Listen opens n sockets at addr. The kernel spreads what arrives over them by the address and port it comes from, so
// that each can be read by a goroutine of its own. An IPv6 socket takes nothing over IPv4 (IPV6_V6ONLY), hence the
// address 0.0.0.0 and the address :: can be used side by side with one port. Port 0 is a free one, the same for all n.
//
// It is an error if any socket is at addr already, even one of the same program.
func Listen(ctx context.Context, addr netip.AddrPort, n int) ([]*Socket, error) {
	addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	sockets := make([]*Socket, 0, n)
	for range n {
		socket, err := open(ctx, addr, len(sockets) > 0)
		if err != nil {
			for _, opened := range sockets {
				err = errors.Join(err, opened.Close())
			}
			return nil, fmt.Errorf("listen for UDP at %s: %w", addr, err)
		}
		addr = socket.Addr()
		sockets = append(sockets, socket)
	}
	return sockets, nil
}

// open opens one socket of a group. The first is bound before it permits others beside it (SO_REUSEPORT), so that it
// fails where another program listens; the others join it.
func open(ctx context.Context, addr netip.AddrPort, joins bool) (*Socket, error) {
	var config net.ListenConfig
	if joins {
		config.Control = func(_, _ string, raw syscall.RawConn) error {
			return control(raw, func(fd int) error { return set(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
		}
	}
	s := &Socket{family: family.V4}
	network := "udp4"
	if addr.Addr().Is6() {
		s.family, network = family.V6, "udp6"
	}
	packets, err := config.ListenPacket(ctx, network, addr.String())
	if err != nil {
		return nil, err
	}
	defer func() { _ = packets.Close() }() // takes it out of the poller
	conn, _ := packets.(*net.UDPConn)      // which it is for these networks
	local, _ := conn.LocalAddr().(*net.UDPAddr)
	s.addr = netip.AddrPortFrom(local.AddrPort().Addr().Unmap(), local.AddrPort().Port())
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	return s, control(raw, s.adopt)
}

// control has do work on a file descriptor.
func control(raw syscall.RawConn, do func(fd int) error) error {
	var failed error
	err := raw.Control(func(fd uintptr) { failed = do(int(fd)) })
	return errors.Join(err, failed)
}

func set(fd, level, option, value int) error {
	return os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, level, option, value))
}

// adopt makes s the owner of a second file descriptor for the socket that fd is of, and makes calls on it wait.
func (s *Socket) adopt(fd int) error {
	own, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	s.fd = own
	err = errors.Join(
		os.NewSyscallError("fcntl", unix.SetNonblock(own, false)),
		set(own, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1),
		set(own, unix.SOL_SOCKET, unix.SO_RCVBUF, queueBytes),
		s.askForAddress(),
	)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

// askForAddress has the kernel tell with each datagram which address was asked, where that can be any of the host.
func (s *Socket) askForAddress() error {
	switch {
	case !s.addr.Addr().IsUnspecified():
		return nil
	case s.family == family.V6:
		return set(s.fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
	default:
		return set(s.fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
	}
}

// Family is that of the datagrams.
func (s *Socket) Family() family.Family { return s.family }

// Addr is where the socket listens.
func (s *Socket) Addr() netip.AddrPort { return s.addr }

// SetPatience has Receive end with os.ErrDeadlineExceeded when nothing has come for so long. 0 is for ever.
func (s *Socket) SetPatience(patience time.Duration) error {
	limit := unix.NsecToTimeval(patience.Nanoseconds())
	return s.use(func() error {
		return os.NewSyscallError("setsockopt", unix.SetsockoptTimeval(s.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit))
	})
}

// WriteTo sends one datagram. The address can have no zone.
func (s *Socket) WriteTo(packet []byte, addr netip.AddrPort) error {
	return s.use(func() error {
		var to unix.Sockaddr = &unix.SockaddrInet6{Addr: addr.Addr().As16(), Port: int(addr.Port())}
		if s.family == family.V4 {
			to = &unix.SockaddrInet4{Addr: addr.Addr().As4(), Port: int(addr.Port())}
		}
		return os.NewSyscallError("sendto", unix.Sendto(s.fd, packet, 0, to))
	})
}

// Close ends Receive and Send, and waits until they have returned.
func (s *Socket) Close() error {
	if s.closing.Swap(true) {
		return net.ErrClosed
	}
	// It says that the socket is not connected, but it wakes all who wait for it, and nobody waits any more after that.
	_ = unix.Shutdown(s.fd, unix.SHUT_RDWR)
	s.using.Lock()
	defer s.using.Unlock()
	return os.NewSyscallError("close", unix.Close(s.fd))
}

// use has do work on the socket's file descriptor while that is open.
func (s *Socket) use(do func() error) error {
	s.using.RLock()
	defer s.using.RUnlock()
	if s.closing.Load() {
		return net.ErrClosed
	}
	err := do()
	if s.closing.Load() {
		return net.ErrClosed
	}
	return err
}
