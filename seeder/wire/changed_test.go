package wire_test

import (
	"os"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// TestConn_ChangedData has files change while a peer waits for its second block. No byte of it may follow.
func TestConn_ChangedData(t *testing.T) {
	t.Parallel()
	for change, do := range map[string]func(path string) error{
		"Touched":   func(path string) error { return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)) },
		"Truncated": func(path string) error { return os.Truncate(path, blockLength) },
		"Replaced":  replace,
	} {
		for name, speak := range ways {
			t.Run(change+"/"+name, func(t *testing.T) {
				t.Parallel()
				g, e, l, client := newGated(t, family.V6, speak)
				l.queue(blocks(3)...)
				g.awaits(t, question{family.V6, 3 * blockLength})
				g.grant(t, blockLength)
				l.take(blocks(1)[0])
				g.awaits(t, question{family.V6, 2 * blockLength})
				if err := do(e.served.path); err != nil {
					t.Fatal(err)
				}
				g.grant(t, 2*blockLength)
				client.wait(t)
				l.drain()
				e.Wait()
				assertEnded(t, e, family.V6, wire.ReasonChanged)
				receive(t, e.served.changed)
				if payload := e.traffic(family.V6).Payload; payload != blockLength {
					t.Errorf("%d bytes of data were sent, want %d", payload, blockLength)
				}
			})
		}
	}
}

// replace writes other data. The clock of files may stand still for as long as a test takes (before Linux 6.13), so they
// get their time from here.
func replace(path string) error {
	if err := os.WriteFile(path, make([]byte, dataLength), 0o600); err != nil {
		return err
	}
	return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour))
}

// TestConn_ClosedData ends a torrent while a peer waits for a block of it.
func TestConn_ClosedData(t *testing.T) {
	t.Parallel()
	for name, speak := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, e, l, client := newGated(t, family.V4, speak)
			l.queue(blocks(1)...)
			g.awaits(t, question{family.V4, blockLength})
			if err := e.served.Data.Close(); err != nil {
				t.Fatal(err)
			}
			g.grant(t, blockLength)
			client.wait(t)
			e.Wait()
			assertEnded(t, e, family.V4, wire.ReasonClosed)
			if len(e.served.changed) > 0 || e.traffic(family.V4).Payload != 0 {
				t.Errorf("changed %d times, %d bytes sent", len(e.served.changed), e.traffic(family.V4).Payload)
			}
		})
	}
}
