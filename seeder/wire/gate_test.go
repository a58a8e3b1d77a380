package wire_test

import (
	"net/netip"
	"sync/atomic"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// gate gives leave to send when the test does.
type gate struct {
	asked chan question
	leave chan int64

	returned, left atomic.Int64
	last           atomic.Bool
}

// question is what a sender asks a gate.
type question struct {
	family family.Family
	wanted int64
}

func newGate() *gate { return &gate{asked: make(chan question, 1000), leave: make(chan int64)} }

// Join implements wire.Gate.
func (g *gate) Join(f family.Family, _ netip.Addr) wire.Share { return &share{gate: g, family: f} }

// share is a connection's share of what a gate lets through.
type share struct {
	*gate
	family family.Family
}

// Take implements wire.Share.
func (s *share) Take(interrupt <-chan struct{}, wanted int64) int64 {
	s.asked <- question{s.family, wanted}
	select {
	case bytes := <-s.leave:
		return bytes
	case <-interrupt:
		return 0
	}
}

// Return implements wire.Share.
func (s *share) Return(bytes int64) { s.returned.Add(bytes) }

// Put implements wire.Share.
func (s *share) Put(last bool) { s.last.Store(last) }

// Leave implements wire.Share.
func (s *share) Leave() { s.left.Add(1) }

// grant gives leave to send to a sender that waits for it.
func (g *gate) grant(t *testing.T, bytes int64) {
	t.Helper()
	receive(t, whenDone(func() { g.leave <- bytes }))
}

// awaits waits until a sender asks for so many bytes.
func (g *gate) awaits(t *testing.T, want question) {
	t.Helper()
	for receive(t, g.asked) != want {
	}
}

// queue asks for blocks; the sender knows of all of them when it next asks for leave.
func (l *leecher) queue(blocks ...message.Block) {
	l.t.Helper()
	l.ask(blocks...)
	l.settle()
}

// whenDone runs do beside the test. The channel is closed when it has returned.
func whenDone(do func()) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	return done
}

// newGated returns an endpoint behind a gate, and a peer with an upload slot.
func newGated(t *testing.T, f family.Family, speak way) (*gate, *endpoint, *leecher, *engine) {
	t.Helper()
	g := newGate()
	e := newEndpoint(t, wire.Settings{}, func(config *wire.Config) { config.Gate = g })
	l, client := newLeecherBy(t, e, f, speak)
	l.begin(e)
	return g, e, l, client
}

func TestConn_SendsNoBlockWithoutLeave(t *testing.T) {
	t.Parallel()
	for name, speak := range ways {
		for _, f := range family.All {
			t.Run(name+"/family="+f.String(), func(t *testing.T) {
				t.Parallel()
				g, _, l, _ := newGated(t, f, speak)
				asked := blocks(3)
				l.queue(asked...)
				g.awaits(t, question{f, 3 * blockLength})
				lacking := int64(blockLength)
				for _, portion := range []int64{5000, 11383, 1} {
					l.assertNoBlock()
					g.grant(t, portion)
					lacking -= portion
					if lacking > 0 {
						g.awaits(t, question{f, lacking + 2*blockLength})
					}
				}
				l.take(asked[0])
				g.awaits(t, question{f, 2 * blockLength})
				l.assertNoBlock()
				g.grant(t, blockLength+100)
				l.take(asked[1])
				g.awaits(t, question{f, blockLength - 100})
				l.assertNoBlock()
				g.grant(t, blockLength-100)
				l.take(asked[2])
			})
		}
	}
}

// assertNoBlock checks that the endpoint answers, but sends no block.
func (l *leecher) assertNoBlock() {
	l.t.Helper()
	l.say(message.HashRequest)
	for _, frame := range l.until(message.HashReject) {
		if frame.ID() == message.Piece {
			l.t.Fatal("a block was sent without leave")
		}
	}
}

func TestConn_Cancel(t *testing.T) {
	t.Parallel()
	g, _, l, _ := newGated(t, family.V4, plain)
	asked := blocks(3)
	l.queue(asked...)
	g.awaits(t, question{family.V4, 3 * blockLength})
	l.write(message.AppendBlock(nil, message.Cancel, asked[1]))
	if got, _ := message.ParseBlock(l.next(message.RejectRequest)); got != asked[1] {
		t.Errorf("rejected %+v, want %+v", got, asked[1])
	}
	g.awaits(t, question{family.V4, 2 * blockLength})
	g.grant(t, 2*blockLength)
	l.take(asked[0])
	l.take(asked[2])
}

func TestConn_ChokeEndsTheWaitForLeave(t *testing.T) {
	t.Parallel()
	g, e, l, _ := newGated(t, family.V6, plain)
	asked := []message.Block{refusedTo(family.V6)}
	l.queue(asked...)
	g.awaits(t, question{family.V6, blockLength})
	l.conn(e).Choke()
	if frames := l.until(message.Choke); len(frames) != 1 {
		t.Errorf("%q before the choke", describeAll(frames))
	}
	if got, _ := message.ParseBlock(l.next(message.RejectRequest)); got != asked[0] {
		t.Errorf("rejected %+v, want %+v", got, asked[0])
	}
	receive(t, whenDone(e.Wait)) // nobody waits any more
}

func TestConn_CloseEndsTheWaitForLeave(t *testing.T) {
	t.Parallel()
	g, e, l, client := newGated(t, family.V6, plain)
	l.queue(blocks(3)...)
	g.awaits(t, question{family.V6, 3 * blockLength})
	_ = l.conn(e).Close()
	receive(t, whenDone(e.Wait))
	client.wait(t)
	assertEnded(t, e, family.V6, wire.ReasonClosed)
	if payload := e.traffic(family.V6).Payload; payload != 0 {
		t.Errorf("%d bytes were sent", payload)
	}
}
