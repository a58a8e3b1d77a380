package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

const (
	bufferLength = 256 << 10 // bytes: stays in a processor's second level cache
	eventsAtOnce = 64
	tick         = 10 * time.Millisecond // how often slow readers read, and the end of the context is seen
	keepAlive    = time.Minute           // BEP 3: seeders hang up after two minutes of silence
)

// worker is one thread that reads for its members.
type worker struct {
	epoll   int
	buffer  []byte
	members []*member
	ticked  time.Time
	spoke   time.Time // when keep-alives were sent
}

func newWorker() (*worker, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("open epoll: %w", err)
	}
	now := time.Now()
	return &worker{epoll: epoll, buffer: make([]byte, bufferLength), ticked: now, spoke: now}, nil
}

// enlist makes a member the worker's, before it runs.
func (w *worker) enlist(m *member) {
	m.worker, m.index = w, len(w.members)
	w.members = append(w.members, m)
}

// add gives a member the peer that the worker reads from now on.
func (w *worker) add(m *member, p *peer) error {
	if p.bytesPerSecond == 0 { // others are read from at every tick
		event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(m.index)}
		if err := unix.EpollCtl(w.epoll, unix.EPOLL_CTL_ADD, p.socket, &event); err != nil {
			return fmt.Errorf("watch the socket: %w", err)
		}
	}
	m.peer.Store(p)
	return nil
}

// run reads until the context ends.
func (w *worker) run(ctx context.Context) error {
	events := make([]unix.EpollEvent, eventsAtOnce)
	for ctx.Err() == nil {
		n, err := unix.EpollWait(w.epoll, events, int(tick.Milliseconds()))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("wait for data: %w", err)
		}
		for _, event := range events[:max(n, 0)] {
			m := w.members[event.Fd]
			if p := m.peer.Load(); p != nil { // else it will be in a moment, and the event comes again
				w.note(m, p.read(w.buffer))
			}
		}
		w.tick(time.Now())
	}
	return nil
}

// tick does what is due at some time, and not when something comes.
func (w *worker) tick(now time.Time) {
	elapsed := now.Sub(w.ticked)
	if elapsed < tick {
		return
	}
	w.ticked = now
	keepingAlive := now.Sub(w.spoke) > keepAlive
	if keepingAlive {
		w.spoke = now
	}
	for _, m := range w.members {
		if p := m.peer.Load(); p != nil && m.failure.Load() == nil {
			w.note(m, p.attend(w.buffer, elapsed, keepingAlive))
		}
	}
}

// note ends the part of a member whose peer met an error.
func (w *worker) note(m *member, err error) {
	if err == nil {
		return
	}
	m.fail(err)
	// Closing alone does not end the watch while there is another descriptor: the one that connected, for a moment.
	p := m.peer.Load()
	_ = unix.EpollCtl(w.epoll, unix.EPOLL_CTL_DEL, p.socket, nil)
	p.close()
}

// close frees what the worker has, after it has run.
func (w *worker) close() {
	for _, m := range w.members {
		if p := m.peer.Load(); p != nil && m.failure.Load() == nil {
			p.close()
		}
	}
	_ = unix.Close(w.epoll)
}
