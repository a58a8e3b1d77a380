package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// layers says what each package of the project may import beside the standard library, `...` standing for everything
// below. Arrows point down: cmd, web, seeder, and then storage and policy, which do not know each other but for
// policy/family. A package that is not listed fails the test: its place has to be decided first.
var layers = []struct {
	path    string
	imports []string
}{
	{"sixseed/cmd/sixseed", []string{"sixseed/...", "*"}},
	{"sixseed/cmd/sixseed/config", []string{
		"sixseed/policy/budget", "sixseed/policy/family", "github.com/BurntSushi/toml", "golang.org/x/sys/unix",
	}},
	{"sixseed/cmd/sixseed/e2e", nil},
	{"sixseed/cmd/sixseed/e2e/peers", []string{"sixseed/policy/family", "sixseed/seeder/announce/announcetest"}},
	{"sixseed/cmd/sixseed/e2e/contest", []string{"sixseed/cmd/sixseed/e2e/peers", "sixseed/seeder/tracker"}},
	{"sixseed/cmd/sixseed/e2e/load", []string{
		"sixseed/policy/family", "sixseed/seeder/wire/message", "sixseed/seeder/wire/mse",
		"golang.org/x/sync/errgroup", "golang.org/x/sys/unix",
	}},
	{"sixseed/cmd/sixseed/e2e/rig", []string{
		"sixseed/cmd/sixseed/e2e/load", "sixseed/cmd/sixseed/e2e/peers", "sixseed/storage/metafile", "golang.org/x/sys/unix",
	}},
	{"sixseed/cmd/sixseed/e2e/labs", nil},
	{"sixseed/cmd/sixseed/e2e/seeding", nil},
	{"sixseed/packaging", nil},

	{"sixseed/web", []string{
		"sixseed/seeder", "sixseed/seeder/wire", "sixseed/storage/ledger", "sixseed/policy/family", "sixseed/web/figures",
		"sixseed/web/words", "github.com/prometheus/client_golang/...", "golang.org/x/sync/errgroup",
	}},
	{"sixseed/web/words", []string{"sixseed/seeder", "sixseed/policy/family", "sixseed/web/figures"}},
	{"sixseed/web/figures", []string{"sixseed/policy/family"}},

	// What the service needs of storage it declares as an interface.
	{"sixseed/seeder", []string{"sixseed/seeder/...", "sixseed/policy/...", "golang.org/x/sync/errgroup"}},
	{"sixseed/seeder/engine", []string{
		"sixseed/seeder/wire", "sixseed/seeder/wire/...", "sixseed/storage/content", "sixseed/policy/family", "github.com/anacrolix/...",
	}},
	{"sixseed/seeder/wire", []string{
		"sixseed/seeder/wire/...", "sixseed/policy/...", "sixseed/storage/content", "golang.org/x/sys/unix",
	}},
	{"sixseed/seeder/wire/message", nil},
	{"sixseed/seeder/wire/mse", nil},
	{"sixseed/seeder/wire/admission", []string{"sixseed/policy/family"}},
	{"sixseed/seeder/wire/extension", nil},
	{"sixseed/seeder/announce", []string{"sixseed/policy/family", "github.com/anacrolix/torrent/bencode"}},
	{"sixseed/seeder/announce/announcetest", []string{"sixseed/policy/family"}},
	{"sixseed/seeder/dualstack", []string{"sixseed/policy/family"}},
	{"sixseed/seeder/tracker/datagram", []string{"sixseed/policy/family", "golang.org/x/sys/unix"}},
	{"sixseed/seeder/tracker/siphash", nil},
	{"sixseed/seeder/tracker/trackerload", []string{"sixseed/seeder/tracker/datagram", "golang.org/x/sync/errgroup"}},
	{"sixseed/seeder/tracker/trackertest", []string{
		"sixseed/seeder/tracker", "sixseed/seeder/tracker/swarm", "sixseed/policy/family",
	}},
	{"sixseed/seeder/tracker", []string{
		"sixseed/seeder/tracker/swarm", "sixseed/policy/family", "golang.org/x/sync/errgroup",
	}},
	{"sixseed/seeder/tracker/swarm", []string{"sixseed/seeder/tracker/siphash", "sixseed/policy/family"}},
	{"sixseed/seeder/tracker/httptracker", []string{
		"sixseed/seeder/tracker", "sixseed/seeder/tracker/swarm", "sixseed/policy/family", "golang.org/x/sync/errgroup",
	}},
	{"sixseed/seeder/tracker/...", []string{"sixseed/seeder/tracker/...", "sixseed/policy/family"}},

	{"sixseed/storage/library", []string{
		"sixseed/storage/content", "sixseed/storage/metafile", "github.com/fsnotify/fsnotify",
	}},
	{"sixseed/storage/metafile", []string{
		"github.com/anacrolix/torrent/bencode", "github.com/anacrolix/torrent/merkle",
		"github.com/anacrolix/torrent/metainfo", "golang.org/x/sys/unix",
	}},
	{"sixseed/storage/content", []string{
		"github.com/anacrolix/torrent/metainfo", "github.com/anacrolix/torrent/storage", "golang.org/x/sys/unix",
	}},
	{"sixseed/storage/ledger", []string{"sixseed/policy/family", "modernc.org/sqlite/..."}},

	{"sixseed/policy/family", nil},
	{"sixseed/policy/choker", []string{"sixseed/policy/family"}},
	{"sixseed/policy/bandwidth", []string{"sixseed/policy/family", "golang.org/x/time/rate"}},
	{"sixseed/policy/budget", []string{"sixseed/policy/family"}},
}

// homes says where a package that would be in reach of everybody may be imported.
var homes = map[string]string{
	"github.com/anacrolix/torrent": "sixseed/seeder/engine",  // the one adapter to the library's Client
	"database/sql":                 "sixseed/storage/ledger", // the one place that knows SQL
	"flag":                         "sixseed/cmd/...",        // packages are configured through their Config
	"github.com/alecthomas/kong":   "sixseed/cmd/...",
	"os/signal":                    "sixseed/cmd/...", // packages end with their context
}

// listed is a package as `go list -json` prints it.
type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

func TestImports(t *testing.T) {
	t.Parallel()
	packages := listPackages(t)
	if len(packages) < 100 { // the standard library alone is more
		t.Fatalf("go list named %d packages", len(packages))
	}
	for _, violation := range violations(packages) {
		t.Error(violation)
	}
}

func TestImports_ViolationsAreFound(t *testing.T) {
	t.Parallel()
	standard := func(path string) listed { return listed{ImportPath: path, Standard: true} }
	got := violations([]listed{
		standard("time"), standard("database/sql"), standard("flag"),
		{ImportPath: "github.com/anacrolix/torrent", Imports: []string{"database/sql"}},
		{ImportPath: "sixseed/policy/family", Imports: []string{"time", "sixseed/storage/content"}},
		{ImportPath: "sixseed/policy/bandwidth", Imports: []string{"time", "golang.org/x/time/rate"}},
		{ImportPath: "sixseed/storage/library", Imports: []string{"database/sql", "sixseed/policy/choker"}},
		{ImportPath: "sixseed/storage/ledger", Imports: []string{"database/sql", "sixseed/policy/family"}},
		{ImportPath: "sixseed/seeder", Imports: []string{"sixseed/seeder/wire", "sixseed/storage/ledger"}},
		{ImportPath: "sixseed/seeder/engine", Imports: []string{"github.com/anacrolix/torrent"}},
		{ImportPath: "sixseed/cmd/sixseed", Imports: []string{"flag", "github.com/anacrolix/torrent"}},
		{ImportPath: "sixseed/web", Imports: []string{"flag", "sixseed/cmd/sixseed/config"}},
		{ImportPath: "sixseed/util", Imports: []string{"time"}},
	})
	want := []string{
		"sixseed/policy/family may not import sixseed/storage/content",
		"sixseed/storage/library may not import database/sql: only sixseed/storage/ledger may",
		"sixseed/storage/library may not import sixseed/policy/choker",
		"sixseed/seeder may not import sixseed/storage/ledger",
		"sixseed/cmd/sixseed may not import github.com/anacrolix/torrent: only sixseed/seeder/engine may",
		"sixseed/web may not import flag: only sixseed/cmd/... may",
		"sixseed/web may not import sixseed/cmd/sixseed/config",
		"sixseed/util has no place among the layers yet",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

// violations returns what the project's packages import against layers and homes.
func violations(packages []listed) []string {
	standard := make(map[string]bool)
	for _, p := range packages {
		standard[p.ImportPath] = p.Standard
	}
	var found []string
	for _, p := range packages {
		if !matches("sixseed/...", p.ImportPath) {
			continue
		}
		allowed, ok := allowedImports(p.ImportPath)
		if !ok {
			found = append(found, p.ImportPath+" has no place among the layers yet")
			continue
		}
		for _, imported := range p.Imports {
			if home, ok := homes[imported]; ok && !matches(home, p.ImportPath) {
				found = append(found, fmt.Sprintf("%s may not import %s: only %s may", p.ImportPath, imported, home))
			} else if !standard[imported] && !matchesAny(allowed, imported) {
				found = append(found, fmt.Sprintf("%s may not import %s", p.ImportPath, imported))
			}
		}
	}
	return found
}

func allowedImports(path string) ([]string, bool) {
	for _, layer := range layers {
		if matches(layer.path, path) {
			return layer.imports, true
		}
	}
	return nil, false
}

func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, path) })
}

// matches reports whether pattern is path, or path is below what stands before `/...`, or pattern is `*`, which is
// everything outside of the project.
func matches(pattern, path string) bool {
	if pattern == "*" {
		return !matches("sixseed/...", path)
	}
	above, open := strings.CutSuffix(pattern, "/...")
	return path == above || open && strings.HasPrefix(path, above+"/")
}

// listPackages returns the project's packages and all that they depend on. Tests' imports are not among theirs.
func listPackages(t *testing.T) []listed {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Standard,Imports", "sixseed/...")
	output, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Logf("%s", exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	decoder := json.NewDecoder(strings.NewReader(string(output)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("read go list's output: %v", err)
		}
		packages = append(packages, p)
	}
}
