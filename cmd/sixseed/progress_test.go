package main

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeTerminal remembers what was written to it.
type fakeTerminal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (f *fakeTerminal) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.Write(p)
}

// waitFor waits until a text was written.
func (f *fakeTerminal) waitFor(t *testing.T, want string) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		f.mu.Lock()
		text := f.text.String()
		f.mu.Unlock()
		if strings.Contains(text, want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%q was not written, but %q", want, text)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestProgressBar(t *testing.T) {
	t.Parallel()
	var terminal fakeTerminal
	bar := newProgressBar(&terminal)
	bar.Start("debian\x1b[2J.iso", 1000)
	var workers sync.WaitGroup
	for range 5 {
		workers.Go(func() { bar.Add(100) })
	}
	workers.Wait()
	terminal.waitFor(t, "debian?[2J.iso")
	terminal.waitFor(t, "50 %")
	if _, err := bar.Write([]byte("a line of the log\n")); err != nil {
		t.Error(err)
	}
	terminal.waitFor(t, "a line of the log\n")

	// The next release may begin before this one is done, and end before all is hashed.
	bar.Start("fedora.iso", 10)
	terminal.waitFor(t, "fedora.iso")
	bar.Done()
	bar.Done()
}

func TestProgressBar_CompleteBarGoesAway(t *testing.T) {
	t.Parallel()
	var terminal fakeTerminal
	bar := newProgressBar(&terminal)
	bar.Start("debian.iso", 1000)
	bar.Add(1000)
	bar.Add(1000) // more than was announced does no harm
	bar.Done()
	bar.Add(1)
	if _, err := bar.Write([]byte("verified\n")); err != nil {
		t.Error(err)
	}
	if text := terminal.text.String(); !strings.HasSuffix(text, "verified\n") {
		t.Errorf("the log does not end %q", text)
	}
}

func TestProgressBar_EmptyRelease(t *testing.T) {
	t.Parallel()
	var terminal fakeTerminal
	bar := newProgressBar(&terminal)
	bar.Start("empty.iso", 0)
	bar.Done()
}
