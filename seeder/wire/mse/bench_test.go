package mse_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"testing"

	"sixseed/seeder/wire/mse"
)

// BenchmarkReceive is what an obfuscated connection costs, and that it costs the same however many torrents there
// are. Nearly all of it is the key exchange.
func BenchmarkReceive(b *testing.B) {
	private := func(b []byte) { // of full length, and always the same
		drawing(256)(b)
		if len(b) == 20 {
			copy(b, "a private key's size")
		}
	}
	initiator := record(b, private)
	for _, torrents := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("torrents=%d", torrents), func(b *testing.B) {
			b.ReportAllocs()
			known := map[mse.Key][20]byte{mse.KeyOf(seeded): seeded}
			for n := uint64(1); len(known) < torrents; n++ {
				infoHash := [20]byte(binary.BigEndian.AppendUint64(make([]byte, 12), n))
				known[mse.KeyOf(infoHash)] = infoHash
			}
			find := func(k mse.Key) ([20]byte, bool) {
				infoHash, ok := known[k]
				return infoHash, ok
			}
			for b.Loop() {
				peer := exchange{bytes.NewReader(initiator), io.Discard}
				if _, _, err := mse.ReceiveWith(private, peer, nil, find, prefer(mse.RC4)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRC4 is what a core encrypts or decrypts, block by block.
func BenchmarkRC4(b *testing.B) {
	block := make([]byte, 16<<10)
	b.SetBytes(int64(len(block)))
	for c := keyStream("keyA"); b.Loop(); {
		c.XORKeyStream(block, block)
	}
}

// record returns what an initiator says to a receiver that draws from random.
func record(b *testing.B, random func([]byte)) []byte {
	b.Helper()
	ours, theirs := net.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := mse.Initiate(theirs, seeded, greeting, both)
		ended <- err
	}()
	var said bytes.Buffer
	peer := exchange{io.TeeReader(ours, &said), ours}
	if _, _, err := mse.ReceiveWith(random, peer, nil, find, prefer(mse.RC4)); err != nil {
		b.Fatal(err)
	}
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	return said.Bytes()
}

type exchange struct {
	io.Reader
	io.Writer
}
