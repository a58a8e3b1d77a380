package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// ours returns the lines of an exposition that this program is to answer for, without their help.
func ours(exposition string) string {
	var lines strings.Builder
	for line := range strings.Lines(exposition) {
		if strings.HasPrefix(line, "sixseed_") && !strings.HasPrefix(line, "sixseed_build_info") {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

func TestServer_Metrics(t *testing.T) {
	t.Parallel()
	shown := busy()
	shown.unready = errors.New("still verifying")
	got := get(t, newServer(t, shown), "/metrics")
	if got.code != http.StatusOK {
		t.Fatalf("%d %s", got.code, got.body)
	}
	golden(t, "metrics.txt", ours(got.body))
	for _, want := range []string{`sixseed_build_info{goversion="go1`, `version="0.1.0"} 1`, "go_goroutines ", "process_open_fds "} {
		if !strings.Contains(got.body, want) {
			t.Errorf("there is no %s", want)
		}
	}
	problems, err := promlint.New(strings.NewReader(got.body)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Errorf("%s: %s", problem.Metric, problem.Text)
	}
}
