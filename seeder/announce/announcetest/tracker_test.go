package announcetest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"sixseed/policy/family"
	"sixseed/seeder/announce/announcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// announceAs announces a peer with nothing but what BEP 3 demands, and returns the tracker's answer.
func announceAs(t *testing.T, tracker *announcetest.Tracker, f family.Family, port, left int, event string) string {
	t.Helper()
	query := url.Values{
		"info_hash": {strings.Repeat("h", 20)}, "peer_id": {fmt.Sprintf("%020d", port)}, "port": {fmt.Sprint(port)},
		"uploaded": {"0"}, "downloaded": {"0"}, "left": {fmt.Sprint(left)}, "event": {event}, "compact": {"1"},
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tracker.URL("http", f)+"?"+query.Encode(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestTracker_Swarm(t *testing.T) {
	t.Parallel()
	tracker := announcetest.New(t, nil)
	v4 := "6:\x7f\x00\x00\x01\x1a\xe1"                             // 127.0.0.1:6881
	v6 := "18:" + strings.Repeat("\x00", 15) + "\x01" + "\x1a\xe2" // [::1]:6882

	if got, want := announceAs(t, tracker, family.V4, 6881, 0, "started"), "d8:intervali1800e5:peers0:e"; got != want {
		t.Errorf("the first peer was answered %q, want %q", got, want)
	}
	announceAs(t, tracker, family.V6, 6882, 0, "started")
	got := announceAs(t, tracker, family.V6, 6883, 1, "started")
	if want := "d8:intervali1800e5:peers" + v4 + "6:peers6" + v6 + "e"; got != want {
		t.Errorf("a leecher was answered %q, want both seeds: %q", got, want)
	}
	if got := announceAs(t, tracker, family.V4, 6884, 0, "started"); strings.Contains(got, v4) || !strings.Contains(got, "\x1a\xe3") {
		t.Errorf("a seed was answered %q, want the leecher alone", got)
	}
	announceAs(t, tracker, family.V4, 6881, 0, "stopped")
	if got := announceAs(t, tracker, family.V6, 6883, 1, ""); strings.Contains(got, v4) {
		t.Errorf("after its `stopped` a seed is still in %q", got)
	}
	if n := len(tracker.Announces()); n != 6 {
		t.Errorf("%d announces are remembered, want 6", n)
	}
}

func TestTracker_Refusal(t *testing.T) {
	t.Parallel()
	tracker := announcetest.New(t, func(announcetest.Announce) announcetest.Reply {
		return announcetest.Reply{Failure: "not today", RetryIn: "5"}
	})
	if got, want := announceAs(t, tracker, family.V4, 1, 0, ""), "d14:failure reason9:not today8:retry ini5ee"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
