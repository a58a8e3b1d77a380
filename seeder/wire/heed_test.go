package wire_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// extended is a message of the extension protocol.
func extended(id byte, body string) []byte {
	return message.Append(nil, message.Extended, append([]byte{id}, body...)...)
}

// have says that the peer has pieces.
func have(numbers ...uint32) (b []byte) {
	for _, piece := range numbers {
		b = message.AppendIndex(b, message.Have, piece)
	}
	return b
}

// bitfield is the body of one with the first n pieces.
func bitfield(n int) []byte {
	b := make([]byte, (pieces+7)/8)
	for piece := range n {
		b[piece/8] |= 0x80 >> (piece % 8)
	}
	return b
}

// theirs is an extension handshake as a peer might send it, and clean what the client gets of it.
const (
	theirs = "d12:complete_agoi-1e1:ei1e1:md11:lt_donthavei7e11:ut_metadatai3e6:ut_pexi1ee" +
		"13:metadata_sizei20000e4:reqqi500e1:v7:uTor\x01nt6:yourip4:\x7f\x00\x00\x01e"
	clean = "d1:ei1e1:md11:ut_metadatai3e6:ut_pexi1ee4:reqqi500e1:v9:uTor\xef\xbf\xbdnte"
)

// metadataRequest asks for a piece of the info dictionary (BEP 9).
func metadataRequest(piece int) string { return fmt.Sprintf("d8:msg_typei0e5:piecei%dee", piece) }

// TestConn_WhatTheClientHears has a peer say things one after the other and leave. Of all kinds of messages the client
// hears of few.
func TestConn_WhatTheClientHears(t *testing.T) {
	t.Parallel()
	hears := func(frames ...[]byte) (heard []string) {
		for _, frame := range frames {
			heard = append(heard, describe(frame))
		}
		return heard
	}
	interested, not := message.Append(nil, message.Interested), message.Append(nil, message.NotInterested)
	for name, tc := range map[string]struct {
		says []byte
		want []string
	}{
		"KeepAlive":           {says: message.AppendKeepAlive(nil)},
		"Choke":               {says: message.Append(nil, message.Choke)},
		"Unchoke":             {says: message.Append(nil, message.Unchoke)},
		"Interested":          {interested, hears(interested)},
		"InterestedOnce":      {slices.Concat(interested, interested), hears(interested)},
		"NoLongerInterested":  {slices.Concat(interested, not, not), hears(interested, not)},
		"NeverInterested":     {says: not},
		"Have":                {says: have(3, 4)},
		"Bitfield":            {says: message.Append(nil, message.Bitfield, bitfield(9)...)},
		"HaveNone":            {says: message.Append(nil, message.HaveNone)},
		"HaveAll":             {slices.Concat(interested, message.Append(nil, message.HaveAll)), hears(interested)},
		"Request":             {says: requests(blocks(3)...)},
		"Cancel":              {says: message.AppendBlock(nil, message.Cancel, blocks(1)[0])},
		"Port":                {says: message.Append(nil, message.Port, 0x1a, 0xe1)},
		"SuggestPiece":        {says: message.AppendIndex(nil, message.SuggestPiece, 3)},
		"RejectRequest":       {says: message.AppendBlock(nil, message.RejectRequest, blocks(1)[0])},
		"AllowedFast":         {says: message.AppendIndex(nil, message.AllowedFast, 3)},
		"HashRequest":         {says: message.Append(nil, message.HashRequest, make([]byte, 48)...)},
		"Hashes":              {says: message.Append(nil, message.Hashes, make([]byte, 1000)...)},
		"HashReject":          {says: message.Append(nil, message.HashReject, make([]byte, 48)...)},
		"Unknown":             {says: message.Append(nil, 99, make([]byte, 16<<10-1)...)},
		"ExtensionHandshake":  {extended(0, theirs), hears(extended(0, clean))},
		"AnotherHandshake":    {slices.Concat(extended(0, theirs), extended(0, "de")), hears(extended(0, clean))},
		"UnknownExtension":    {says: extended(7, "de")},
		"MetadataRequest":     {extended(1, metadataRequest(1)), hears(extended(1, metadataRequest(1)))},
		"MetadataInItsWords":  {extended(1, "d5:piecei0e8:msg_typei0e1:xlee"), hears(extended(1, metadataRequest(0)))},
		"MetadataData":        {says: extended(1, "d8:msg_typei1e5:piecei0e10:total_sizei9eesomething")},
		"MetadataReject":      {says: extended(1, "d8:msg_typei2e5:piecei0ee")},
		"MetadataBehindItAll": {says: extended(1, metadataRequest(2))},
		"PEX": {
			extended(2, "d5:added12:\x7f\x00\x00\x01\x1a\xe1\x00\x00\x00\x00\x00\x007:added.f2:\x01\x022:idi1ee"),
			hears(extended(2, "d5:added6:\x7f\x00\x00\x01\x1a\xe17:added.f1:\x01e")),
		},
		"PEXOfNobody": {says: extended(2, "d5:added0:7:added.f0:e")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			l, client := newLeecher(t, e, family.V6)
			l.write(tc.says)
			l.settle()
			_ = l.socket.Close()
			if diff := cmp.Diff(tc.want, client.wait(t)); diff != "" {
				t.Errorf("the client heard (-want +got):\n%s", diff)
			}
			assertEnded(t, e, family.V6, wire.ReasonLeft)
		})
	}
}

// TestConn_Metadata has a peer ask for the info dictionary, which has two pieces, more often than it can have use for.
func TestConn_Metadata(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		says []byte
		want []string
	}{
		"Rejected":     {extended(0, theirs), []string{"3 0", "3 1", "3 2"}},
		"NoWordsForIt": {extended(0, "d1:mdee"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			l, client := newLeecher(t, e, family.V6)
			l.write(tc.says)
			for range 3 {
				l.write(extended(1, metadataRequest(0)))
				l.write(extended(1, metadataRequest(1)))
			}
			for piece := range 3 {
				l.write(extended(1, metadataRequest(piece)))
			}
			l.say(message.HashRequest)
			var rejected []string
			for _, frame := range l.until(message.HashReject) {
				if frame.ID() == message.Extended {
					id, rest := frame.Body()[0], string(frame.Body()[1:])
					rejected = append(rejected, fmt.Sprintf("%d %s", id,
						strings.TrimSuffix(strings.TrimPrefix(rest, "d8:msg_typei2e5:piecei"), "ee")))
				}
			}
			if diff := cmp.Diff(tc.want, rejected); diff != "" {
				t.Errorf("rejected, id and piece (-want +got):\n%s", diff)
			}
			_ = l.socket.Close()
			if heard := client.wait(t); len(heard) != 1+3*2 {
				t.Errorf("the client heard %q", heard)
			}
		})
	}
}

// TestConn_MasksReservedBytes has a peer offer every extension that there may ever be.
func TestConn_MasksReservedBytes(t *testing.T) {
	t.Parallel()
	for name, offered := range map[string][8]byte{
		"All":  {255, 255, 255, 255, 255, 255, 255, 255},
		"None": {},
		"Fast": {7: 0x04},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			peer, conn := connect(t, e, family.V4)
			client := run(conn)
			l := &leecher{t: t, ReadWriter: peer, socket: peer}
			said, _ := message.ParseHandshake(handshake(ours))
			said.Reserved = offered
			l.shakeHands(said.Append(nil))
			_ = peer.Close()
			client.wait(t)
			for i, known := range reserved {
				said.Reserved[i] &= known
			}
			if client.greeting != said {
				t.Errorf("the client got %+v, want %+v", client.greeting, said)
			}
		})
	}
}

func TestConn_HashRequest(t *testing.T) {
	t.Parallel()
	l, _ := newLeecher(t, newEndpoint(t, wire.Settings{}), family.V4)
	body := []byte(strings.Repeat("r", 32) + "basebaseindxleng")
	l.say(message.HashRequest, body...)
	if got := l.next(message.HashReject); string(got) != string(body) {
		t.Errorf("rejected %q, want %q", got, body)
	}
}
