package library_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"sixseed/storage/library"
)

// deadline is how long anything may take that the tests wait for.
const deadline = 2 * time.Minute

// lab is a library in a temporary directory, and what it says to the world.
type lab struct {
	t        *testing.T
	dir      string // the one library directory
	torrents string
	config   library.Config
	library  *library.Library
	sink     *sink
	memory   *memory
	progress *progress
	log      *logbook
	cancel   func() // has the library stop
	stop     func() // waits for that, too
}

// newLab makes a lab with a library that is not running yet. Releases settle fast, and no look is by the clock.
func newLab(t *testing.T) *lab {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	lab := &lab{
		t: t, dir: filepath.Join(root, "iso"), torrents: filepath.Join(root, "torrents"),
		sink: newSink(t), memory: &memory{values: make(map[string][]byte)},
		progress: &progress{}, log: &logbook{}, stop: func() {},
	}
	lab.mkdir("")
	lab.config = library.Config{
		Settings:      library.Settings{Dirs: []string{lab.dir}, CreateTorrents: true},
		TorrentsDir:   lab.torrents,
		CreatedBy:     "sixseed/test",
		Verifications: lab.memory,
		Sink:          lab.sink,
		Log:           slog.New(slog.NewTextHandler(lab.log, nil)),
		Settle:        50 * time.Millisecond,
		Rescan:        time.Hour,
		Progress:      lab.progress,
	}
	return lab
}

// start runs the library until the test ends or stop is called.
func (l *lab) start() {
	l.t.Helper()
	var err error
	if l.library, err = library.New(l.config); err != nil {
		l.t.Fatal(err)
	}
	l.sink.library = l.library
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	done := make(chan error, 1)
	go func() { done <- l.library.Run(ctx) }()
	l.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			l.t.Errorf("Run: %v", err)
		}
	})
	l.t.Cleanup(l.stop)
}

// restart stops the library and starts another one over the same directories, as a new process would.
func (l *lab) restart() {
	l.t.Helper()
	l.stop()
	l.sink = newSink(l.t)
	l.progress = &progress{}
	l.log = &logbook{}
	l.config.Sink, l.config.Progress = l.sink, l.progress
	l.config.Log = slog.New(slog.NewTextHandler(l.log, nil))
	l.start()
}

func (l *lab) path(name string) string { return filepath.Join(l.dir, name) }

func (l *lab) mkdir(name string) {
	l.t.Helper()
	if err := os.MkdirAll(l.path(name), 0o755); err != nil {
		l.t.Fatal(err)
	}
}

// write puts data into the library, in one go, as old as a file of a mirror is: it counts as complete when first seen.
func (l *lab) write(name string, data []byte) {
	l.t.Helper()
	l.mkdir(filepath.Dir(name))
	hidden := filepath.Join(l.dir, filepath.Dir(name), ".incoming")
	if err := os.WriteFile(hidden, data, 0o644); err != nil {
		l.t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(hidden, old, old); err != nil {
		l.t.Fatal(err)
	}
	if err := os.Rename(hidden, l.path(name)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) remove(name string) {
	l.t.Helper()
	if err := os.RemoveAll(l.path(name)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) symlink(target, name string) {
	l.t.Helper()
	if err := os.Symlink(target, l.path(name)); err != nil {
		l.t.Fatal(err)
	}
}

// metafiles are the base names of what is in the torrents directory.
func (l *lab) metafiles() []string {
	l.t.Helper()
	entries, err := os.ReadDir(l.torrents)
	if err != nil {
		l.t.Fatal(err)
	}
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// await waits until ok is true, and fails with the state of the library if it does not become so.
func (l *lab) await(what string, ok func() bool) {
	l.t.Helper()
	for end := time.Now().Add(deadline); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			l.t.Fatalf("waited for %s\nreleases: %+v\nproblems: %+v\nlog:\n%s",
				what, l.library.Releases(), l.library.Problems(), l.log)
		}
	}
}

// awaitRelease waits until the release of this name is in the state, and returns it.
func (l *lab) awaitRelease(name string, state library.State) (found library.Release) {
	l.t.Helper()
	l.await(fmt.Sprintf("%s %s", name, state), func() bool {
		i := slices.IndexFunc(l.library.Releases(), func(r library.Release) bool {
			found = r
			return r.Name == name && r.State == state
		})
		return i >= 0
	})
	return found
}

// awaitProblem waits until the problem is there, and nothing else is wrong with its subject.
func (l *lab) awaitProblem(want library.Problem) {
	l.t.Helper()
	l.await(fmt.Sprintf("problem %+v", want), func() bool { return slices.Contains(l.library.Problems(), want) })
}

// awaitIdle waits until a look that began after now is through, and nothing is waiting or verified any more. A file that
// is put into the library and taken in shows it.
func (l *lab) awaitIdle() {
	l.t.Helper()
	name := fmt.Sprintf("probe-%d.iso", rand.Int64())
	l.write(name, random(1, 100))
	probe := l.awaitRelease(name, library.Seeding)
	l.remove(name)
	if err := os.Remove(probe.MetafilePath); err != nil {
		l.t.Fatal(err)
	}
	l.await("the probe to be gone", func() bool {
		return !slices.ContainsFunc(l.library.Releases(), func(r library.Release) bool { return r.Name == name })
	})
}
