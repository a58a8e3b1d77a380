package wire_test

import (
	"bytes"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// frozen makes an endpoint's clock stand still, so that no patience comes back.
func frozen(config *wire.Config) {
	now := time.Now()
	config.Now = func() time.Time { return now }
}

// TestConn_HangsUpOnFloods has peers say without end what they may say now and then.
func TestConn_HangsUpOnFloods(t *testing.T) {
	t.Parallel()
	block := refusedTo(family.V4)
	interested, not := message.Append(nil, message.Interested), message.Append(nil, message.NotInterested)
	for name, says := range map[string][]byte{
		"KeepAlive":          message.AppendKeepAlive(nil),
		"RequestWhileChoked": requests(block),
		"CancelOfNothing":    message.AppendBlock(nil, message.Cancel, block),
		"Wavering":           slices.Concat(interested, not),
		"HashRequest":        message.Append(nil, message.HashRequest, make([]byte, 48)...),
		"Bitfield":           message.Append(nil, message.Bitfield, bitfield(1)...),
		"SameHave":           have(3),
		"ExtensionHandshake": extended(0, theirs),
		"PEX":                extended(2, "d5:added0:e"),
		"MetadataRequest":    extended(1, metadataRequest(99)),
		"Unknown":            message.Append(nil, 99),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{}, frozen)
			l, client := newLeecher(t, e, family.V4)
			l.flood(says, 2*wire.Patience+1)
			l.drain()
			client.wait(t)
			assertEnded(t, e, family.V4, wire.ReasonFlood)
		})
	}
}

// refusedTo is a block that a peer over a family may not ask for while it is choked.
func refusedTo(f family.Family) message.Block {
	allowed := message.AllowedFastSet(netip.MustParseAddr(loopback.Get(f)), ours, pieces, 5)
	block := message.Block{Length: blockLength}
	for slices.Contains(allowed, block.Piece) {
		block.Piece++
	}
	return block
}

// flood has the peer say something many times while the test goes on. That the connection ends meanwhile is no error.
func (l *leecher) flood(says []byte, times int) {
	said := whenDone(func() { _, _ = l.Write(bytes.Repeat(says, times)) })
	l.t.Cleanup(func() {
		_ = l.socket.Close()
		<-said
	})
}

// TestConn_ForgivesWhatComesSlowly has peers say such things, less often than they may.
func TestConn_ForgivesWhatComesSlowly(t *testing.T) {
	t.Parallel()
	for name, says := range map[string][]byte{
		"KeepAlive":          message.AppendKeepAlive(nil),
		"RequestWhileChoked": requests(refusedTo(family.V4)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var minutes atomic.Int64
			begin := time.Now()
			e := newEndpoint(t, wire.Settings{}, func(config *wire.Config) { // the clock is asked when patience ends
				config.Now = func() time.Time { return begin.Add(time.Duration(minutes.Add(1)) * time.Minute) }
			})
			l, _ := newLeecher(t, e, family.V4)
			last := message.Append(nil, message.HashRequest, 'z')
			l.flood(append(bytes.Repeat(says, 3*wire.Patience), last...), 1)
			l.next(message.HashReject)
			if n := len(e.Peers()); n != 1 {
				t.Errorf("%d peers left, want 1", n)
			}
		})
	}
}

// TestConn_HangsUpOnWhoReadsNoAnswers has peers that read nothing say what is answered, but is no block.
func TestConn_HangsUpOnWhoReadsNoAnswers(t *testing.T) {
	t.Parallel()
	block := message.Block{Begin: 1, Length: 1}
	for name, says := range map[string][]byte{
		"RequestAndCancel": message.AppendBlock(requests(block), message.Cancel, block),
		"HashRequest":      message.Append(nil, message.HashRequest, make([]byte, 48)...),
		"RefusedRequest":   requests(message.Block{Piece: pieces, Length: 1}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{}, frozen)
			l, client := newLeecher(t, e, family.V6)
			conn := l.begin(e)
			narrow(t, l, conn)
			l.ask(allBlocks()...)
			l.flood(says, 50_000)
			client.wait(t)
			assertEnded(t, e, family.V6, wire.ReasonFlood)
			if unsent := conn.Unsent(); unsent > 2*wire.MaxControl {
				t.Errorf("%d bytes of answers were kept", unsent)
			}
		})
	}
}
