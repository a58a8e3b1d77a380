package peers

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"
)

// libtorrentPackage is the one thing Need knows that is no program: a module for Debian's Python.
const libtorrentPackage = "python3-libtorrent"

// packages says which of Debian's packages a program is in.
var packages = map[string]string{
	"aria2c":              "aria2",
	"ip":                  "iproute2",
	"mktorrent":           "mktorrent",
	"opentracker":         "opentracker",
	libtorrentPackage:     libtorrentPackage,
	"rtorrent":            "rtorrent",
	"strace":              "strace",
	"systemd-analyze":     "systemd",
	"transmission-daemon": "transmission-daemon",
	"transmission-show":   "transmission-cli",
	"wrk":                 "wrk",
	"xorriso":             "xorriso",
}

// installing lets one test at a time call apt-get.
var installing sync.Mutex

// Need sees to it that program can be run. Where it is missing, root gets it from Debian; else the test fails in CI
// and is skipped elsewhere.
func Need(t testing.TB, program string) {
	t.Helper()
	installing.Lock()
	defer installing.Unlock()
	if present(t.Context(), program) {
		return
	}
	name, known := packages[program]
	if !known {
		t.Fatalf("peers.Need: which package %s is in is not known", program)
	}
	hint := "apt-get install " + name
	if os.Geteuid() == 0 {
		hint = install(t.Context(), name)
	}
	if !present(t.Context(), program) {
		missing(t, program, hint)
	}
}

// NeedRoot ends a test like Need does if it is not run by root.
func NeedRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		missing(t, "root", "run the tests as root, or in a user namespace of your own")
	}
}

// installAll installs what is missing of all programs that Need knows.
func installAll() {
	for program, name := range packages {
		if !present(context.Background(), program) {
			_ = install(context.Background(), name)
		}
	}
}

func present(ctx context.Context, program string) bool {
	if program == libtorrentPackage {
		return exec.CommandContext(ctx, python, "-c", "import libtorrent").Run() == nil
	}
	_, err := exec.LookPath(program)
	return err == nil
}

// install installs a package of Debian's and returns what apt-get printed.
func install(ctx context.Context, name string) string {
	apt := exec.CommandContext(ctx, "sh", "-c", `apt-get update && apt-get install -y --no-install-recommends "$0"`, name)
	apt.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	output, _ := apt.CombinedOutput() // what counts is whether the program is there afterwards
	return string(output)
}

// missing ends a test that cannot be run here: a green CI must mean that everything was run.
func missing(t testing.TB, what, hint string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: %s", what, hint)
	}
	t.Skipf("%s is missing: %s", what, hint)
}
