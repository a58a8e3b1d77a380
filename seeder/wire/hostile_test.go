package wire_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
	"sixseed/seeder/wire/message"
)

// TestConn_HangsUpOnWhatNoPeerMaySay has peers break the protocol, each in its way. That must end its own connection, and
// no other.
func TestConn_HangsUpOnWhatNoPeerMaySay(t *testing.T) {
	t.Parallel()
	zeros := make([]byte, 20<<10)
	spare := bitfield(3)
	spare[len(spare)-1] |= 1
	for name, says := range map[string][]byte{
		"Piece":                    append(message.AppendPieceHeader(nil, blocks(1)[0]), zeros[:blockLength]...),
		"PieceOfAllBytesThereAre":  prefixed(1<<32-1, message.Piece),
		"ChokeWithABody":           message.Append(nil, message.Choke, 1),
		"InterestedWithABody":      message.Append(nil, message.Interested, 1),
		"HaveAllWithABody":         message.Append(nil, message.HaveAll, 1),
		"LongHave":                 message.Append(nil, message.Have, zeros[:5]...),
		"ShortHave":                message.Append(nil, message.Have, zeros[:3]...),
		"HaveBehindTheLast":        have(pieces),
		"HaveOfTheGreatestNumber":  have(1<<32 - 1),
		"LongRequest":              message.Append(nil, message.Request, zeros[:13]...),
		"ShortRequest":             message.Append(nil, message.Request, zeros[:11]...),
		"EmptyRequest":             message.Append(nil, message.Request),
		"LongCancel":               message.Append(nil, message.Cancel, zeros[:13]...),
		"ShortCancel":              message.Append(nil, message.Cancel, zeros[:8]...),
		"LongBitfield":             message.Append(nil, message.Bitfield, zeros[:4]...),
		"ShortBitfield":            message.Append(nil, message.Bitfield, zeros[:2]...),
		"EmptyBitfield":            message.Append(nil, message.Bitfield),
		"BitBehindTheLast":         message.Append(nil, message.Bitfield, spare...),
		"LongPort":                 message.Append(nil, message.Port, zeros[:3]...),
		"LongHashRequest":          message.Append(nil, message.HashRequest, zeros[:49]...),
		"ExtendedWithoutAnID":      message.Append(nil, message.Extended),
		"LongExtended":             prefixed(2+16<<10+1, message.Extended),
		"GarbageForAHandshake":     extended(0, "garbage"),
		"TruncatedHandshake":       extended(0, theirs[:50]),
		"DeepHandshake":            extended(0, "d1:m"+strings.Repeat("l", 5000)),
		"GarbageForPEX":            extended(2, "garbage"),
		"PEXWithHalfAPeer":         extended(2, "d5:added3:abce"),
		"GarbageForMetadata":       extended(1, "i1e"),
		"MetadataOfNoPiece":        extended(1, "d8:msg_typei0ee"),
		"MetadataOfANegativePiece": extended(1, metadataRequest(-1)),
		"LongUnknown":              prefixed(16<<10+1, 99),
		"UnknownOfAllThereIs":      prefixed(1<<32-1, 255),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{})
			bystander, _ := newLeecher(t, e, family.V4)
			bystander.begin(e)
			l, client := newLeecher(t, e, family.V6)
			l.write(says)
			l.drain()
			if heard := client.wait(t); len(heard) > 0 {
				t.Errorf("the client heard %q", heard)
			}
			if got := *e.ended(wire.ReasonProtocol); got != (family.Pair[int64]{V6: 1}) {
				t.Errorf("%+v ended for breaking the protocol, want one over IPv6; all: %v", got, e.Ended())
			}
			bystander.ask(blocks(1)...)
			bystander.take(blocks(1)[0])
			if n := len(e.Peers()); n != 1 {
				t.Errorf("%d peers left, want 1", n)
			}
		})
	}
}

// prefixed is the beginning of a message, of length bytes with its id.
func prefixed(length uint32, id message.ID) []byte {
	return append(binary.BigEndian.AppendUint32(nil, length), byte(id))
}
