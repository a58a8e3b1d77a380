package wire

import (
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
)

const (
	// maxPipes is how many pipes there are at a time. Those of a user may have 64 MiB together.
	maxPipes = 256
	// pipeLength is that of a pipe in bytes: room for the pages of a bundle's data, and one for each header.
	pipeLength = 128 << 10
	// keptPipes is how many of these are kept for the next sender.
	keptPipes = 32
)

// pipe is memory of the kernel's, in which pages of files and a few bytes of ours are put together for a socket.
type pipe struct {
	in, out int // descriptors, both non-blocking
	held    int // bytes
}

// pipes are those of an endpoint. The zero value is ready for use.
type pipes struct {
	mu   sync.Mutex
	made int
	idle []*pipe
}

// take returns an empty pipe, or nil if there are too many.
func (all *pipes) take() *pipe {
	all.mu.Lock()
	defer all.mu.Unlock()
	if last := len(all.idle) - 1; last >= 0 {
		p := all.idle[last]
		all.idle = all.idle[:last]
		return p
	}
	if all.made == maxPipes {
		return nil
	}
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return nil // out of descriptors: there is a way without
	}
	_, _ = unix.FcntlInt(uintptr(ends[1]), unix.F_SETPIPE_SZ, pipeLength) // a smaller one does as well
	all.made++
	return &pipe{in: ends[1], out: ends[0]}
}

// give gives a pipe back. One that is not empty is of no use to anybody.
func (all *pipes) give(p *pipe) {
	if p == nil {
		return
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if p.held == 0 && len(all.idle) < keptPipes {
		all.idle = append(all.idle, p)
		return
	}
	all.made--
	p.close()
}

// close closes the pipes that nobody uses.
func (all *pipes) close() {
	all.mu.Lock()
	defer all.mu.Unlock()
	for _, p := range all.idle {
		p.close()
	}
	all.made -= len(all.idle)
	all.idle = nil
}

func (p *pipe) close() {
	_ = unix.Close(p.in)
	_ = unix.Close(p.out)
}

// write puts bytes of ours into the pipe. The error is unix.EAGAIN when it is full.
func (p *pipe) write(b []byte) (int, error) {
	for {
		n, err := unix.Write(p.in, b)
		switch {
		case err == nil:
			p.held += n
			return n, nil
		case errors.Is(err, unix.EAGAIN):
			return 0, unix.EAGAIN
		case !errors.Is(err, unix.EINTR):
			return 0, fmt.Errorf("write to pipe: %w", err)
		}
	}
}

// drain moves what the pipe holds to a socket. The error is unix.EAGAIN when the socket takes no more now.
func (p *pipe) drain(socket int) (moved int, err error) {
	for p.held > 0 {
		n, err := unix.Splice(p.out, nil, socket, nil, p.held, unix.SPLICE_F_NONBLOCK)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN):
			return moved, unix.EAGAIN
		case err != nil:
			return moved, fmt.Errorf("move to socket: %w", err)
		}
		p.held -= int(n)
		moved += int(n)
	}
	return moved, nil
}
