package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/seeder/announce/announcetest"
	"sixseed/storage/metafile"
)

// hangUp asks the daemon to read its configuration again.
func (d *daemon) hangUp(t *testing.T) {
	t.Helper()
	if err := d.command.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

// TestServe_Refuses starts the daemon where it cannot work: it says why, naming what is wrong, and ends.
func TestServe_Refuses(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp6", "[::]:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	port := taken.Addr().(*net.TCPAddr).Port
	notes := filepath.Join(t.TempDir(), "notes")
	if err := os.WriteFile(notes, []byte("no directory"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		config string // DIR stands for a directory of the case's own
		code   int
		want   string
	}{
		"PeerPortTaken":     {fmt.Sprintf("[peers]\nport = %d", port), 1, fmt.Sprintf("ipv6 peers on port %d", port)},
		"PagePortTaken":     {fmt.Sprintf("[web]\nlisten = [\"[::1]:%d\"]", port), 1, fmt.Sprintf("the page on [::1]:%d", port)},
		"StateDirIsAFile":   {fmt.Sprintf("state_dir = %q", notes), 2, notes},
		"StateDirReadOnly":  {`state_dir = "/proc/self"`, 1, "/proc/self"},
		"NoSuchLibrary":     {"[library]\ndirs = [\"DIR/gone\"]", 2, "config.toml:3: library.dirs[0]: "},
		"UnknownKeyAndType": {"[peers]\nprot = 1\nport = \"x\"", 2, "config.toml:3: peers.prot: "},
		"NotBuiltYet":       {"[ledger]\npostgres = \"postgres://db.example.org/sixseed\"", 2, "ledger.postgres"},
		"FloorAboveLimit":   {"[policy]\nupload = \"1 MB/s\"\n[policy.ipv4]\nfloor = \"2 MB/s\"", 2, "policy.ipv4.floor"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			code, printed := serveOnce(t, dir, strings.ReplaceAll(tc.config, "DIR", dir))
			if want := strings.ReplaceAll(tc.want, "DIR", dir); code != tc.code || !strings.Contains(printed, want) {
				t.Errorf("exit code %d, want %d with an error that names %q; printed:\n%s", code, tc.code, want, printed)
			}
		})
	}
}

// TestServe_LeavesAFileThatIsNoLedger has something else stand where the ledger should be.
func TestServe_LeavesAFileThatIsNoLedger(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "state", "ledger.db")
	if err := os.Mkdir(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("a diary"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, printed := serveOnce(t, dir, "")
	if code != 1 || !strings.Contains(printed, path) {
		t.Errorf("exit code %d, want 1 with an error that names %s; printed:\n%s", code, path, printed)
	}
	if diary, err := os.ReadFile(path); string(diary) != "a diary" || err != nil {
		t.Errorf("the file is now %q, %v", diary, err)
	}
}

// serveOnce runs a daemon that is expected to end by itself.
func serveOnce(t *testing.T, dir, config string) (code int, printed string) {
	t.Helper()
	library := filepath.Join(dir, "iso")
	if err := os.Mkdir(library, 0o755); err != nil {
		t.Fatal(err)
	}
	text := config
	if !strings.Contains(config, "state_dir") {
		text = fmt.Sprintf("state_dir = %q\n%s", filepath.Join(dir, "state"), config)
	}
	if !strings.Contains(config, "[library]") {
		text += fmt.Sprintf("\n[library]\ndirs = [%q]\n", library)
	}
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // one that does not end by itself fails
	defer cancel()
	output, err := peers.Command(ctx, program, "serve", "--config", path).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit == nil {
		return 0, string(output)
	}
	return exit.ExitCode(), string(output)
}

// TestDaemon_BadLibrary has a good release among bad ones: it is seeded, the others are named with what is wrong, and
// nothing in the library is touched.
func TestDaemon_BadLibrary(t *testing.T) {
	t.Parallel()
	library := t.TempDir()
	for _, name := range []string{"good.iso", "short.iso", "hostile.iso", "rotten.iso"} {
		makeRelease(t, filepath.Join(library, name), 1<<20)
	}
	makeTorrent(t, filepath.Join(library, "short.iso.torrent"), "short.iso", 1<<20+1)
	makeTorrent(t, filepath.Join(library, "rotten.iso.torrent"), "rotten.iso", 1<<20)
	hostile := "d4:infod6:lengthi1e4:name6:../etc12:piece lengthi16384e6:pieces20:" + strings.Repeat("x", 20) + "ee"
	for name, text := range map[string]string{"noise.torrent": "\x00\xfe noise", "hostile.torrent": hostile} {
		if err := os.WriteFile(filepath.Join(library, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := tree(t, library)

	d := startDaemon(t, settings{library: library})
	d.await(t, "seeding", d.seeds(2)) // good.iso and hostile.iso, which its .torrent does not name
	for subject, word := range map[string]string{
		"short.iso": "1048576 bytes, the torrent says 1048577", "rotten.iso": "piece", "noise.torrent": "offset", "hostile.torrent": "../etc",
	} {
		d.await(t, "problem with "+subject, func(ctx context.Context) error { return d.hasProblem(ctx, subject, word) })
	}
	d.stop(t)
	if diff := cmp.Diff(before, tree(t, library)); diff != "" {
		t.Errorf("the library has changed:\n%s", diff)
	}
}

// makeTorrent writes a .torrent of a file that does not have these pieces.
func makeTorrent(t *testing.T, path, name string, size int64) {
	t.Helper()
	const pieceLength = 1 << 20
	data, err := metafile.Build(metafile.Recipe{
		Name: name, Length: size, PieceLength: pieceLength, Pieces: make([]byte, 20*((size+pieceLength-1)/pieceLength)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// tree describes every file below dir with all that writing to it would change.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		stat := info.Sys().(*syscall.Stat_t)
		files[path] = fmt.Sprint(info.Mode(), stat.Size, stat.Mtim, stat.Ctim, stat.Ino)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestDaemon_StateDirFills has the disk of the ledger fill up during a download: seeding goes on, the status names the
// ledger, and once there is room again nothing that was sent is missing.
func TestDaemon_StateDirFills(t *testing.T) {
	t.Parallel()
	peers.NeedRoot(t) // to mount a small file system
	library := t.TempDir()
	makeRelease(t, filepath.Join(library, "a.iso"), 1<<20)
	d := startDaemon(t, settings{library: library, stateSize: "2m"})
	d.await(t, "seeding", d.seeds(1))

	filler := filepath.Join(fmt.Sprintf("/proc/%d/root", d.command.Process.Pid), d.state, "filler")
	if err := os.WriteFile(filler, make([]byte, 2<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk did not fill: %v", err)
	}
	peer := newLeecher(t, "::1", d.port, d.infoHash(t))
	d.await(t, "problem with the ledger", func(ctx context.Context) error {
		if err := peer.fetch(10); err != nil {
			return err
		}
		return d.hasProblem(ctx, "ledger", "full")
	})
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	d.await(t, "end of the problem", func(ctx context.Context) error {
		if d.hasProblem(ctx, "ledger", "") == nil {
			return errors.New("it is still there")
		}
		return peer.fetch(1)
	})
	sent := peer.received
	d.await(t, "record of all that was sent", func(ctx context.Context) error {
		if month, err := d.month(ctx); err != nil || month.V6 != sent {
			return fmt.Errorf("%d of %d bytes are recorded, %w", month.V6, sent, err)
		}
		return nil
	})
	d.stop(t)
}

// month is the payload that the running daemon's ledger has in this month.
func (d *daemon) month(ctx context.Context) (family.Pair[int64], error) {
	var report struct {
		Sum family.Pair[struct{ Payload int64 }]
	}
	body, err := d.get(ctx, "/api/v1/report")
	if err == nil {
		err = json.Unmarshal(body, &report)
	}
	return family.Pair[int64]{V4: report.Sum.V4.Payload, V6: report.Sum.V6.Payload}, err
}

// hasProblem returns nil if the status has a problem with a subject, or a file whose name begins so, and a word in its
// text.
func (d *daemon) hasProblem(ctx context.Context, subject, word string) error {
	status, err := d.status(ctx)
	if err != nil {
		return err
	}
	for _, p := range status.Problems {
		if strings.HasPrefix(filepath.Base(p.Subject), subject) && strings.Contains(p.Text, word) {
			return nil
		}
	}
	return fmt.Errorf("problems: %+v", status.Problems)
}

// TestDaemon_StopsBesideASilentTracker holds the daemon to its ten seconds, and a second signal to less, while a tracker
// does not answer to `stopped`.
func TestDaemon_StopsBesideASilentTracker(t *testing.T) {
	t.Parallel()
	silence, stopping := make(chan struct{}), make(chan struct{}, 10)
	tracker := announcetest.New(t, func(a announcetest.Announce) announcetest.Reply {
		if a.Event == "stopped" {
			stopping <- struct{}{}
			<-silence
		}
		return announcetest.Reply{}
	})
	t.Cleanup(func() { close(silence) })
	library := t.TempDir()
	makeRelease(t, filepath.Join(library, "a.iso"), 1<<20)
	begin := func() *daemon {
		heard := len(tracker.Announces())
		d := startDaemon(t, settings{library: library, tiers: [][]string{{tracker.URL("http", family.V6)}}})
		tracker.Await("announce", func(announces []announcetest.Announce) bool { return len(announces) > heard })
		return d
	}

	patient := begin()
	patient.stop(t)
	<-stopping

	hasty := begin()
	signal := func() {
		if err := hasty.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	signal()
	<-stopping
	signal()
	select {
	case <-hasty.ended:
		if hasty.err == nil || !strings.Contains(hasty.err.Error(), "terminated") {
			t.Errorf("after a second signal the daemon ended with %v", hasty.err)
		}
	case <-time.After(stopLimit):
		t.Error("a second signal did not end the daemon")
	}
}
