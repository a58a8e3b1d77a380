package wire_test

import (
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

func TestConn_ServesBlocksInTheOrderAskedFor(t *testing.T) {
	t.Parallel()
	for name, speak := range ways {
		for _, f := range family.All {
			t.Run(name+"/family="+f.String(), func(t *testing.T) {
				t.Parallel()
				e := newEndpoint(t, wire.Settings{})
				l, _ := newLeecherBy(t, e, f, speak)
				conn := l.begin(e)
				asked := append([]message.Block{{Piece: pieces - 1, Length: 1000}}, blocks(60)...)
				l.ask(asked...)
				for _, block := range asked {
					l.take(block)
				}
				eventually(t, "all on the account", func() bool {
					return conn.Status().Traffic.Payload == 60*blockLength+1000
				})
				encryption := map[bool]string{true: "rc4", false: "plain"}[name == "RC4"]
				got := conn.Status()
				if got.Queue != 0 || got.Encryption != encryption || got.Family != f || !got.Incoming || got.InfoHash != ours {
					t.Errorf("status %+v", got)
				}
			})
		}
	}
}

// TestConn_ServesWithoutPipes has others use all the pipes that there may be.
func TestConn_ServesWithoutPipes(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	giveBack := e.TakePipes()
	l, client := newLeecher(t, e, family.V6)
	l.begin(e)
	for range 2 {
		l.ask(blocks(30)...)
		for _, block := range blocks(30) {
			l.take(block)
		}
		giveBack()
		giveBack = func() {}
	}
	_ = l.socket.Close()
	client.wait(t)
}

func TestConn_ServesBlocksOfAnyLength(t *testing.T) {
	t.Parallel()
	last := uint32(pieces - 1)
	asked := []message.Block{
		{Length: 1},
		{Piece: 3, Begin: 5, Length: 13},
		{Piece: 1, Begin: pieceLength - 1, Length: 1},
		{Piece: 2, Length: 128 << 10},
		{Piece: 4, Begin: 1, Length: 16<<10 + 1},
		{Piece: last, Length: 1000},
		{Piece: last, Begin: 999, Length: 1},
	}
	for name, speak := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			l, _ := newLeecherBy(t, e, family.V6, speak)
			l.begin(e)
			l.ask(asked...)
			for _, block := range asked {
				l.take(block)
			}
		})
	}
}

// TestConn_ChokeInTheMiddle chokes a peer that reads slowly, in the middle of a long queue and so of a block.
func TestConn_ChokeInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, speak := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			l, _ := newLeecherBy(t, e, family.V6, speak)
			conn := l.begin(e)
			narrow(t, l, conn)
			all := allBlocks()
			l.ask(all...)
			for _, block := range all[:10] {
				l.take(block)
			}
			conn.Choke()

			came := 10
			for _, frame := range l.until(message.Choke) {
				if frame.ID() == message.Piece {
					if !isPiece(frame.Body(), all[came]) {
						t.Fatalf("got another block than %+v", all[came])
					}
					came++
				}
			}
			if came == len(all) {
				t.Fatal("all blocks were on their way when the peer was choked")
			}
			rejected := l.takeAnswers(all[came:])
			l.unchoke(conn)
			l.ask(rejected...)
			for _, block := range rejected {
				l.take(block)
			}
		})
	}
}

// takeAnswers reads the answers to requests for blocks that were pending when the peer was choked, one for each, and
// returns which were rejected: all but those of pieces allowed fast.
func (l *leecher) takeAnswers(pending []message.Block) (rejected []message.Block) {
	l.t.Helper()
	open := make(map[message.Block]bool)
	for _, block := range pending {
		open[block] = true
	}
	for range pending {
		frame, err := l.read()
		if err != nil {
			l.t.Fatal(err)
		}
		block := answered(frame)
		if !open[block] {
			l.t.Fatalf("%v of %+v, which nobody waits for", frame.ID(), block)
		}
		delete(open, block)
		if frame.ID() == message.RejectRequest {
			rejected = append(rejected, block)
		}
	}
	return rejected
}

// answered is the block that a piece or reject is about.
func answered(frame message.Frame) message.Block {
	if frame.ID() != message.Piece {
		block, _ := message.ParseBlock(frame.Body())
		return block
	}
	piece, _ := message.ParseIndex(frame.Body()[:4])
	begin, _ := message.ParseIndex(frame.Body()[4:8])
	return message.Block{Piece: piece, Begin: begin, Length: uint32(len(frame.Body()) - 8)}
}

// narrowBuffer is how many bytes either end keeps for a connection once it is narrow: what loopback makes one packet of.
const narrowBuffer = 64 << 10

// narrow makes the buffers between both ends small, so that little is on its way at a time.
func narrow(t testing.TB, l *leecher, conn *wire.Conn) {
	t.Helper()
	type buffered interface {
		SetReadBuffer(bytes int) error
		SetWriteBuffer(bytes int) error
	}
	if err := l.socket.(buffered).SetReadBuffer(narrowBuffer); err != nil {
		t.Fatal(err)
	}
	if err := conn.Socket().(buffered).SetWriteBuffer(narrowBuffer); err != nil {
		t.Fatal(err)
	}
}

func TestConn_WithoutAnUploadSlot(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	l, _ := newLeecher(t, e, family.V4)
	var allowed []uint32
	for range 5 {
		piece, err := message.ParseIndex(l.next(message.AllowedFast))
		if err != nil {
			t.Fatal(err)
		}
		allowed = append(allowed, piece)
	}
	for piece := range uint32(pieces - 1) {
		block := message.Block{Piece: piece, Length: blockLength}
		l.ask(block)
		frame, err := l.read()
		if err != nil {
			t.Fatal(err)
		}
		want := message.RejectRequest
		for _, fast := range allowed {
			if fast == piece {
				want = message.Piece
			}
		}
		if frame.ID() != want || answered(frame) != block {
			t.Errorf("piece %d of allowed %v: got %v of %+v", piece, allowed, frame.ID(), answered(frame))
		}
	}
}
