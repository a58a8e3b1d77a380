package ledger_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/storage/ledger"
)

// recorderEnv names the ledger that a process of this test binary records to, instead of running tests.
const recorderEnv = "SIXSEED_TEST_RECORD_TO"

// recordUntilKilled records one byte after the other and prints how many recordings are acknowledged.
func recordUntilKilled(path string) {
	ctx := context.Background()
	l, err := ledger.Open(ctx, path, ledger.Config{})
	for n := 1; err == nil; n++ {
		if err = l.Record(ctx, []ledger.Delta{sent(1, family.V6, 1), sent(2, family.V4, 1)}); err == nil {
			_, err = fmt.Fprintln(os.Stdout, n)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1) //nolint:forbidigo // this is the main of a process of its own
}

// kill -9 at any moment: what was acknowledged is there, and of what was not, at most the one transaction under way.
func TestLedger_RecordSurvivesAKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ledger.FileName)
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	var before int64
	for round := range 10 {
		acknowledged := recordAndKill(t, path, random)
		l, err := ledger.Open(t.Context(), path, ledger.Config{})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		after := wantEqualEverywhere(t, l)
		closeLedger(t, l)
		if got := after - before; got != acknowledged && got != acknowledged+1 {
			t.Fatalf("round %d: %d recordings were acknowledged, %d are in the ledger", round, acknowledged, got)
		}
		before = after
	}
}

// recordAndKill has another process record, kills it at some moment, and returns how many recordings it acknowledged.
func recordAndKill(t *testing.T, path string, random *rand.Rand) (acknowledged int64) {
	t.Helper()
	recorder := exec.CommandContext(t.Context(), os.Args[0])
	recorder.Env = append(os.Environ(), recorderEnv+"="+path)
	recorder.Stderr = os.Stderr
	output, err := recorder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := recorder.Start(); err != nil {
		t.Fatal(err)
	}
	enough := random.Int64N(10)
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if acknowledged, err = strconv.ParseInt(lines.Text(), 10, 64); err != nil {
			t.Fatal(err)
		}
		if acknowledged == enough+1 {
			time.Sleep(time.Duration(random.Int64N(int64(5 * time.Millisecond)))) // to hit any step of the next one
			if err := recorder.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := recorder.Wait(); err == nil || recorder.ProcessState.Exited() {
		t.Fatalf("the recorder ended by itself: %v", err)
	}
	return acknowledged
}

// wantEqualEverywhere returns the payload of each torrent, which must be the same in every period, and over each family.
func wantEqualEverywhere(t *testing.T, l *ledger.Ledger) int64 {
	t.Helper()
	totals, err := l.Totals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := totals[[20]byte{1}].V6.Payload
	if got := totals[[20]byte{2}].V4.Payload; got != want {
		t.Fatalf("total: %d over IPv4, %d over IPv6, recorded together", got, want)
	}
	for _, period := range periods {
		sum := report(t, l, ledger.Query{Period: period, Limit: 100}).Sum
		if sum.V6.Payload != want || sum.V4.Payload != want {
			t.Fatalf("%s: %d over IPv6 and %d over IPv4, the total is %d", period, sum.V6.Payload, sum.V4.Payload, want)
		}
	}
	return want
}
