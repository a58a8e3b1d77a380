package main

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// listenFull has systemd listen, as it were, where there is no room for another message, and read none.
func listenFull(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	t.Setenv("NOTIFY_SOCKET", path)
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = systemd.Close() })
	sender, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(sender) }()
	for err == nil {
		err = unix.Sendto(sender, []byte("filler"), unix.MSG_DONTWAIT, &unix.SockaddrUnix{Name: path})
	}
	if !errors.Is(err, unix.EAGAIN) {
		t.Fatalf("the socket did not fill: %v", err)
	}
}

// TestNotifier_NotifyGivesUp has a systemd that does not read: the program can end all the same.
func TestNotifier_NotifyGivesUp(t *testing.T) {
	listenFull(t)
	var lines bytes.Buffer
	n, ended := notifier{slog.New(slog.NewTextHandler(&lines, nil))}, make(chan struct{})
	go func() {
		n.notify("STOPPING=1")
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("it still waits for systemd to read")
	}
	if !strings.Contains(lines.String(), "systemd cannot be told") {
		t.Errorf("the log does not tell of it:\n%s", &lines)
	}
}
