package labs_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/cmd/sixseed/e2e/rig"
)

// document is where the table is kept, between two marks.
const (
	document  = "../../../../docs/labs.md"
	beginMark = "<!-- what make lab printed begins -->\n"
	endMark   = "<!-- what make lab printed ends -->\n"
)

// publish prints the table, and writes it into the document if that was asked for.
func (e *experiment) publish(t *testing.T) {
	t.Helper()
	text := e.circumstances(t) + "\n" + e.table.String()
	_, _ = fmt.Fprintf(os.Stdout, "\n%s\n", text)
	if !e.update {
		return
	}
	page, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	changed, err := replaceBetween(string(page), beginMark, endMark, "\n"+text+"\n")
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	if err := os.WriteFile(document, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
}

// replaceBetween replaces what lies between two marks of a page.
func replaceBetween(page, begin, end, text string) (string, error) {
	before, rest, found := strings.Cut(page, begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return "", fmt.Errorf("no marks %q and %q", begin, end)
	}
	return before + begin + text + end + after, nil
}

// circumstances says when, with what and where the labs were run.
func (e *experiment) circumstances(t *testing.T) string {
	t.Helper()
	var system unix.Utsname
	if err := unix.Uname(&system); err != nil {
		t.Fatal(err)
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join([]string{
		time.Now().UTC().Format(time.DateOnly),
		fmt.Sprintf("Linux %s, %d processors", unix.ByteSliceToString(system.Release[:]), runtime.NumCPU()),
		printed(t, rig.Daemon(), "version"),
		"libtorrent " + printed(t, rig.Python, "-c", "import libtorrent; print(libtorrent.__version__)"),
		printed(t, "tc", "-V"),
		"TCP " + congestionControl(t),
		fmt.Sprintf("narrow link %s, queue %v", e.topology, e.queue),
		fmt.Sprintf("runs for each row: %d of %v", e.rounds, e.lasts),
		"load average at the end " + strings.Join(strings.Fields(string(load))[:3], ", "),
	}, "; ") + ".\n"
}

// printed is the first line that a program prints.
func printed(t testing.TB, program string, arguments ...string) string {
	t.Helper()
	output, err := peers.Command(t.Context(), program, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, output)
	}
	line, _, _ := strings.Cut(string(output), "\n")
	return strings.TrimSuffix(line, ",")
}
