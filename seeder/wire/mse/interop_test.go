package mse_test

import (
	"bytes"
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	library "github.com/anacrolix/torrent/mse"

	"sixseed/seeder/wire/mse"
)

// side is one side of a handshake and of what follows: it returns the stream in plain text.
type side func(net.Conn) (io.ReadWriter, error)

// plain is a connection in plain text after a handshake of ours.
func plain(conn io.ReadWriter, s mse.Stream) io.ReadWriter {
	in, out := io.Reader(conn), io.Writer(conn)
	if s.Method == mse.RC4 {
		in, out = cipher.StreamReader{S: s.In, R: conn}, cipher.StreamWriter{S: s.Out, W: conn}
	}
	return exchange{io.MultiReader(bytes.NewReader(s.Head), in), out}
}

func ourReceive(method mse.Method) side {
	return func(conn net.Conn) (io.ReadWriter, error) {
		head := make([]byte, 20) // what it takes to see that this is no BitTorrent handshake
		if _, err := io.ReadFull(conn, head); err != nil {
			return nil, err
		}
		stream, infoHash, err := mse.Receive(conn, head, find, prefer(method))
		if err == nil && (infoHash != seeded || stream.Method != method) {
			err = fmt.Errorf("%v stream for %x", stream.Method, infoHash)
		}
		return plain(conn, stream), err
	}
}

func ourInitiate(offer, want mse.Method) side {
	return func(conn net.Conn) (io.ReadWriter, error) {
		stream, err := mse.Initiate(conn, seeded, greeting, offer)
		if err == nil && stream.Method != want {
			err = fmt.Errorf("%v stream", stream.Method)
		}
		return plain(conn, stream), err
	}
}

func libraryReceive(method mse.Method) side {
	return func(conn net.Conn) (io.ReadWriter, error) {
		keys := func(try func([]byte) bool) { try(seeded[:]) }
		choose := func(library.CryptoMethod) library.CryptoMethod { return library.CryptoMethod(method) }
		stream, _, err := library.ReceiveHandshake(context.Background(), conn, keys, choose)
		return stream, err
	}
}

func libraryInitiate(offer mse.Method) side {
	return func(conn net.Conn) (io.ReadWriter, error) {
		stream, _, err := library.InitiateHandshake(conn, seeded[:], greeting, library.CryptoMethod(offer))
		return stream, err
	}
}

// The library that the engine is built on shakes hands with us, in both roles, and we with ourselves.
func TestInterop(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ initiate, receive side }{
		"LibraryInitiatesPlain":   {libraryInitiate(both), ourReceive(mse.Plain)},
		"LibraryInitiatesRC4":     {libraryInitiate(both), ourReceive(mse.RC4)},
		"LibraryInitiatesRC4Only": {libraryInitiate(mse.RC4), ourReceive(mse.RC4)},
		"LibraryReceivesPlain":    {ourInitiate(both, mse.Plain), libraryReceive(mse.Plain)},
		"LibraryReceivesRC4":      {ourInitiate(both, mse.RC4), libraryReceive(mse.RC4)},
		"LibraryReceivesRC4Only":  {ourInitiate(mse.RC4, mse.RC4), libraryReceive(mse.RC4)},
		"BothOursPlain":           {ourInitiate(both, mse.Plain), ourReceive(mse.Plain)},
		"BothOursRC4":             {ourInitiate(both, mse.RC4), ourReceive(mse.RC4)},
	} {
		for medium, connect := range map[string]func(*testing.T) (net.Conn, net.Conn){
			"Unbuffered": func(*testing.T) (net.Conn, net.Conn) { return net.Pipe() },
			"TCP":        connectTCP,
		} {
			t.Run(name+"/"+medium, func(t *testing.T) {
				t.Parallel()
				for range 8 { // paddings are of random length
					a, b := connect(t)
					converse(t, a, b, test.initiate, test.receive)
				}
			})
		}
	}
}

// A peer whose segments arrive byte by byte.
func TestInterop_ByteByByte(t *testing.T) {
	t.Parallel()
	a, b := connectTCP(t)
	converse(t, slow{a}, slow{b}, ourInitiate(both, mse.RC4), ourReceive(mse.RC4))
}

func TestInterop_UnknownTorrent(t *testing.T) {
	t.Parallel()
	a, b := net.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := mse.Initiate(a, [20]byte{1}, greeting, both)
		ended <- err
	}()
	if _, err := ourReceive(mse.Plain)(b); !errors.Is(err, mse.ErrUnknownTorrent) {
		t.Errorf("receiver's error %v", err)
	}
	_ = b.Close()
	if err := <-ended; err == nil {
		t.Error("initiator has no error")
	}
}

// converse lets two sides shake hands and then send each other something, more than once.
func converse(t *testing.T, a, b net.Conn, initiate, receive side) {
	t.Helper()
	for _, conn := range []net.Conn{a, b} {
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(time.Minute)) // only so that a deadlock is a failure
	}
	ended := make(chan error, 1)
	go func() {
		stream, err := initiate(a)
		if err == nil {
			err = talk(stream, []byte("ping"), []byte("pong"))
		}
		ended <- err
	}()
	stream, err := receive(b)
	if err == nil {
		err = listen(stream)
	}
	if err != nil {
		t.Errorf("receiver: %v", err)
		_ = b.Close()
	}
	if err := <-ended; err != nil {
		t.Errorf("initiator: %v", err)
	}
}

// listen reads the initial payload, and answers what comes after it.
func listen(stream io.ReadWriter) error {
	got := make([]byte, len(greeting))
	if _, err := io.ReadFull(stream, got); err != nil || !bytes.Equal(got, greeting) {
		return fmt.Errorf("payload %q, error %w", got, err)
	}
	for range 2 {
		got := make([]byte, len("ping"))
		if _, err := io.ReadFull(stream, got); err != nil || string(got) != "ping" {
			return fmt.Errorf("read %q, error %w", got, err)
		}
		if _, err := stream.Write([]byte("pong")); err != nil {
			return err
		}
	}
	return nil
}

func talk(stream io.ReadWriter, say, hear []byte) error {
	for range 2 {
		if _, err := stream.Write(say); err != nil {
			return err
		}
		got := make([]byte, len(hear))
		if _, err := io.ReadFull(stream, got); err != nil || !bytes.Equal(got, hear) {
			return fmt.Errorf("read %q, error %w", got, err)
		}
	}
	return nil
}

func connectTCP(t *testing.T) (dialed, accepted net.Conn) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp6", "[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dialed, err = new(net.Dialer).DialContext(t.Context(), "tcp6", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if accepted, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	return dialed, accepted
}

// slow is read one byte at a time.
type slow struct{ net.Conn }

func (s slow) Read(b []byte) (int, error) { return s.Conn.Read(b[:min(1, len(b))]) }
