// Package e2e_test runs the daemon as an admin runs it, and has BitTorrent clients of other makes download from it.
package e2e_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/cmd/sixseed/e2e/rig"
	"sixseed/seeder"
	"sixseed/storage/metafile"
)

const (
	patience  = 3 * time.Minute  // for what has no promised time: only failing tests wait it out
	stopLimit = 10 * time.Second // the daemon's promise
)

// program is the path of the program under test.
var program = os.Getenv(programKey)

// programKey is set in the environment of tests for which the program was built.
const programKey = "SIXSEED_E2E_PROGRAM"

func TestMain(m *testing.M) {
	os.Exit(run(m)) //nolint:forbidigo // the main function of the tests
}

// run builds the program if that was not done yet, runs the tests, and returns the exit code.
func run(m *testing.M) int {
	if program != "" {
		return peers.Isolated(m).Run()
	}
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// buildAndRun builds the program, once for all tests and while there is a network to get modules from: static as it is
// released or, with E2E_RACE=1, with the race detector, whose finds turn into an exit code that is not 0.
func buildAndRun(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "sixseed-e2e-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	arguments, cgo := []string{"build"}, "CGO_ENABLED=0"
	if os.Getenv("E2E_RACE") == "1" {
		arguments, cgo = append(arguments, "-race", "-tags", "nosqlite"), "CGO_ENABLED=1"
	}
	program = filepath.Join(dir, "sixseed")
	build := exec.CommandContext(context.Background(), "go", append(arguments, "-o", program, "sixseed/cmd/sixseed")...)
	build.Env = append(os.Environ(), cgo)
	if output, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build sixseed: %w\n%s", err, output)
	}
	if err := os.Setenv(programKey, program); err != nil {
		return 0, err
	}
	return peers.Isolated(m).Run(), nil
}

// settings is what a test decides about a daemon.
type settings struct {
	library   string
	tiers     [][]string
	peers     string // further lines of the configuration's [peers]
	tracker   string // the lines of its [tracker]
	stateSize string // if set, the state directory is a file system of this size, which only the daemon sees
	env       []string
}

// daemon is a running `sixseed serve`.
type daemon struct {
	config string   // path of its configuration
	state  string   // its state directory
	page   string   // base URL
	port   uint16   // for peers
	runs   string   // the command of the program; empty: serve
	within []string // a command that runs the daemon in surroundings of its own
	env    []string

	command *exec.Cmd
	log     *journal
	ended   chan struct{} // closed when the process is gone and err is set
	err     error
}

// startDaemon starts a daemon with directories and ports of its own. It is killed at the end of the test if it still runs
// then.
func startDaemon(t *testing.T, s settings) *daemon {
	t.Helper()
	dir := t.TempDir()
	page := fmt.Sprintf("127.0.0.1:%d", peers.FreePort(t))
	d := &daemon{
		config: filepath.Join(dir, "config.toml"),
		state:  stateDir(t),
		page:   "http://" + page,
		port:   peers.FreePort(t),
		env:    s.env,
	}
	if s.tiers == nil {
		s.tiers = [][]string{}
	}
	tiers, err := json.Marshal(s.tiers) // lists of strings are written the same way in TOML
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("state_dir = %q\n[library]\ndirs = [%q]\ntrackers = %s\n", d.state, s.library, tiers)
	text += fmt.Sprintf("[peers]\nport = %d\n%s\n[web]\nlisten = [%q]\n[tracker]\n%s\n", d.port, s.peers, page, s.tracker)
	if err := os.WriteFile(d.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.stateSize != "" {
		if err := os.Mkdir(d.state, 0o750); err != nil {
			t.Fatal(err)
		}
		const mount = `mount -t tmpfs -o size="$0" none "$1" && shift && exec "$@"`
		d.within = []string{"unshare", "--mount", "sh", "-c", mount, s.stateSize, d.state}
	}
	d.start(t)
	return d
}

// stateDir returns where a daemon may make its state directory: in memory if there is room, since a slow disk may take
// seconds for each of the ledger's commits. It is to be asked for before the daemon is started, so that it outlives it.
func stateDir(t *testing.T) string {
	t.Helper()
	const room = 32 << 20
	return filepath.Join(rig.InMemory(t, room), "state")
}

// start starts the daemon, for the first time or again after stop, and waits until it is ready.
func (d *daemon) start(t *testing.T) {
	t.Helper()
	log, ended := new(journal), make(chan struct{})
	words := append(slices.Clone(d.within), program, cmp.Or(d.runs, "serve"), "--config", d.config)
	d.command = peers.Command(context.Background(), words[0], words[1:]...)
	d.command.Env = append(d.command.Env, d.env...)
	d.command.Stdout, d.command.Stderr = log, log
	if err := d.command.Start(); err != nil {
		t.Fatal(err)
	}
	d.log, d.ended = log, ended
	command := d.command
	go func() {
		d.err = command.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("the daemon's log:\n%s", log)
		}
	})
	d.await(t, "readiness", d.ready)
}

// stop asks the daemon to end and holds it to its promises: in time, and with exit code 0.
func (d *daemon) stop(t *testing.T) {
	t.Helper()
	if err := d.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-d.ended:
		if d.err != nil {
			t.Errorf("the daemon ended with %v", d.err)
		}
	case <-time.After(stopLimit):
		t.Fatalf("the daemon still runs %v after SIGTERM", stopLimit)
	}
}

// await waits until done says so.
func (d *daemon) await(t *testing.T, what string, done func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		err := done(ctx)
		if err == nil {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-d.ended:
			t.Fatalf("no %s: the daemon ended with %v", what, d.err)
		case <-ctx.Done():
			t.Fatalf("no %s in %v: %v", what, patience, err)
		}
	}
}

func (d *daemon) ready(ctx context.Context) error {
	_, err := d.get(ctx, "/readyz")
	return err
}

// seeds waits until the daemon seeds count torrents.
func (d *daemon) seeds(count int) func(context.Context) error {
	return func(ctx context.Context) error {
		status, err := d.status(ctx)
		if err != nil {
			return err
		}
		if status.Library.Seeding != count {
			return fmt.Errorf("%d of %d torrents are seeded, problems: %v", status.Library.Seeding, count, status.Problems)
		}
		return nil
	}
}

// says waits until the daemon's log has a text.
func (d *daemon) says(text string) func(context.Context) error {
	return func(context.Context) error {
		if log := d.log.String(); !strings.Contains(log, text) {
			return fmt.Errorf("the log has no %q", text)
		}
		return nil
	}
}

// status is what the daemon says of itself.
func (d *daemon) status(ctx context.Context) (seeder.Status, error) {
	var status seeder.Status
	body, err := d.get(ctx, "/api/v1/status")
	if err == nil {
		err = json.Unmarshal(body, &status)
	}
	return status, err
}

func (d *daemon) get(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.page+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", path, response.Status, bytes.TrimSpace(body))
	}
	return body, err
}

// torrents returns the paths of the .torrent files that the daemon made, by the name of the release.
func (d *daemon) torrents(t *testing.T) map[string]string {
	t.Helper()
	made, err := filepath.Glob(filepath.Join(d.state, "torrents", "*.torrent"))
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]string)
	for _, path := range made {
		torrent, err := metafile.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		byName[torrent.Name] = path
	}
	return byName
}

// run runs another command of the program with the daemon's configuration, and returns what it printed.
func (d *daemon) run(t *testing.T, arguments ...string) []byte {
	t.Helper()
	command := peers.Command(t.Context(), program, append(arguments, "--config", d.config)...)
	output, err := command.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("sixseed %s: %v\n%s", strings.Join(arguments, " "), err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	return output
}

// journal is what a program has printed. Unlike a bytes.Buffer it can be read while the program runs.
type journal struct {
	mu   sync.Mutex
	text []byte
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text = append(j.text, b...)
	return len(b), nil
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return string(j.text)
}
