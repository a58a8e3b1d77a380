package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"sixseed/web"
)

// listen opens a listener at address.
func listen(t *testing.T, network, address string) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), network, address)
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// serve runs server on listeners until stop is called, which returns what Serve did.
func serve(t *testing.T, server *web.Server, listeners ...net.Listener) (stop func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	result := make(chan error, 1)
	go func() { result <- server.Serve(ctx, listeners) }()
	return func() error {
		cancel()
		select {
		case err := <-result:
			return err
		case <-time.After(10 * time.Second):
			return errors.New("Serve does not return")
		}
	}
}

// fetch gets path from listener's server, on a connection of its own that lives until the test ends.
func fetch(t *testing.T, listener net.Listener, path string) (code int, body *bufio.Reader) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response.StatusCode, bufio.NewReader(response.Body)
}

func TestServer_ServesBothFamilies(t *testing.T) {
	t.Parallel()
	v6, v4 := listen(t, "tcp6", "[::1]:0"), listen(t, "tcp4", "127.0.0.1:0")
	stop := serve(t, newServer(t, busy()), v6, v4)
	for _, listener := range []net.Listener{v6, v4} {
		if code, _ := fetch(t, listener, "/healthz"); code != http.StatusOK {
			t.Errorf("%s: %d", listener.Addr(), code)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	// The address is free again.
	listen(t, "tcp6", v6.Addr().String()).Close()
}

func TestServer_StopEndsStreams(t *testing.T) {
	t.Parallel()
	listener := listen(t, "tcp6", "[::1]:0")
	stop := serve(t, newServer(t, busy()), listener)
	_, events := fetch(t, listener, "/api/v1/events")
	for want := range strings.Lines("retry: 5000\n\nevent: status\n") {
		if line, err := events.ReadString('\n'); line != want {
			t.Fatalf("read %q, %v; want %q", line, err, want)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(events); err != nil {
		t.Errorf("the stream was cut: %v", err)
	}
}

// broken is a listener that fails.
type broken struct{ net.Listener }

func (broken) Accept() (net.Conn, error) { return nil, errors.New("no more files") }

func TestServer_ServeNamesABrokenListener(t *testing.T) {
	t.Parallel()
	good, bad := listen(t, "tcp6", "[::1]:0"), listen(t, "tcp4", "127.0.0.1:0")
	err := newServer(t, busy()).Serve(t.Context(), []net.Listener{good, broken{bad}})
	if err == nil || !strings.Contains(err.Error(), bad.Addr().String()) || !strings.Contains(err.Error(), "no more files") {
		t.Errorf("got %v", err)
	}
}
