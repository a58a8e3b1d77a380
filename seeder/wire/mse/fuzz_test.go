package mse_test

import (
	"bytes"
	"testing"

	"sixseed/seeder/wire/mse"
)

// FuzzReceive plays peers that say anything: noise from the first byte on, or noise that is encrypted properly, which
// only who knows the torrent can send.
func FuzzReceive(f *testing.F) {
	f.Add([]byte{}, append(settlement(both, 3), payload(greeting)...), uint8(0))
	f.Add([]byte{}, append(settlement(mse.RC4, 512), payload(nil)...), uint8(1))
	f.Add([]byte{}, append(settlement(mse.Plain, 0), payload(make([]byte, 5000))...), uint8(7))
	f.Add([]byte{}, settlement(both, 513), uint8(0))
	f.Add(append(publicKey(theirPrivate), syncMark()...), []byte{}, uint8(0))
	f.Add(make([]byte, 700), []byte{}, uint8(0))
	f.Fuzz(func(t *testing.T, noise, secret []byte, most uint8) {
		peer := &script{lines: [][]byte{noise}}
		if len(noise) == 0 {
			peer = initiating(int(most), secret)
		}
		peer.most = int(most)
		stream, infoHash, err := receive(peer)
		checkStream(t, peer, stream, err)
		if err == nil && infoHash != seeded {
			t.Errorf("stream for %x", infoHash)
		}
	})
}

// FuzzInitiate is the same for the other side.
func FuzzInitiate(f *testing.F) {
	f.Add([]byte{}, settlement(mse.RC4, 3), uint8(0))
	f.Add([]byte{}, append(settlement(mse.Plain, 512), greeting...), uint8(1))
	f.Add([]byte{}, settlement(both, 0), uint8(7))
	f.Add([]byte{}, settlement(mse.RC4, 513), uint8(0))
	f.Add(publicKey(theirPrivate), []byte{}, uint8(0))
	f.Add(make([]byte, 700), []byte{}, uint8(0))
	f.Fuzz(func(t *testing.T, noise, secret []byte, most uint8) {
		peer := &script{lines: [][]byte{noise}}
		if len(noise) == 0 {
			peer = receiving(int(most), secret)
		}
		peer.most = int(most)
		stream, err := initiate(peer, both)
		checkStream(t, peer, stream, err)
	})
}

// checkStream wants either an error or a stream with a single method that what was read explains.
func checkStream(t *testing.T, peer *script, stream mse.Stream, err error) {
	t.Helper()
	if peer.said > mse.MaxHandshake+mse.MaxReceived {
		t.Errorf("read %d bytes", peer.said)
	}
	switch stream.Method {
	case 0:
		if err == nil || stream.Head != nil {
			t.Errorf("no stream, error %v, head %q", err, stream.Head)
		}
	case mse.Plain, mse.RC4:
		encrypted := stream.In != nil && stream.Out != nil
		if err != nil || encrypted != (stream.Method == mse.RC4) || len(stream.Head) > peer.said {
			t.Errorf("stream %+v, error %v", stream, err)
		}
	default:
		t.Errorf("stream %+v, error %v", stream, err)
	}
	if !bytes.HasPrefix(peer.heard.Bytes(), publicKey(ourPrivate)) && peer.heard.Len() > 0 {
		t.Errorf("sent %x", peer.heard.Bytes())
	}
}
