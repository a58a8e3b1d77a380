package mse_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"testing"

	"sixseed/seeder/wire/mse"
)

const both = mse.Plain | mse.RC4

// receive plays a script to Receive.
func receive(s *script) (mse.Stream, [20]byte, error) {
	return mse.ReceiveWith(drawing(0), s, nil, find, prefer(mse.Plain, mse.RC4))
}

func TestReceive(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		offered mse.Method
		choose  func(mse.Method) mse.Method
		ia      []byte
		most    int
		want    mse.Method
	}{
		"PlainChosen":        {both, prefer(mse.Plain, mse.RC4), greeting, 0, mse.Plain},
		"RC4Chosen":          {both, prefer(mse.RC4, mse.Plain), greeting, 0, mse.RC4},
		"RC4Insisted":        {mse.RC4, prefer(mse.Plain, mse.RC4), greeting, 0, mse.RC4},
		"UnknownBitsIgnored": {mse.Plain | 0xfffffff0, prefer(mse.Plain), greeting, 0, mse.Plain},
		"NoPayload":          {both, prefer(mse.RC4), nil, 0, mse.RC4},
		"LongPayload":        {both, prefer(mse.RC4), bytes.Repeat(greeting, 61)[:mse.MaxReceived], 0, mse.RC4},
		"ByteByByte":         {both, prefer(mse.RC4), bytes.Repeat(greeting, 61)[:mse.MaxReceived], 1, mse.RC4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			peer := initiating(7, settlement(test.offered, 9), payload(test.ia))
			peer.most = test.most
			stream, infoHash, err := mse.ReceiveWith(drawing(5), peer, nil, find, test.choose)
			if err != nil {
				t.Fatal(err)
			}
			if infoHash != seeded || stream.Method != test.want || !bytes.Equal(stream.Head, test.ia) {
				t.Errorf("%v stream for %q, begins %q", stream.Method, infoHash, stream.Head)
			}
			padding := bytes.Repeat([]byte{0xdb}, 5)
			answer := encrypted(keyStream("keyB"), settlement(test.want, 5))
			if want := bytes.Join([][]byte{publicKey(ourPrivate), padding, answer}, nil); !bytes.Equal(peer.heard.Bytes(), want) {
				t.Errorf("answered %x, want %x", peer.heard.Bytes(), want)
			}
		})
	}
}

// Whatever is read too early belongs to the stream: the peer need not wait for our choice if it offered one only.
func TestReceive_EarlyStream(t *testing.T) {
	t.Parallel()
	early := []byte("messages sent at once")
	for method, sent := range map[mse.Method]func(*script) *script{
		mse.Plain: func(s *script) *script {
			s.lines[1] = append(s.lines[1], early...)
			return s
		},
		mse.RC4: func(*script) *script { // the same key stream goes on
			return initiating(0, settlement(mse.RC4, 0), payload(greeting), early)
		},
	} {
		t.Run(method.String(), func(t *testing.T) {
			t.Parallel()
			peer := sent(initiating(0, settlement(method, 0), payload(greeting)))
			stream, _, err := receive(peer)
			if err != nil {
				t.Fatal(err)
			}
			if want := append(bytes.Clone(greeting), early...); !bytes.Equal(stream.Head, want) {
				t.Errorf("stream begins %q, want %q", stream.Head, want)
			}
		})
	}
}

// The caller has read the beginning of the handshake, to see that it is none of BitTorrent's.
func TestReceive_Head(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 1, 20, 95, 96, 97, 300, 96 + 512} {
		t.Run(fmt.Sprint(length), func(t *testing.T) {
			t.Parallel()
			peer := initiating(512, settlement(mse.RC4, 512), payload(greeting))
			head := bytes.Clone(peer.lines[0][:length])
			peer.lines[0] = peer.lines[0][length:]
			stream, infoHash, err := mse.ReceiveWith(drawing(0), peer, head, find, prefer(mse.RC4))
			if err != nil || infoHash != seeded || !bytes.Equal(stream.Head, greeting) {
				t.Errorf("stream for %q begins %q, error %v", infoHash, stream.Head, err)
			}
		})
	}
	t.Run("LongerThanAHandshake", func(t *testing.T) {
		t.Parallel()
		head := append(publicKey(theirPrivate), make([]byte, 3*mse.MaxHandshake)...)
		_, _, err := mse.ReceiveWith(drawing(0), &script{}, head, find, prefer(mse.RC4))
		if err == nil || !strings.Contains(err.Error(), "not within 532 bytes") {
			t.Errorf("error %v", err)
		}
	})
}

func TestReceive_EveryPadding(t *testing.T) {
	t.Parallel()
	for pad := range 513 {
		peer := initiating(pad, settlement(mse.RC4, 512-pad), payload(greeting))
		stream, _, err := mse.ReceiveWith(drawing(pad), peer, nil, find, prefer(mse.RC4))
		if err != nil || !bytes.Equal(stream.Head, greeting) {
			t.Fatalf("PadA of %d bytes: stream begins %q, error %v", pad, stream.Head, err)
		}
		if want := 96 + pad + 14 + pad; peer.heard.Len() != want {
			t.Fatalf("padding of %d bytes drawn: sent %d bytes, want %d", pad, peer.heard.Len(), want)
		}
	}
}

func TestReceive_Refused(t *testing.T) {
	t.Parallel()
	opening := func(key *big.Int) *script {
		return &script{lines: [][]byte{key.FillBytes(make([]byte, 96))}}
	}
	nonZero := settlement(both, 0)
	nonZero[7] = 1
	stranger := initiating(0, settlement(both, 0), payload(greeting))
	copy(stranger.lines[1][20:], veiledKey([20]byte{1}))
	for name, test := range map[string]struct {
		peer *script
		want string
		is   error
	}{
		"KeyZero":         {opening(big.NewInt(0)), "public key is 0", nil},
		"KeyOne":          {opening(big.NewInt(1)), "public key is 1", nil},
		"KeyMinusOne":     {opening(new(big.Int).Sub(prime, big.NewInt(1))), "not below prime-1", nil},
		"KeyPrime":        {opening(prime), "not below prime-1", nil},
		"KeyAllOnes":      {&script{lines: [][]byte{bytes.Repeat([]byte{0xff}, 96)}}, "not below prime-1", nil},
		"PaddingTooLong":  {initiating(513, settlement(both, 0), payload(nil)), "not within 532 bytes", nil},
		"UnknownTorrent":  {stranger, fmt.Sprintf("key %x", mse.KeyOf([20]byte{1})), mse.ErrUnknownTorrent},
		"WrongConstant":   {initiating(0, nonZero, payload(nil)), "verification constant is not zero", nil},
		"PadCTooLong":     {initiating(0, settlement(both, 513), payload(nil)), "padding of 513 bytes", nil},
		"PayloadTooLong":  {initiating(0, settlement(both, 0), payload(make([]byte, 4097))), "payload of 4097 bytes", nil},
		"NothingOffered":  {initiating(0, settlement(0, 0), payload(nil)), "peer offers none", mse.ErrNoMethod},
		"UnknownOffered":  {initiating(0, settlement(0x1c, 0), payload(nil)), "peer offers 0x1c", mse.ErrNoMethod},
		"NoneOfTheWanted": {initiating(0, settlement(mse.Plain, 0), payload(nil)), "peer offers plain", mse.ErrNoMethod},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			choose := prefer(mse.Plain, mse.RC4)
			if name == "NoneOfTheWanted" {
				choose = prefer(mse.RC4)
			}
			stream, infoHash, err := mse.ReceiveWith(drawing(0), test.peer, nil, find, choose)
			if err == nil || !strings.Contains(err.Error(), test.want) || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if infoHash != [20]byte{} || stream.Method != 0 || stream.Head != nil {
				t.Errorf("error comes with %v and %x", stream, infoHash)
			}
		})
	}
}

// A choice that was not offered, or is more than one, would leave the two sides with different ideas.
func TestReceive_ImpossibleChoice(t *testing.T) {
	t.Parallel()
	for _, chosen := range []mse.Method{mse.RC4, both, 4} {
		peer := initiating(0, settlement(mse.Plain, 0), payload(nil))
		choose := func(mse.Method) mse.Method { return chosen }
		if _, _, err := mse.ReceiveWith(drawing(0), peer, nil, find, choose); !errors.Is(err, mse.ErrNoMethod) {
			t.Errorf("choice %v of plain: error %v", chosen, err)
		}
	}
}

func TestReceive_BrokenOff(t *testing.T) {
	t.Parallel()
	whole := func() *script { return initiating(11, settlement(mse.RC4, 13), payload(greeting)) }
	for n := range whole().length() {
		if _, _, err := receive(whole().cutAt(n)); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("broken off after %d bytes: error %v", n, err)
		}
	}
	if _, _, err := receive(whole()); err != nil {
		t.Errorf("not broken off: error %v", err)
	}
}

func TestReceive_CannotWrite(t *testing.T) {
	t.Parallel()
	for writes, want := range []string{"send public key: ", "send chosen method: "} {
		peer := &deaf{script: initiating(0, settlement(mse.RC4, 0), payload(nil)), hears: writes}
		_, _, err := mse.ReceiveWith(drawing(0), peer, nil, find, prefer(mse.RC4))
		if !errors.Is(err, io.ErrClosedPipe) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// Who names no torrent of ours can talk for ever, and is not listened to.
func TestReceive_Endless(t *testing.T) {
	t.Parallel()
	noise := &script{lines: [][]byte{publicKey(theirPrivate), make([]byte, 1<<20)}}
	if _, _, err := receive(noise); err == nil {
		t.Error("no error")
	}
	if noise.said > mse.MaxHandshake {
		t.Errorf("read %d bytes, more than %d", noise.said, mse.MaxHandshake)
	}
}

// deaf is a script that cannot be written to more than a few times.
type deaf struct {
	*script
	hears int
}

func (d *deaf) Write(b []byte) (int, error) {
	if d.hears--; d.hears < 0 {
		return 0, io.ErrClosedPipe
	}
	return d.script.Write(b)
}
