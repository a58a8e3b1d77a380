package datagram

import (
	"encoding/binary"
	"net/netip"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"sixseed/policy/family"
)

// controlRoom is what the larger of the two control messages takes that say which address was asked.
var controlRoom = unix.CmsgSpace(unix.SizeofInet6Pktinfo)

// header is the kernel's struct mmsghdr.
type header struct {
	unix.Msghdr
	length uint32 // of what was received
}

// place is what a header points to, beside the buffer.
type place struct {
	vector unix.Iovec
	source [unix.SizeofSockaddrInet6]byte // which is the larger one: that of IPv4 fits
}

// Batch is room for datagrams, and for the answers to them. It belongs to one socket and one goroutine.
type Batch struct {
	socket   *Socket
	room     int // bytes for each datagram
	headers  []header
	places   []place
	buffers  []byte
	controls []byte
	answers  []header // those of headers that are to be sent back

	received, unsent int
	receive, send    func() error // made once: a closure for each call would be garbage
}

// NewBatch returns room for size datagrams of up to room bytes each.
func (s *Socket) NewBatch(size, room int) *Batch {
	b := &Batch{
		socket: s, room: room,
		headers: make([]header, size), places: make([]place, size), answers: make([]header, 0, size),
		buffers: make([]byte, size*room), controls: make([]byte, size*controlRoom),
	}
	b.receive, b.send = b.receiveAny, b.sendAll
	for i := range b.headers {
		b.places[i].vector.Base = &b.buffers[i*room]
		b.headers[i].Name = &b.places[i].source[0]
		b.headers[i].Iov = &b.places[i].vector
		b.headers[i].SetIovlen(1)
		b.headers[i].Control = &b.controls[i*controlRoom]
	}
	b.received = size
	return b
}

// Receive waits for datagrams and returns how many there are: all that wait already, up to the size of the batch. It
// discards what the batch held. Its error is net.ErrClosed, os.ErrDeadlineExceeded, or the kernel's.
func (b *Batch) Receive() (int, error) {
	for i := range b.headers[:b.received] { // the kernel has written over these
		h := &b.headers[i]
		h.Namelen = unix.SizeofSockaddrInet6
		h.SetControllen(controlRoom)
		b.places[i].vector.SetLen(b.room)
	}
	b.received, b.answers = 0, b.answers[:0]
	err := b.socket.use(b.receive)
	return b.received, err
}

// From returns where datagram i came from.
func (b *Batch) From(i int) netip.AddrPort {
	source := &b.places[i].source
	port := binary.BigEndian.Uint16(source[2:]) // behind the family, in struct sockaddr_in and sockaddr_in6 alike
	if b.socket.family == family.V4 {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(source[4:])), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom16([16]byte(source[8:])).Unmap(), port)
}

// Buffer returns the buffer of datagram i, all its room, and how much of it the datagram takes. A datagram that did not
// fit is whole in neither, and is said to be longer than the room.
func (b *Batch) Buffer(i int) (buffer []byte, length int) {
	buffer = b.buffers[i*b.room : (i+1)*b.room : (i+1)*b.room]
	if b.headers[i].Flags&unix.MSG_TRUNC != 0 {
		return buffer, b.room + 1
	}
	return buffer, int(b.headers[i].length)
}

// Answer has the next Send send the first length bytes of the buffer of datagram i back. It may be called once for
// each datagram.
func (b *Batch) Answer(i, length int) {
	b.places[i].vector.SetLen(length)
	if b.headers[i].Controllen > 0 {
		b.freeRoute(b.controls[i*controlRoom:])
	}
	b.answers = append(b.answers, b.headers[i])
}

// freeRoute leaves of the control message which address was asked, but not through which interface: the way back is the
// routing table's business. Where only the interface tells what an address means, the source has it, too (RFC 4007).
func (b *Batch) freeRoute(control []byte) {
	at := unix.CmsgLen(0) // struct in_pktinfo begins with the interface
	if b.socket.family == family.V6 {
		at += 16 // and struct in6_pktinfo ends with it
	}
	binary.NativeEndian.PutUint32(control[at:], 0)
}

// Send sends the answers and returns how many of them the kernel refused to send. It waits while the socket's queue is
// full. Its error is net.ErrClosed.
func (b *Batch) Send() (unsent int, err error) {
	b.unsent = 0
	err = b.socket.use(b.send)
	return b.unsent, err
}

// receiveAny waits for the first datagram, and takes what is there then.
func (b *Batch) receiveAny() error {
	for {
		n, errno := b.call(unix.SYS_RECVMMSG, b.headers, unix.MSG_WAITFORONE)
		switch errno {
		case 0:
			b.received = n
			return nil
		case unix.EINTR:
		case unix.EAGAIN:
			return os.ErrDeadlineExceeded
		default:
			return os.NewSyscallError("recvmmsg", errno)
		}
	}
}

// sendAll sends all answers that can be sent.
func (b *Batch) sendAll() error {
	for sent := 0; sent < len(b.answers); {
		n, errno := b.call(unix.SYS_SENDMMSG, b.answers[sent:], 0)
		switch errno {
		case 0:
			sent += n
		case unix.EINTR:
		default: // it is about the first of them: there is no way back to that one, or its port is 0
			sent++
			b.unsent++
		}
	}
	return nil
}

// call makes a system call that takes a socket, headers, their number, flags and a time limit.
func (b *Batch) call(number uintptr, headers []header, flags uintptr) (int, unix.Errno) {
	//nolint:gosec // the package unix has no function for these two calls; the kernel writes to what headers point to
	first, fd, many := unsafe.Pointer(&headers[0]), uintptr(b.socket.fd), uintptr(len(headers))
	n, _, errno := unix.Syscall6(number, fd, uintptr(first), many, flags, 0, 0)
	return int(n), errno
}
