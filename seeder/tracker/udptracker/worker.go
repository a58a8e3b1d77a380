package udptracker

import (
	"errors"
	"fmt"
	"net"
	"time"

	"sixseed/seeder/tracker/datagram"
)

// batchSize is how many datagrams are read or sent at once. The cost of a system call is spread well enough over this
// many, and their buffers stay in a core's second-level cache.
const batchSize = 64

// worker answers what comes to one socket.
type worker struct {
	socket    *datagram.Socket
	batch     *datagram.Batch
	now       func() time.Time
	responder *responder
}

func newWorker(socket *datagram.Socket, now func() time.Time, r *responder) *worker {
	return &worker{socket: socket, batch: socket.NewBatch(batchSize, maxQuestion), now: now, responder: r}
}

// run answers until the socket is closed.
func (w *worker) run() error {
	for {
		if err := w.turn(); errors.Is(err, net.ErrClosed) {
			return nil
		} else if err != nil {
			return fmt.Errorf("answer UDP at %s: %w", w.socket.Addr(), err)
		}
	}
}

// turn reads what has come, waiting if there is nothing, and answers it.
func (w *worker) turn() error {
	n, err := w.batch.Receive()
	if err != nil {
		return err
	}
	w.responder.tick(w.now())
	for i := range n {
		packet, length := w.batch.Buffer(i)
		if answer := w.responder.respond(w.batch.From(i), packet, length); answer > 0 {
			w.batch.Answer(i, answer)
		}
	}
	unsent, err := w.batch.Send()
	w.responder.counters.count(Unsent, unsent)
	return err
}
