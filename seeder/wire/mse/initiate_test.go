package mse_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"sixseed/seeder/wire/mse"
)

// initiate plays a script to Initiate.
func initiate(s io.ReadWriter, offer mse.Method) (mse.Stream, error) {
	return mse.InitiateWith(drawing(0), s, seeded, greeting, offer)
}

func TestInitiate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		offer, chosen mse.Method
		payload       []byte
		most          int
	}{
		"PlainChosen": {both, mse.Plain, greeting, 0},
		"RC4Chosen":   {both, mse.RC4, greeting, 0},
		"OnlyPlain":   {mse.Plain, mse.Plain, greeting, 0},
		"OnlyRC4":     {mse.RC4, mse.RC4, greeting, 0},
		"NoPayload":   {both, mse.RC4, nil, 0},
		"ByteByByte":  {both, mse.RC4, greeting, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			peer := receiving(7, settlement(test.chosen, 9))
			peer.most = test.most
			stream, err := mse.InitiateWith(drawing(5), peer, seeded, test.payload, test.offer)
			if err != nil {
				t.Fatal(err)
			}
			if stream.Method != test.chosen || len(stream.Head) != 0 {
				t.Errorf("%v stream, begins %q", stream.Method, stream.Head)
			}
			want := bytes.Join([][]byte{
				publicKey(ourPrivate), bytes.Repeat([]byte{0xdb}, 5), syncMark(), veiledKey(seeded),
				encrypted(keyStream("keyA"), settlement(test.offer, 5), payload(test.payload)),
			}, nil)
			if !bytes.Equal(peer.heard.Bytes(), want) {
				t.Errorf("sent %x, want %x", peer.heard.Bytes(), want)
			}
		})
	}
}

// The peer's stream commonly comes together with its choice.
func TestInitiate_EarlyStream(t *testing.T) {
	t.Parallel()
	t.Run("Plain", func(t *testing.T) {
		t.Parallel()
		peer := receiving(3, settlement(mse.Plain, 4))
		peer.lines[1] = append(peer.lines[1], greeting...)
		if stream, err := initiate(peer, both); err != nil || !bytes.Equal(stream.Head, greeting) {
			t.Errorf("stream begins %q, error %v", stream.Head, err)
		}
	})
	t.Run("RC4", func(t *testing.T) {
		t.Parallel()
		peer := receiving(3, settlement(mse.RC4, 4), greeting)
		if stream, err := initiate(peer, both); err != nil || !bytes.Equal(stream.Head, greeting) {
			t.Errorf("stream begins %q, error %v", stream.Head, err)
		}
	})
}

func TestInitiate_EveryPadding(t *testing.T) {
	t.Parallel()
	for pad := range 513 {
		peer := receiving(pad, settlement(mse.RC4, 512-pad), greeting)
		stream, err := mse.InitiateWith(drawing(pad), peer, seeded, greeting, mse.RC4)
		if err != nil || !bytes.Equal(stream.Head, greeting) {
			t.Fatalf("PadB of %d bytes: stream begins %q, error %v", pad, stream.Head, err)
		}
		if want := 96 + pad + 40 + 14 + pad + 2 + len(greeting); peer.heard.Len() != want {
			t.Fatalf("padding of %d bytes drawn: sent %d bytes, want %d", pad, peer.heard.Len(), want)
		}
	}
}

func TestInitiate_Refused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		peer *script
		want string
		is   error
	}{
		"KeyZero":        {&script{lines: [][]byte{make([]byte, 96)}}, "public key is 0", nil},
		"KeyPrime":       {&script{lines: [][]byte{prime.Bytes()}}, "not below prime-1", nil},
		"PaddingTooLong": {receiving(513, settlement(mse.RC4, 0)), "not within 520 bytes", nil},
		"EndlessNoise": {
			&script{lines: [][]byte{publicKey(theirPrivate), make([]byte, 1<<20)}}, "not within 520 bytes", nil,
		},
		"PadDTooLong": {receiving(0, settlement(mse.RC4, 513)), "padding of 513 bytes", nil},
		"NotOffered":  {receiving(0, settlement(mse.Plain, 0)), "peer chose plain of RC4", mse.ErrNoMethod},
		"Several":     {receiving(0, settlement(both, 0)), "peer chose plain and RC4 of RC4", mse.ErrNoMethod},
		"None":        {receiving(0, settlement(0, 0)), "peer chose none of RC4", mse.ErrNoMethod},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream, err := initiate(test.peer, mse.RC4)
			if err == nil || !strings.Contains(err.Error(), test.want) || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if stream.Method != 0 || test.peer.said > mse.MaxHandshake {
				t.Errorf("%v stream after %d bytes", stream.Method, test.peer.said)
			}
		})
	}
}

// What the caller asks for wrongly is refused before anything is sent.
func TestInitiate_Impossible(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		payload []byte
		offer   mse.Method
		want    string
	}{
		"NoMethod":       {greeting, 0, "cannot offer method none"},
		"UnknownMethod":  {greeting, mse.RC4 | 8, "cannot offer method RC4 and 0x8"},
		"PayloadTooLong": {make([]byte, 69), both, "initial payload of 69 bytes is longer than 68"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			peer := receiving(0, settlement(mse.RC4, 0))
			_, err := mse.Initiate(peer, seeded, test.payload, test.offer)
			if err == nil || err.Error() != test.want || peer.heard.Len() > 0 {
				t.Errorf("error %v after %d bytes, want %q", err, peer.heard.Len(), test.want)
			}
		})
	}
}

func TestInitiate_BrokenOff(t *testing.T) {
	t.Parallel()
	whole := func() *script { return receiving(11, settlement(mse.RC4, 13)) }
	for n := range whole().length() {
		if _, err := initiate(whole().cutAt(n), both); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("broken off after %d bytes: error %v", n, err)
		}
	}
	if _, err := initiate(whole(), both); err != nil {
		t.Errorf("not broken off: error %v", err)
	}
}

func TestInitiate_CannotWrite(t *testing.T) {
	t.Parallel()
	for writes, want := range []string{"send public key: ", "send offered methods: "} {
		peer := &deaf{script: receiving(0, settlement(mse.RC4, 0)), hears: writes}
		_, err := initiate(peer, both)
		if !errors.Is(err, io.ErrClosedPipe) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
