package wire_test

import (
	"errors"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// never has nobody of a family's loopback be served.
func never(f family.Family) family.Classifier {
	of := family.Pair[family.Class]{V4: family.ClassV4, V6: family.ClassV6}
	*of.At(f) = family.ClassNever
	return classes(of)
}

func TestListener_TurnsAwayWhoIsNeverServed(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, wire.Settings{Classifier: never(f)})
			listener, address := listen(t, e, f)
			peer := call(t, address)
			accepted := async(listener.Accept)
			if n, err := peer.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("was sent %d bytes, %v", n, err)
			}
			want := family.Pair[int64]{}
			*want.At(f) = 1
			if got := e.ended(wire.ReasonNeverServed); *got != want || e.Accepted(f) != 1 {
				t.Errorf("%+v of %d connections were turned away as never served", *got, e.Accepted(f))
			}

			e.Apply(wire.Settings{MaxConnections: 10}) // the admin thinks better of it
			welcome := call(t, address)
			conn, err := accepted()
			if err != nil || conn.RemoteAddr().String() != welcome.LocalAddr().String() {
				t.Fatalf("got %v, %v", conn, err)
			}
			_ = conn.Close()
		})
	}
}

// TestListener_ServesTheOtherFamily has a network that is never served take nothing away from others.
func TestListener_ServesTheOtherFamily(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{Classifier: never(family.V4)})
	l, _ := newLeecher(t, e, family.V6)
	l.begin(e)
	l.ask(blocks(1)...)
	l.take(blocks(1)[0])
}

func TestDialer_DoesNotCallWhoIsNeverServed(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			e, peer := newEndpoint(t, wire.Settings{Classifier: never(f)}), newCalled(t, f)
			if _, err := e.Dialer(f).Dial(t.Context(), peer.Addr().String()); !errors.Is(err, wire.ErrNeverServed) {
				t.Errorf("dial: %v", err)
			}
		})
	}
}

// TestConn_CountsAsItsClass has an IPv4 peer of a network that counts as IPv6.
func TestConn_CountsAsItsClass(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, wire.Settings{Classifier: classes(other)})
	l, client := newLeecher(t, e, family.V4)
	conn := l.begin(e)
	l.ask(blocks(1)...)
	l.take(blocks(1)[0])
	if conn.Status().Family != family.V6 {
		t.Errorf("counts as %v", conn.Status().Family)
	}
	_ = l.socket.Close()
	client.wait(t)
	e.Wait()
	if got := e.traffic(family.V6).Payload; got != blockLength || e.traffic(family.V4) != (wire.Traffic{}) {
		t.Errorf("%d bytes are on the account of IPv6, and %+v on that of IPv4", got, e.traffic(family.V4))
	}
	assertEnded(t, e, family.V6, wire.ReasonLeft)
}
