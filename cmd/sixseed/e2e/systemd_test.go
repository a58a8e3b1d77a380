package e2e_test

import (
	"net"
	"path/filepath"
	"strings"
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
	t.Cleanup(func() { _ = systemd.Close() })
	if err := systemd.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	await := func(want string) {
		t.Helper()
		for message := make([]byte, 4096); ; {
			n, err := systemd.Read(message)
			if err != nil {
				t.Fatalf("systemd was not told %s: %v", want, err)
			}
			if strings.HasPrefix(string(message[:n]), want) {
				return
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
