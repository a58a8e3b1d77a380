package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	maxStreams         = 64               // open event streams; each costs a connection and a rendering every eventInterval
	eventInterval      = 2 * time.Second  // between two looks at the status
	eventWriteTimeout  = 10 * time.Second // a reader slower than this is dropped
	eventRetryInterval = 5 * time.Second  // how long a browser waits before it connects again
)

// event is what a "status" event carries: the figures that changed since the one before on the same stream.
type event struct {
	Version string            `json:"version"` // of the program
	Page    string            `json:"page"`    // the page's revision; another one: load the page again
	Figures map[string]string `json:"figures"` // text by key
}

// serveEvents streams the page's figures as server-sent events until the reader leaves or the server stops.
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		w.Header().Set("Retry-After", "30")
		http.Error(w, fmt.Sprintf("%d event streams are open, and there are no more", maxStreams), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy in front shall pass each event on at once
	stream := &eventStream{w: w, control: http.NewResponseController(w), sent: map[string]string{}}
	if err := stream.open(); err != nil {
		return
	}
	ticker := time.NewTicker(eventInterval)
	defer ticker.Stop()
	for stream.send(newView(s.source.Status())) == nil {
		select {
		case <-r.Context().Done():
			return
		case <-s.stopping:
			return
		case <-ticker.C:
		}
	}
}

// eventStream is one reader and what it knows.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	page    string            // the revision last sent
	sent    map[string]string // figures by key as last sent
}

// open lifts the server's limit on reading a request, which a stream outlives, and says when to come back after a break.
func (e *eventStream) open() error {
	if err := e.control.SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("lift read deadline: %w", err)
	}
	return e.write(fmt.Sprintf("retry: %d\n\n", eventRetryInterval.Milliseconds()))
}

// send writes what changed, or a comment if nothing did: that the reader is still there shows only in writing to it.
func (e *eventStream) send(v *view) error {
	changed := map[string]string{}
	for _, figure := range v.figures {
		if old, ok := e.sent[figure.Key]; !ok || old != figure.Text {
			changed[figure.Key] = figure.Text
			e.sent[figure.Key] = figure.Text
		}
	}
	if len(changed) == 0 && v.Revision == e.page {
		return e.write(": nothing new\n\n")
	}
	e.page = v.Revision
	data, err := json.Marshal(event{Version: v.Version, Page: v.Revision, Figures: changed})
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	return e.write("event: status\ndata: " + string(data) + "\n\n")
}

// write sends text at once, or gives up on a reader that does not take it.
func (e *eventStream) write(text string) error {
	if err := e.control.SetWriteDeadline(time.Now().Add(eventWriteTimeout)); err != nil {
		return fmt.Errorf("set write deadline: %w", err)
	}
	if _, err := e.w.Write([]byte(text)); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return e.control.Flush()
}
