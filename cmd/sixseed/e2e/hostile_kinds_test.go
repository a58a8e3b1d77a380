package e2e_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"sixseed/seeder/wire"
	"sixseed/seeder/wire/extension"
	"sixseed/seeder/wire/message"
	"sixseed/seeder/wire/mse"
)

// Why a connection ends, as the daemon sees it.
var (
	left    = []wire.Reason{wire.ReasonLeft}
	noPeer  = []wire.Reason{wire.ReasonHandshake}
	unknown = []wire.Reason{wire.ReasonUnknown}
	broken  = []wire.Reason{wire.ReasonProtocol}
	flooded = []wire.Reason{wire.ReasonFlood}
)

// hostilities lists all the ways to misbehave that the tests know.
func hostilities() []hostility {
	return slices.Concat(strangers(), vandals(), liars(), askers(), talkers(), extenders(), flooders())
}

// strangers never get to be peers.
func strangers() []hostility {
	return []hostility{
		{"Silence", noPeer, opens(text(""))},
		{"GoneAtOnce", noPeer, (*villain).vanish},
		{"ResetAtOnce", noPeer, (*villain).reset},
		{"HalfHandshake", noPeer, opens(func(v *villain) []byte { return v.handshake()[:30] })},
		{"HandshakeWithoutPeerID", noPeer, opens(func(v *villain) []byte { return v.handshake()[:50] })},
		{"SlowHandshake", noPeer, func(v *villain) error { return v.drip(v.handshake()) }},
		{"UnknownTorrent", unknown, opens(func(*villain) []byte { return handshakeFor([20]byte(random(20))) })},
		{"OtherProtocol", noPeer, opens(text("\x13BitTorrent PROTOCOL" + strings.Repeat("\x00", 48)))},
		{"HTTP", noPeer, opens(text("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))},
		{"Garbage", noPeer, opens(noise(100))},
		{"MuchGarbage", noPeer, opens(noise(8 << 10))},
		{"MSEKeyZero", noPeer, opens(text(strings.Repeat("\x00", 96+600)))},
		{"MSEKeyTooLarge", noPeer, opens(text(strings.Repeat("\xff", 96+600)))},
		{"MSEKeyAlone", noPeer, opens(noise(96))},
		{"MSEForUnknownTorrent", unknown, func(v *villain) error {
			_, err := mse.Initiate(v, [20]byte(random(20)), nil, mse.Plain|mse.RC4)
			return err
		}},
		{"MSEThenSilence", noPeer, func(v *villain) error {
			_, err := mse.Initiate(v, v.InfoHash, nil, mse.RC4)
			return err
		}},
		{"MSEThenUnknownTorrent", unknown, func(v *villain) error {
			_, err := mse.Initiate(v, v.InfoHash, handshakeFor([20]byte(random(20))), mse.Plain)
			return err
		}},
	}
}

// vandals break off, or break the stream.
func vandals() []hostility {
	return []hostility{
		{"ClosedAfterHandshake", left, says(text(""))},
		{"ResetAfterHandshake", left, shaken((*villain).reset)},
		{"ResetInABlock", left, unchoked(resetInABlock)},
		{"ResetInAnEncryptedBlock", left, encrypted(func(v *villain) error {
			if err := v.unchoke(); err != nil {
				return err
			}
			return resetInABlock(v)
		})},
		{"NothingRead", left, unchoked(func(v *villain) error {
			if _, err := v.Write(v.requests(3000)); err != nil {
				return err
			}
			return v.reset()
		})},
		{"TwoHandshakes", broken, says((*villain).handshake)},
		{"RandomBytes", broken, says(noise(64 << 10))},
		{"RandomBytesInRC4", broken, encrypted(func(v *villain) error {
			_, err := v.Write(random(64 << 10))
			return err
		})},
		{"LengthOf4GiB", broken, says(text("\xff\xff\xff\xff\x09"))},
		{"LengthOf2GiB", broken, says(text("\x80\x00\x00\x00\x14\x00"))},
		{"MessageWithoutEnd", left, says(text("\x00\x00\x40\x00\x63to be continued"))},
		{"SlowMessages", left, shaken(func(v *villain) error {
			return v.drip(bytes.Repeat(message.Append(nil, message.Interested), 2))
		})},
	}
}

// resetInABlock asks for as much as it may, takes half a block of it and is gone.
func resetInABlock(v *villain) error {
	if _, err := v.Write(v.requests(500)); err != nil {
		return err
	}
	if _, err := v.Read(make([]byte, blockLength/2)); err != nil {
		return err
	}
	return v.reset()
}

// liars say of themselves what cannot be, or are not who they are.
func liars() []hostility {
	return []hostility{
		{"BitfieldTooLong", broken, says(bitfield(1, 0))},
		{"BitfieldTooShort", broken, says(bitfield(-1, 0))},
		{"BitfieldOfNothing", broken, says(tell(message.Bitfield, ""))},
		{"BitfieldWithSpareBits", broken, says(bitfield(0, 0xff))},
		{"HaveOutOfRange", broken, says(func(v *villain) []byte {
			return message.AppendIndex(nil, message.Have, v.pieces())
		})},
		{"HaveLastOfAll", broken, says(index(message.Have, math.MaxUint32))},
		{"HaveAllAndNone", left, says(join( // a bare client panics when the torrent is dropped
			tell(message.Interested, ""), tell(message.HaveAll, ""), tell(message.HaveNone, ""), index(message.Have, 1),
		))},
		{"RandomReserved", left, shakenAs(func(v *villain) []byte {
			return slices.Replace(v.handshake(), 20, 28, random(8)...)
		})},
		{"SamePeerID", left, shakenAs(func(v *villain) []byte { return handshakeFor(v.InfoHash) })},
		{"DaemonsPeerID", []wire.Reason{wire.ReasonLeft, wire.ReasonClosed}, func(v *villain) error {
			id, err := v.peerID()
			if err != nil {
				return err
			}
			_, err = v.Write(append(v.handshake()[:48], id...))
			return err
		}},
	}
}

// askers ask for what nobody should.
func askers() []hostility {
	const most = math.MaxUint32
	return []hostility{
		{"NoLength", left, unchoked(sends(request(0, 0, 0)))},
		{"NoLengthAtPieceEnd", left, unchoked(sends(func(v *villain) []byte { // a bare client may panic
			return request(0, uint32(v.PieceLength), 0)(v)
		}))},
		{"TooLong", left, unchoked(sends(request(0, 0, 1<<20)))},
		{"LongestOfAll", left, unchoked(sends(request(0, 0, most)))},
		{"OutOfRange", left, unchoked(sends(request(most, 0, blockLength)))},
		{"PastThePiece", left, unchoked(sends(request(0, most/2, blockLength)))},
		{"Overflow", left, unchoked(sends(request(0, most-blockLength+1, blockLength)))},
		{"PastTheEnd", left, unchoked(sends(func(v *villain) []byte {
			end := uint32(v.Length() % v.PieceLength)
			return request(v.pieces()-1, end-1, blockLength)(v)
		}))},
		{"SameBlock", left, unchoked(sends(times(1000, request(0, 0, blockLength))))},
		{"ShortRequest", broken, says(tell(message.Request, "\x00\x00\x00\x00"))},
		{"ShortCancel", broken, says(tell(message.Cancel, "\x00\x00\x00\x00"))},
	}
}

// talkers say what nobody asked for, or nobody understands.
func talkers() []hostility {
	return []hostility{
		{"UnknownIDs", left, says(func(*villain) (b []byte) {
			for id := 24; id < 256; id++ {
				b = message.Append(b, message.ID(id), random(id)...)
			}
			return b
		})},
		{"PieceUnasked", broken, says(tell(message.Piece, strings.Repeat("\x00", 8+blockLength)))},
		{"PieceEmpty", broken, says(tell(message.Piece, ""))},
		{"RejectAndSuggest", left, says(times(100, join(
			block(message.RejectRequest), index(message.SuggestPiece, 1<<31), index(message.AllowedFast, math.MaxUint32),
			tell(message.Choke, ""), tell(message.Unchoke, ""),
		)))},
		{"Hashes", left, says(join(
			tell(message.Hashes, strings.Repeat("\x00", 48)), tell(message.Hashes, ""),
			tell(message.HashReject, strings.Repeat("\xff", 48)), tell(message.HashRequest, strings.Repeat("\xff", 48)),
		))},
		{"ChokeWithBody", broken, says(tell(message.Choke, "hold on"))},
		{"InterestedWithBody", broken, says(tell(message.Interested, "very"))},
		{"HaveWithoutBody", broken, says(tell(message.Have, ""))},
		{"ExtendedWithoutID", broken, says(tell(message.Extended, ""))},
		{"ExtendedUnknown", left, says(times(100, extended(200, "whatever")))},
	}
}

// extenders misuse the extension protocol.
func extenders() []hostility {
	const metadata, pex = extension.MetadataID, extension.PEXID
	var holepunch []words
	for id := range byte(20) { // a bare client, whose id for it is one of these, panics
		holepunch = append(holepunch, extended(3+id, "\x00\x01\x7f\x00\x00\x01\x1a\xe1\x00\x00\x00\x00"))
	}
	return []hostility{
		{"HandshakeHuge", broken, says(extended(0, "d1:v"+long(1<<20)+"e"))},
		{"HandshakeDeep", broken, says(extended(0, "d1:m"+strings.Repeat("l", 5000)+strings.Repeat("e", 5000)+"e"))},
		{"HandshakeNoBencode", broken, says(extended(0, "{\"m\": {}}"))},
		{"HandshakeBroken", broken, says(extended(0, "d1:md11:ut_metadatai1e"))},
		{"HandshakeOfWrongTypes", left, says(extended(0, "d1:eli1ee4:ipv41:x4:ipv6de1:mi7e1:pi-1e4:reqqi-1e1:vdee"))},
		{"HandshakeOfExtremes", left, says(extended(0, "d1:md11:ut_metadatai-9223372036854775808e6:ut_pexi256ee"+
			"13:metadata_sizei9223372036854775807e1:pi65536e4:reqqi9223372036854775807ee"))},
		{"HandshakeOfRandomNames", left, says(randomNames)},
		{"HandshakeRepeated", left, says(times(1000, extended(0, "d1:md6:ut_pexi1eee")))},
		{"Holepunch", left, says(join(holepunch...))},
		{"MetadataBeforeAll", broken, says(extended(metadata, "d8:msg_typei0e5:piecei-1ee"))},
		{"MetadataPastTheEnd", left, says(join(extended(0, "d1:md11:ut_metadatai1eee"),
			extended(metadata, "d8:msg_typei0e5:piecei2147483647ee")))},
		{"MetadataAnswers", left, says(join(
			extended(metadata, "d8:msg_typei1e5:piecei0e10:total_sizei99ee"+strings.Repeat("x", 99)),
			extended(metadata, "d8:msg_typei2e5:piecei-1ee"), extended(metadata, "d8:msg_typei9e5:piecei0ee"),
		))},
		{"MetadataNoBencode", broken, says(extended(metadata, "\x00\x01\x02"))},
		{"PEXNoBencode", broken, says(extended(pex, "who is there"))},
		{"PEXCut", broken, says(extended(pex, "d5:added7:1234567e"))},
		{"PEXOfNobody", left, says(join(extended(0, "d1:md6:ut_pexi1eee"), extended(pex, "de")))},
		{"PEXOfTheDaemon", left, says(func(v *villain) []byte { return extended(pex, pexOf(v.address()))(v) })},
	}
}

func long(length int) string { return fmt.Sprintf("%d:%s", length, strings.Repeat("x", length)) }

// randomNames is an extension handshake that offers extensions that nobody has.
func randomNames(*villain) []byte {
	var names strings.Builder
	for range 200 {
		fmt.Fprintf(&names, "%d:%si%de", 20, random(20), 7)
	}
	return extended(0, "d1:md"+names.String()+"ee")(nil)
}

// flooders send something without end, and read nothing.
func flooders() []hostility {
	many := pexOf(nobodies(50)...)
	return []hostility{
		{"KeepAlives", flooded, floods(text("\x00\x00\x00\x00"))},
		{"Ports", flooded, floods(tell(message.Port, "\x00\x01"))},
		{"Interests", flooded, floods(join(tell(message.Interested, ""), tell(message.NotInterested, "")))},
		{"Cancels", flooded, floods(block(message.Cancel))},
		{"RequestsWhileChoked", flooded, floods(func(v *villain) []byte { return v.requests(1000) })},
		{"RequestsOfOneBlock", flooded, unchoked(endless(request(0, 0, blockLength)))},
		{"RequestsTakenBack", flooded, unchoked(endless(join(block(message.Request), block(message.Cancel))))},
		{"RequestsOfNothing", flooded, unchoked(endless(request(math.MaxUint32, 0, 0)))},
		{"HashRequests", flooded, floods(tell(message.HashRequest, strings.Repeat("\x00", 48)))},
		{"MetadataRequests", flooded, floods(join(
			extended(0, "d1:md11:ut_metadatai1eee"), extended(extension.MetadataID, "d8:msg_typei0e5:piecei0ee"),
		))},
		{"PEX", flooded, floods(extended(extension.PEXID, many))},
		{"ExtensionHandshakes", flooded, floods(extended(0, "d1:md6:ut_pexi1eee"))},
		{"Bitfields", flooded, floods(bitfield(0, 0))},
		{"Haves", flooded, floods(index(message.Have, 0))},
		{"Rejects", flooded, floods(block(message.RejectRequest))},
		{"UnknownMessages", flooded, floods(tell(99, "?"))},
	}
}
