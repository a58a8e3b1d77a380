package wire_test

import (
	"math"
	"slices"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// everyPiece says of each piece apart that the peer has it.
func everyPiece() (b []byte) {
	for piece := range uint32(pieces) {
		b = append(b, have(piece)...)
	}
	return b
}

// TestConn_LetsGoWhoHasEverything has peers come to have all pieces, and want nothing.
func TestConn_LetsGoWhoHasEverything(t *testing.T) {
	t.Parallel()
	interested, not := message.Append(nil, message.Interested), message.Append(nil, message.NotInterested)
	haveAll := message.Append(nil, message.HaveAll)
	for name, says := range map[string][]byte{
		"Seed":                 haveAll,
		"SeedWithABitfield":    message.Append(nil, message.Bitfield, bitfield(pieces)...),
		"BitByBit":             everyPiece(),
		"LosesInterest":        slices.Concat(interested, everyPiece(), not),
		"LosesInterestBefore":  slices.Concat(interested, not, everyPiece()),
		"BitfieldThenTheRest":  slices.Concat(message.Append(nil, message.Bitfield, bitfield(pieces-1)...), have(pieces-1)),
		"TakesHaveNothingBack": slices.Concat(message.Append(nil, message.HaveNone), haveAll),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			l, client := newLeecher(t, e, family.V6)
			l.write(says)
			l.drain()
			client.wait(t)
			assertEnded(t, e, family.V6, wire.ReasonComplete)
		})
	}
}

// TestConn_LeecherThatCompletes has a peer fetch all, tell of each piece, and say in the end that it wants no more.
func TestConn_LeecherThatCompletes(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	l, client := newLeecher(t, e, family.V4)
	l.begin(e)
	all := allBlocks()
	l.ask(all...)
	for _, block := range all {
		l.take(block)
	}
	l.write(everyPiece())
	l.settle()
	l.say(message.NotInterested)
	l.drain()
	client.wait(t)
	assertEnded(t, e, family.V4, wire.ReasonComplete)
}

func TestConn_KeepsWhoIsInterested(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	l, _ := newLeecher(t, e, family.V6)
	l.begin(e)
	l.say(message.HaveAll)
	l.ask(blocks(1)...)
	l.take(blocks(1)[0])
}

func TestConn_Progress(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	l, _ := newLeecher(t, e, family.V6)
	conn := l.conn(e)
	l.say(message.Interested)
	for _, step := range []struct {
		name string
		says []byte
		want int // pieces
	}{
		{"Nothing", nil, 0},
		{"HaveNone", message.Append(nil, message.HaveNone), 0},
		{"Have", have(20, 0, 7), 3},
		{"HaveTheSame", have(20, 8), 4},
		{"Bitfield", message.Append(nil, message.Bitfield, bitfield(10)...), 10},
		{"HaveBehindBitfield", have(10, 9, 11), 12},
		{"HaveAll", message.Append(nil, message.HaveAll), pieces},
		{"HaveOfAll", have(3), pieces},
	} {
		l.write(step.says)
		l.settle()
		if got := conn.Status().Progress * pieces; math.Abs(got-float64(step.want)) > 1e-9 {
			t.Errorf("%s: the peer has %v pieces, want %d", step.name, got, step.want)
		}
	}
}

// TestConn_BeforeItsPeerID looks at a peer that has named the torrent, and not itself.
func TestConn_BeforeItsPeerID(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{})
	peer, conn := connect(t, e, family.V6)
	client := run(conn)
	if _, err := peer.Write(handshake(ours)[:48]); err != nil {
		t.Fatal(err)
	}
	eventually(t, "peer", func() bool { return len(e.Peers()) == 1 })
	if got := conn.Status(); got.Client != "" || got.Progress != 0 || got.Interested || got.Unchoked {
		t.Errorf("status %+v", got)
	}
	conn.Unchoke() // which would have to wait for the client's first words
	if conn.Unchoked() {
		t.Error("the peer has an upload slot before our bitfield")
	}
	_ = peer.Close()
	client.wait(t)
	assertEnded(t, e, family.V6, wire.ReasonHandshake)
}

func TestConn_ClientName(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		id, says, want string
	}{
		"PeerID":            {"-TR3000-abcdefghijkl", "", "TR3000"},
		"OlderPeerID":       {"M7-9-2--abcdefghijkl", "", "M7-9-2--"},
		"UnprintablePeerID": {"-TR\x00\n00-abcdefghijkl", "", "5452000a3030"},
		"RandomPeerID":      {"\xff\x01abcdefabcdefghijkl", "", "ff01616263646566"},
		"NameOfItsOwn":      {"-TR3000-abcdefghijkl", "d1:v17:Transmission 3.00e", "Transmission 3.00"},
		"NoNameOfItsOwn":    {"-TR3000-abcdefghijkl", "d1:v0:e", "TR3000"},
		"UnprintableName":   {"-TR3000-abcdefghijkl", "d1:v3:a\nbe", "a\ufffdb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			peer, conn := connect(t, e, family.V6)
			client := run(conn)
			l := &leecher{t: t, ReadWriter: peer, socket: peer}
			l.shakeHands(message.Handshake{Reserved: reserved, InfoHash: ours, PeerID: [20]byte([]byte(tc.id))}.Append(nil))
			if tc.says != "" {
				l.write(extended(0, tc.says))
				l.write(extended(0, "d1:v5:othere"))
			}
			l.settle()
			if got := conn.Status().Client; got != tc.want {
				t.Errorf("client %q, want %q", got, tc.want)
			}
			_ = peer.Close()
			client.wait(t)
		})
	}
}
