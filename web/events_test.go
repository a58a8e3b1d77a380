package web_test

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/web"
)

// reader is the other end of an event stream. It can be slow: then writing to it fails as it does at a deadline.
type reader struct {
	header http.Header

	mu       sync.Mutex
	code     int
	text     strings.Builder // since the last call of take
	flushed  bool
	deadline time.Time
	patient  bool // the server's limit on reading the request is lifted
	slow     bool
	closed   bool
}

func newReader() *reader { return &reader{header: http.Header{}, code: http.StatusOK} }

func (r *reader) Header() http.Header { return r.header }

func (r *reader) WriteHeader(code int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.code = code
}

func (r *reader) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.slow {
		return 0, os.ErrDeadlineExceeded
	}
	r.flushed = false
	return r.text.Write(p)
}

func (r *reader) Flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flushed = true
}

func (r *reader) SetReadDeadline(deadline time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.patient = deadline.IsZero()
	return nil
}

func (r *reader) SetWriteDeadline(deadline time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deadline = deadline
	return nil
}

// stall makes r take nothing any more.
func (r *reader) stall() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.slow = true
}

// take returns what came since it was called last.
func (r *reader) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.text.Reset()
	if !r.flushed {
		return "not flushed"
	}
	return r.text.String()
}

// open lets r read events until the returned function is called.
func (r *reader) open(t *testing.T, server *web.Server) (leave func()) {
	ctx, cancel := context.WithCancel(t.Context())
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/v1/events", http.NoBody)
	request.Host = "localhost"
	go func() {
		server.Handler().ServeHTTP(r, request)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.closed = true
	}()
	synctest.Wait()
	return func() {
		cancel()
		synctest.Wait()
	}
}

// event is what a "status" event carries.
type event struct {
	Version, Page string
	Figures       map[string]string
}

// parse returns the one event in text, after an optional head.
func parse(t *testing.T, text, head string) event {
	t.Helper()
	data, ok := strings.CutPrefix(text, head+"event: status\ndata: ")
	if !ok || strings.Count(data, "\n") != 2 {
		t.Fatalf("no event in %q", text)
	}
	var e event
	if err := json.Unmarshal([]byte(data), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestServer_Events(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shown, r := busy(), newReader()
		defer r.open(t, newServer(t, shown))()

		first := parse(t, r.take(), "retry: 5000\n\n")
		if first.Version != "0.1.0" || first.Figures["now-ipv6"] != "38.4 MB/s" || first.Figures["month-share"] != "67 % over IPv6" {
			t.Errorf("the first event is %+v", first)
		}
		if r.header.Get("Content-Type") != "text/event-stream" || !r.patient {
			t.Errorf("the header is %v; read deadline lifted: %v", r.header, r.patient)
		}

		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := r.take(); got != ": nothing new\n\n" {
			t.Errorf("while nothing changes: %q", got)
		}

		changed := shown.Status()
		changed.Families.V4.UploadRate = 0
		shown.setStatus(changed)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		want := map[string]string{
			"now-ipv4": "0 B/s", "now-share": "100 % over IPv6", "now-bar-ipv6": "100.0%",
			"sharing-rate-ipv4": "0 B/s", "sharing-rate-both": "38.4 MB/s",
		}
		second := parse(t, r.take(), "")
		if diff := cmp.Diff(want, second.Figures); diff != "" {
			t.Errorf("more or less than what changed (-want +got)\n%s", diff)
		}
		if second.Page != first.Page {
			t.Error("a figure made the page another one")
		}
		if left := time.Until(r.deadline); left != 10*time.Second {
			t.Errorf("the reader has %v to take an event", left)
		}
	})
}

func TestServer_EventsNameANewPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shown, r := busy(), newReader()
		defer r.open(t, newServer(t, shown))()
		first := parse(t, r.take(), "retry: 5000\n\n")

		changed := shown.Status()
		changed.Problems = changed.Problems[:1]
		shown.setStatus(changed)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		second := parse(t, r.take(), "")
		if second.Page == first.Page || len(second.Figures) != 0 {
			t.Errorf("a problem went, and the event is %+v", second)
		}
	})
}

func TestServer_EventsNameANewPageOfAnotherMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shown, r := busy(), newReader()
		shown.status.Upload.Mode = "" // not known yet: the page has no section of the upload
		defer r.open(t, newServer(t, shown))()
		first := parse(t, r.take(), "retry: 5000\n\n")
		if said, ok := first.Figures["sharing"]; ok {
			t.Errorf("nothing is known of the upload, and the event says %q", said)
		}

		changed := shown.Status()
		changed.Upload.Mode = "auto"
		shown.setStatus(changed)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		second := parse(t, r.take(), "")
		if second.Page == first.Page || !strings.HasPrefix(second.Figures["sharing"], "Upload is automatic. IPv6 peers want more: IPv4 at 9.15 MB/s") {
			t.Errorf("a mode came, and the event is %+v", second)
		}
	})
}

func TestServer_EventsDropASlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader()
		defer r.open(t, newServer(t, busy()))()
		if r.closed {
			t.Fatal("the stream ended at once")
		}
		r.stall()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if !r.closed {
			t.Error("the stream goes on")
		}
	})
}

func TestServer_EventsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, busy())
		var leave []func()
		for range 64 {
			r := newReader()
			leave = append(leave, r.open(t, server))
			parse(t, r.take(), "retry: 5000\n\n")
		}
		refused := newReader()
		refused.open(t, server)
		if refused.code != http.StatusServiceUnavailable || refused.header.Get("Retry-After") == "" {
			t.Errorf("one more: %d %v", refused.code, refused.header)
		}
		leave[0]()
		accepted := newReader()
		leave[0] = accepted.open(t, server)
		parse(t, accepted.take(), "retry: 5000\n\n")
		for _, leave := range leave {
			leave()
		}
	})
}

// The page without JavaScript and the page kept fresh must say the same.
func TestServer_EventsSayWhatThePageSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, r := newServer(t, busy()), newReader()
		defer r.open(t, server)()
		sent := parse(t, r.take(), "retry: 5000\n\n")

		page := get(t, server, "/").body
		printed := map[string]string{}
		for _, found := range regexp.MustCompile(`<span data-live="([^"]+)">([^<]*)</span>`).FindAllStringSubmatch(page, -1) {
			printed[found[1]] = html.UnescapeString(found[2])
		}
		for _, found := range regexp.MustCompile(`<rect [^>]*data-live="([^"]+)" width="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			printed[found[1]] = found[2]
		}
		if diff := cmp.Diff(printed, sent.Figures); diff != "" {
			t.Errorf("the events differ from the page (-page +events)\n%s", diff)
		}
		if !strings.Contains(page, `data-revision="`+sent.Page+`"`) {
			t.Errorf("the page is not revision %s", sent.Page)
		}
	})
}
