package wire

import (
	"sync"

	"sixseed/seeder/wire/message"
)

const (
	// maxBlock is the longest block that is sent in one message. Everybody asks for 16 KiB; BEP 3 has clients hang up on
	// more than 128 KiB.
	maxBlock = 128 << 10
	// maxControl is how many bytes of our answers a peer may leave unread before it is given up.
	maxControl = 256 << 10
	// readAhead is how far ahead of what is sent the disk is told to read.
	readAhead = 4 << 20
	// fastTries is how often a peer may have the pieces that it is allowed fast while it is choked.
	fastTries = 2
	// maxGrant is how many bytes leave to send is asked for at a time.
	maxGrant = 2 * bundleSize << 14
)

// verdict is what became of a peer's message.
type verdict uint8

const (
	heeded    verdict = iota
	ignored           // it cost us work and the peer nothing
	unbounded         // our answers pile up, because the peer reads none
)

// upload is what one connection has to send of its own, and may send: the blocks that the peer waits for, and the
// messages about them. It knows no socket. Whenever there is something to send and nobody at it, it calls start, which
// must have next called until that returns false.
type upload struct {
	torrent *Torrent
	start   func()
	want    func() // somebody should decide again who gets an upload slot

	mu          sync.Mutex
	fast        bool     // the peer speaks the fast extension (BEP 6)
	allowedFast []uint32 // pieces that it may ask for while choked
	fastLeft    int64    // bytes of these that it may still have so

	opened     bool // our bitfield is out; nothing of ours may go before
	interested bool
	unchoked   bool
	sending    bool // between start and the end of work
	queue      queue
	control    []byte // messages that wait to be sent
	ended      bool

	aheadFrom, aheadTo int64 // the run of blocks that is read ahead, as offsets in the torrent

	// interrupted ends the sender's wait for leave to send, because there is something that needs none.
	interrupted chan struct{}
}

// work is the next thing to do for the sender: send messages, get leave to send more, or send a block.
type work struct {
	control []byte
	wanted  int64 // bytes beyond the credit
	blocks  []message.Block
	ahead   int64 // bytes that the peer asks for from the first block on, if the disk should be told now
}

func newUpload(torrent *Torrent, start, want func()) *upload {
	return &upload{torrent: torrent, start: start, want: want, interrupted: make(chan struct{}, 1)}
}

// speakFast says that the peer understands the fast extension (BEP 6).
func (u *upload) speakFast() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.fast = true
}

// open says that the client's bitfield has been sent. pieces are those that the peer may ask for while it is choked, if it
// speaks fast.
func (u *upload) open(pieces []uint32) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.opened = true
	if u.fast {
		u.allowedFast = pieces
		u.fastLeft = fastTries * int64(len(pieces)) * u.torrent.PieceLength
		for _, piece := range pieces {
			u.control = message.AppendIndex(u.control, message.AllowedFast, piece)
		}
	}
	if u.interested {
		u.want()
	}
	u.wake()
}

// setInterested takes the peer's word on whether it wants blocks, and reports whether that is news.
func (u *upload) setInterested(interested bool) (news bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.interested == interested {
		return false
	}
	u.interested = interested
	if u.opened {
		u.want()
	}
	return true
}

// request takes a peer's request for a block.
func (u *upload) request(b message.Block) verdict {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case !u.opened || !u.mayAsk(b) || u.queue.len() >= queueDepth:
		u.reject(b)
		u.wake()
		return u.unless(ignored)
	case !u.queue.add(b):
		return ignored // it will be answered once
	case !u.unchoked:
		u.fastLeft -= int64(b.Length)
	}
	u.wake()
	return heeded
}

// mayAsk reports whether a block is there and may be asked for now.
func (u *upload) mayAsk(b message.Block) bool {
	if int64(b.Piece) >= int64(u.torrent.Pieces()) || b.Length == 0 || b.Length > maxBlock ||
		int64(b.Begin)+int64(b.Length) > u.torrent.pieceLength(b.Piece) {
		return false
	}
	return u.unchoked || u.isAllowedFast(b) && int64(b.Length) <= u.fastLeft
}

func (u *upload) isAllowedFast(b message.Block) bool {
	for _, piece := range u.allowedFast {
		if piece == b.Piece {
			return true
		}
	}
	return false
}

// reject says that a block will not come. Without the fast extension there are no words for it.
func (u *upload) reject(b message.Block) {
	if u.fast {
		u.control = message.AppendBlock(u.control, message.RejectRequest, b)
	}
}

// cancel takes back a request. BEP 6 has it answered all the same.
func (u *upload) cancel(b message.Block) verdict {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.queue.remove(b) {
		return ignored // it may be on its way
	}
	u.reject(b)
	u.wake()
	return u.unless(heeded)
}

// unchoke lets the peer ask for blocks.
func (u *upload) unchoke() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.unchoked || !u.opened {
		return
	}
	u.unchoked = true
	u.control = message.Append(u.control, message.Unchoke)
	u.wake()
}

// choke ends that, and drops what the peer still waits for but for pieces allowed fast.
func (u *upload) choke() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.unchoked {
		return
	}
	u.unchoked = false
	u.control = message.Append(u.control, message.Choke)
	for _, b := range u.queue.drop(u.isAllowedFast) {
		u.reject(b)
	}
	u.wake()
}

// say sends a message that answers a useless one of the peer's.
func (u *upload) say(id message.ID, body ...byte) verdict {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.control = message.Append(u.control, id, body...)
	u.wake()
	return u.unless(ignored)
}

// unless returns v, unless the peer leaves more answers unread than anybody should.
func (u *upload) unless(v verdict) verdict {
	if len(u.control) > maxControl {
		return unbounded
	}
	return v
}

func (u *upload) isUnchoked() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.unchoked
}

func (u *upload) isInterested() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.interested
}

// waiting is the number of blocks that the peer waits for.
func (u *upload) waiting() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.queue.len()
}

// wake has somebody send, if there is something to send. It is called with the lock held.
func (u *upload) wake() {
	switch {
	case !u.opened || u.ended || len(u.control) == 0 && u.queue.len() == 0:
	case !u.sending:
		u.sending = true
		u.start()
	case len(u.control) > 0:
		u.interrupt()
	}
}

func (u *upload) interrupt() {
	select {
	case u.interrupted <- struct{}{}:
	default:
	}
}

// next returns what to send now: as many blocks as room has, and as credit bytes allow. When there is nothing it returns
// false, and start is called again once there is. The memory of control is the caller's until the next call, which gives
// it back as spent.
func (u *upload) next(credit int64, room []message.Block, spent []byte) (w work, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.control) > 0 {
		w.control, u.control = u.control, spent[:0]
		return w, true
	}
	first, ok := u.queue.first()
	if !ok || u.ended {
		u.sending = false
		return w, false
	}
	if int64(first.Length) > credit {
		w.wanted = min(int64(first.Length)*int64(u.queue.len()), maxGrant)
		w.wanted = max(w.wanted, int64(first.Length)) - credit
		return w, true
	}
	w.ahead = u.lookAhead(u.torrent.offset(first))
	w.blocks = u.take(credit, room)
	return w, true
}

// take takes blocks out of the queue: one, and more up to the first that begins another run.
func (u *upload) take(credit int64, room []message.Block) []message.Block {
	for b, ok := u.queue.first(); ok && len(room) < cap(room); b, ok = u.queue.first() {
		off := u.torrent.offset(b)
		if credit -= int64(b.Length); credit < 0 || off < u.aheadFrom || off >= u.aheadTo {
			break
		}
		u.queue.remove(b)
		room = append(room, b)
	}
	return room
}

// lookAhead returns how far from off on the peer asks for one block after the other, when a new such run begins there.
func (u *upload) lookAhead(off int64) int64 {
	if u.aheadFrom <= off && off < u.aheadTo {
		return 0
	}
	ahead := u.queue.run(readAhead, u.torrent.offset)
	u.aheadFrom, u.aheadTo = off, off+ahead
	return ahead
}

// end says that the connection has ended: nothing is sent any more.
func (u *upload) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ended = true
	u.interrupt()
	if u.opened && (u.unchoked || u.interested) {
		u.want()
	}
}
