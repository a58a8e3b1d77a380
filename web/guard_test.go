package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sixseed/web"
)

// answer is what a request got.
type answer struct {
	code   int
	header http.Header
	body   string
}

// ask sends one request to server.
func ask(t *testing.T, server *web.Server, method, path string, change ...func(*http.Request)) answer {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
	request.Host = "127.0.0.1:8086"
	for _, apply := range change {
		apply(request)
	}
	recorder := httptest.NewRecorder()
	server.Handler().ServeHTTP(recorder, request)
	body, err := io.ReadAll(recorder.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{recorder.Code, recorder.Result().Header, string(body)}
}

func get(t *testing.T, server *web.Server, path string, change ...func(*http.Request)) answer {
	t.Helper()
	return ask(t, server, http.MethodGet, path, change...)
}

func TestServer_Hosts(t *testing.T) {
	t.Parallel()
	server := newServer(t, busy())
	for host, want := range map[string]int{
		"127.0.0.1:8086":            http.StatusOK,
		"192.0.2.7":                 http.StatusOK,
		"[::1]:8086":                http.StatusOK,
		"[2001:db8::1]":             http.StatusOK,
		"[fe80::1%25eth0]:8086":     http.StatusOK,
		"localhost":                 http.StatusOK,
		"LOCALHOST:8086":            http.StatusOK,
		"seedbox.example.org":       http.StatusOK,
		"Seedbox.Example.Org.:8086": http.StatusOK,
		"rebound.example.com:8086":  http.StatusMisdirectedRequest,
		"seedbox.example.org.evil":  http.StatusMisdirectedRequest,
		"localhost.example.com":     http.StatusMisdirectedRequest,
		"127.0.0.1.example.com":     http.StatusMisdirectedRequest,
		"":                          http.StatusMisdirectedRequest,
	} {
		for _, path := range []string{"/", "/api/v1/status", "/metrics"} {
			got := get(t, server, path, func(r *http.Request) { r.Host = host })
			if got.code != want {
				t.Errorf("Host %q, %s: %d, want %d", host, path, got.code, want)
			}
			if want != http.StatusOK && strings.Contains(got.body, "debian") {
				t.Errorf("Host %q was refused and told: %s", host, got.body)
			}
		}
	}
}

func TestServer_SecurityHeaders(t *testing.T) {
	t.Parallel()
	server := newServer(t, busy())
	const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
		"frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
	for _, path := range []string{"/", "/api/v1/status", "/api/v1/report?period=x", "/assets/style.css", "/metrics", "/healthz", "/nothing"} {
		header := get(t, server, path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": policy,
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "no-referrer",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestServer_Routes(t *testing.T) {
	t.Parallel()
	server := newServer(t, busy())
	t.Run("UnknownPathsAreNotFound", func(t *testing.T) {
		for _, path := range []string{"/nothing", "/index.html", "/api/v1/", "/api/v2/status", "/assets/", "/assets/page.html", "/healthz/x"} {
			if got := get(t, server, path).code; got != http.StatusNotFound {
				t.Errorf("%s: %d", path, got)
			}
		}
	})
	t.Run("NothingCanBeChanged", func(t *testing.T) {
		for _, path := range []string{"/", "/api/v1/status", "/api/v1/report", "/api/v1/events", "/metrics", "/healthz", "/assets/live.js"} {
			for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
				if got := ask(t, server, method, path).code; got != http.StatusMethodNotAllowed {
					t.Errorf("%s %s: %d", method, path, got)
				}
			}
		}
	})
	t.Run("HeadIsAnswered", func(t *testing.T) {
		for _, path := range []string{"/", "/api/v1/status", "/assets/live.js", "/healthz"} {
			if got := ask(t, server, http.MethodHead, path).code; got != http.StatusOK {
				t.Errorf("%s: %d", path, got)
			}
		}
	})
}
