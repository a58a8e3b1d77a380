package web_test

import (
	"errors"
	"net/http"
	"testing"
)

func TestServer_Health(t *testing.T) {
	t.Parallel()
	shown := busy()
	shown.unready = errors.New("no listener for ipv6")
	server := newServer(t, shown)

	alive := get(t, server, "/healthz")
	if alive.code != http.StatusOK || alive.body != "ok\n" {
		t.Errorf("healthy: %d %q", alive.code, alive.body)
	}
	ready := get(t, server, "/readyz")
	if ready.code != http.StatusServiceUnavailable || ready.body != "no listener for ipv6\n" {
		t.Errorf("not ready: %d %q", ready.code, ready.body)
	}
	for _, got := range []answer{alive, ready} {
		if kind := got.header.Get("Content-Type"); kind != "text/plain; charset=utf-8" {
			t.Errorf("content type is %q", kind)
		}
	}
}
