package e2e_test

import (
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestDaemon_TellsSystemd has the test stand where systemd listens (sd_notify(3)).
func TestDaemon_TellsSystemd(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notify")
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	told := readAll(t, systemd)
	await := func(want string) {
		t.Helper()
		for limit := time.After(patience); ; {
			select {
			case message := <-told:
				if strings.HasPrefix(message, want) {
					return
				}
			case <-limit:
				t.Fatalf("systemd was not told %s in %v", want, patience)
			}
		}
	}

	d := startDaemon(t, settings{library: t.TempDir(), env: []string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=200000"}})
	await("READY=1")
	await("WATCHDOG=1")
	await("WATCHDOG=1")
	d.hangUp(t)
	await("RELOADING=1\nMONOTONIC_USEC=")
	await("READY=1")
	d.stop(t)
	await("STOPPING=1")
}

// readAll takes all messages at once, as systemd does: a socket has room for few. The reading ends with the test.
func readAll(t *testing.T, socket *net.UnixConn) <-chan string {
	t.Helper()
	messages := make(chan string, 10_000)
	var reading sync.WaitGroup
	reading.Go(func() {
		for message := make([]byte, 4096); ; {
			n, err := socket.Read(message)
			if err != nil {
				return
			}
			select {
			case messages <- string(message[:n]):
			default: // nobody has waited for one for long
			}
		}
	})
	t.Cleanup(func() {
		_ = socket.Close()
		reading.Wait()
	})
	return messages
}
