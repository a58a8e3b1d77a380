package ledger_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sixseed/policy/family"
	"sixseed/storage/ledger"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// openers are the two ways to open a ledger.
var openers = map[string]func(context.Context, string, ledger.Config) (*ledger.Ledger, error){
	"Open": ledger.Open, "OpenReader": ledger.OpenReader,
}

func TestOpen_RefusesWhatIsNoLedger(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content []byte
		want    string
	}{
		"Text":           {bytes.Repeat([]byte("not a ledger\n"), 100), "not an SQLite file"},
		"ShortText":      {[]byte("hello"), "not an SQLite file"},
		"AnotherProgram": {sqliteHeader(0x0f055112), "an SQLite file of another program"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), ledger.FileName)
			if err := os.WriteFile(path, tt.content, 0o600); err != nil {
				t.Fatal(err)
			}
			for opening, open := range openers {
				_, err := open(t.Context(), path, ledger.Config{})
				if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s: got error %v, want one with %q and the path", opening, err, tt.want)
				}
			}
			wantUntouched(t, path, tt.content)
		})
	}
}

func TestOpen_RefusesALaterVersion(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ledger.FileName)
	l, err := ledger.Open(t.Context(), path, ledger.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Exec(t.Context(), "PRAGMA user_version = 1000"); err != nil {
		t.Fatal(err)
	}
	closeLedger(t, l)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for opening, open := range openers {
		_, err := open(t.Context(), path, ledger.Config{})
		if err == nil || !strings.Contains(err.Error(), path+": schema version 1000, this program knows 2") {
			t.Errorf("%s: got error %v", opening, err)
		}
	}
	wantUntouched(t, path, content)
}

func TestOpen_NamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		path string
		cfg  ledger.Config
		want string
	}{
		"MissingFolder":            {filepath.Join(dir, "missing", "ledger.db"), ledger.Config{}, "write to " + filepath.Join(dir, "missing") + ": no such file"},
		"FolderIsAFile":            {filepath.Join(file, "ledger.db"), ledger.Config{}, "not a directory"},
		"FolderThatTakesNoFiles":   {"/proc/ledger.db", ledger.Config{}, "open ledger /proc/ledger.db: "},
		"LedgerIsAFolder":          {dir, ledger.Config{}, "is a directory"},
		"BillingDayThatNeverIs":    {filepath.Join(dir, "ledger.db"), ledger.Config{BillingDay: 32}, "billing day 32: use 1 to 31"},
		"BillingDayBeforeTheFirst": {filepath.Join(dir, "ledger.db"), ledger.Config{BillingDay: -1}, "billing day -1: use 1 to 31"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ledger.Open(t.Context(), tt.path, tt.cfg)
			if err == nil || !strings.Contains(err.Error(), tt.path) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q and the path", err, tt.want)
			}
		})
	}
}

func TestOpen_NamesAReadOnlyFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if os.Geteuid() != 0 {
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
	} else { // root may write to any folder, unless the file system takes nothing
		if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_RDONLY, ""); err != nil {
			t.Skipf("mount a read-only file system: %v", err)
		}
		t.Cleanup(func() {
			if err := unix.Unmount(dir, 0); err != nil {
				t.Error(err)
			}
		})
	}
	_, err := ledger.Open(t.Context(), filepath.Join(dir, ledger.FileName), ledger.Config{})
	if err == nil || !strings.Contains(err.Error(), "write to "+dir+": ") {
		t.Errorf("got error %v", err)
	}
}

// What a power cut must not take, SQLite has to be told: FULL (2) syncs every commit of a write-ahead log.
func TestOpen_IsDurable(t *testing.T) {
	t.Parallel()
	l := open(t, filepath.Join(t.TempDir(), ledger.FileName), ledger.Config{})
	for query, want := range map[string]int64{
		"PRAGMA synchronous":  2,
		"PRAGMA foreign_keys": 1,
		"SELECT journal_mode = 'wal' FROM pragma_journal_mode": 1,
	} {
		if got, err := l.Count(t.Context(), query); err != nil || got != want {
			t.Errorf("%s: got %d, %v; want %d", query, got, err, want)
		}
	}
}

func TestOpen_TakesOddNames(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "50% of it?mode=memory#x")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, ledger.FileName)
	record(t, open(t, path, ledger.Config{}), sent(1, family.V6, 1))
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestOpenReader(t *testing.T) {
	t.Parallel()

	t.Run("MakesNoLedger", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path := filepath.Join(dir, ledger.FileName)
		_, err := ledger.OpenReader(t.Context(), path, ledger.Config{})
		want := "no ledger at " + path + ": has the daemon run with this state directory?"
		if err == nil || err.Error() != want {
			t.Errorf("got error %v, want %s", err, want)
		}
		wantFiles(t, dir)
	})

	t.Run("ReadsBesideTheDaemon", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), ledger.FileName)
		daemon := open(t, path, ledger.Config{})
		reader := openReader(t, path)
		for n := int64(1); n < 4; n++ {
			record(t, daemon, sent(1, family.V6, 100))
			if got := report(t, reader, ledger.Query{}).Sum.V6.Payload; got != 100*n {
				t.Errorf("got %d bytes, want %d", got, 100*n)
			}
		}
	})

	t.Run("ReadsWhenTheDaemonIsStoppedAndLeavesNoFile", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		path := filepath.Join(dir, ledger.FileName)
		daemon, err := ledger.Open(t.Context(), path, ledger.Config{})
		if err != nil {
			t.Fatal(err)
		}
		record(t, daemon, sent(1, family.V6, 100))
		closeLedger(t, daemon)

		reader := openReader(t, path)
		if got := report(t, reader, ledger.Query{}).Sum.V6.Payload; got != 100 {
			t.Errorf("got %d bytes, want 100", got)
		}
		wantFiles(t, dir, ledger.FileName)
	})

	t.Run("CannotWrite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), ledger.FileName)
		daemon := open(t, path, ledger.Config{})
		reader := openReader(t, path)
		if err := reader.Record(t.Context(), []ledger.Delta{sent(1, family.V6, 1)}); err == nil {
			t.Error("it recorded")
		}
		if err := reader.SetVerified(t.Context(), "a.iso", nil); err == nil {
			t.Error("it remembered")
		}
		wantNothing(t, daemon)
	})
}

func TestLedger_Check(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		spoil func(t *testing.T, l *ledger.Ledger, path string)
		want  string
	}{
		"OK": {func(*testing.T, *ledger.Ledger, string) {}, ""},
		"ReadOnly": {func(t *testing.T, l *ledger.Ledger, _ string) {
			if err := l.Exec(t.Context(), "PRAGMA query_only = 1"); err != nil {
				t.Fatal(err)
			}
		}, "readonly"},
		"Gone": {func(t *testing.T, _ *ledger.Ledger, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, "no such file"},
		"Replaced": {func(t *testing.T, _ *ledger.Ledger, path string) {
			if err := os.Rename(path, path+".old"); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "another file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), ledger.FileName)
			l := open(t, path, ledger.Config{})
			tt.spoil(t, l, path)
			err := l.Check(t.Context())
			if tt.want == "" {
				if err != nil {
					t.Errorf("got error %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q and the path", err, tt.want)
			}
		})
	}
}

// openReader opens the ledger at path for reading until the test ends.
func openReader(t *testing.T, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.OpenReader(t.Context(), path, ledger.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeLedger(t, l) })
	return l
}

// sqliteHeader is the first page of an SQLite file with nothing in it.
func sqliteHeader(applicationID uint32) []byte {
	page := make([]byte, 4096)
	copy(page, "SQLite format 3\x00")
	binary.BigEndian.PutUint32(page[68:], applicationID)
	return page
}

// wantUntouched checks that the file at path is as it was, and alone.
func wantUntouched(t *testing.T, path string, content []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("%s was changed (%v)", path, err)
	}
	wantFiles(t, filepath.Dir(path), filepath.Base(path))
}

// wantFiles checks what is in a folder.
func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}
