package labs_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"sixseed/cmd/sixseed/e2e/peers"
)

// host is a network namespace, which is to say a machine on a network. It has a thread that is in it. What the thread
// does happens there, and so does all that a program does that it starts.
type host struct {
	name   string
	thread int // its number
	calls  chan func()
}

// newHost makes a host without a link to another. It ends with the test.
func newHost(t testing.TB, name string) *host {
	t.Helper()
	return startHost(t, name, func() error { return unix.Unshare(unix.CLONE_NEWNET) })
}

// ownHost is the host that the test is on itself, with all its other threads.
func ownHost(t testing.TB, name string) *host {
	t.Helper()
	return startHost(t, name, func() error { return nil })
}

// startHost starts a thread for a host, which move brings there.
func startHost(t testing.TB, name string, move func() error) *host {
	t.Helper()
	h := &host{name: name, calls: make(chan func())}
	moved, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine, and nothing else gets to run on it
		h.thread = unix.Gettid()
		moved <- move()
		for call := range h.calls {
			call()
		}
	}()
	t.Cleanup(func() {
		close(h.calls)
		<-ended
	})
	if err := <-moved; err != nil {
		t.Fatalf("make a network namespace: %v", err)
	}
	return h
}

// do calls f in the host's namespace.
func (h *host) do(f func() error) error {
	done := make(chan error)
	h.calls <- func() { done <- f() }
	return <-done
}

// namespace is the path of the host's namespace, as other programs see it.
func (h *host) namespace() string {
	return fmt.Sprintf("/proc/%d/task/%d/ns/net", os.Getpid(), h.thread)
}

// run runs a program on the host, to its end, and returns what it printed.
func (h *host) run(ctx context.Context, program string, arguments ...string) (string, error) {
	command := peers.Command(ctx, program, arguments...)
	var output []byte
	err := h.do(func() (err error) {
		output, err = command.CombinedOutput()
		return err
	})
	if err != nil {
		return "", fmt.Errorf("%s: %v: %w\n%s", h.name, command.Args, err, output)
	}
	return string(output), nil
}

// must is run for what a test cannot do without.
func (h *host) must(t testing.TB, program string, arguments ...string) string {
	t.Helper()
	output, err := h.run(t.Context(), program, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return output
}

// set writes a setting of the host's network, in /proc/sys/net.
func (h *host) set(t testing.TB, name, value string) {
	t.Helper()
	err := h.do(func() error { return os.WriteFile("/proc/sys/net/"+name, []byte(value), 0) })
	if err != nil {
		t.Fatalf("%s: %v", h.name, err)
	}
}
