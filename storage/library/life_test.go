package library_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sixseed/storage/library"
	"sixseed/storage/metafile"
)

const (
	kilobyte = 1 << 10
	megabyte = 1 << 20
)

func TestLibrary_Life(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.config.Settings.Trackers = [][]string{{"http://a.example.org/announce"}, {"http://b.example.org/announce"}}
	lab.start()

	// It appears, and a .torrent is made.
	lab.write("a.iso", random(1, megabyte))
	first := lab.awaitRelease("a.iso", library.Seeding)
	if !lab.sink.has(first.InfoHash) || first.Checked != 1 || first.DataPath != lab.path("a.iso") {
		t.Errorf("release %+v", first)
	}
	made, err := metafile.Load(first.MetafilePath)
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Tiers) != 2 || made.CreatedBy != "sixseed/test" || filepath.Dir(made.Path) != lab.torrents {
		t.Errorf("made %+v", made)
	}

	// It is replaced: the .torrent made for it goes too.
	lab.write("a.iso", random(2, megabyte))
	lab.await("another torrent", func() bool {
		r := lab.awaitRelease("a.iso", library.Seeding)
		return r.InfoHash != first.InfoHash
	})
	if lab.sink.has(first.InfoHash) {
		t.Error("the replaced file is still seeded")
	}
	if got := lab.metafiles(); len(got) != 1 {
		t.Errorf("torrents %q, want one", got)
	}

	// It is replaced by one of another size.
	lab.write("a.iso", random(3, 2*megabyte))
	lab.await("the larger one", func() bool { return lab.awaitRelease("a.iso", library.Seeding).Size == 2*megabyte })
	if got := lab.metafiles(); len(got) != 1 {
		t.Errorf("torrents %q, want one", got)
	}

	// It is truncated while it is seeded.
	second := lab.awaitRelease("a.iso", library.Seeding)
	if err := os.Truncate(lab.path("a.iso"), megabyte); err != nil {
		t.Fatal(err)
	}
	lab.await("the end of the longer one", func() bool { return !lab.sink.has(second.InfoHash) })
	lab.await("the shorter one", func() bool { return lab.awaitRelease("a.iso", library.Seeding).Size == megabyte })

	// It is removed, and comes back.
	third := lab.awaitRelease("a.iso", library.Seeding)
	aside := filepath.Join(t.TempDir(), "a.iso")
	if err := os.Rename(lab.path("a.iso"), aside); err != nil {
		t.Fatal(err)
	}
	lab.await("the end of its release", func() bool { return len(lab.library.Releases()) == 0 })
	if lab.sink.has(third.InfoHash) {
		t.Error("a file that was removed is still seeded")
	}
	if err := os.Rename(aside, lab.path("a.iso")); err != nil {
		t.Fatal(err)
	}
	if back := lab.awaitRelease("a.iso", library.Seeding); back.InfoHash != third.InfoHash {
		t.Errorf("came back as another torrent: %+v", back)
	}
	if problems := lab.library.Problems(); len(problems) != 0 {
		t.Errorf("problems %+v", problems)
	}
}

func TestLibrary_GrowingFile(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.config.Settle = time.Second
	var written atomic.Bool
	begin := time.Now()
	lab.config.Now = func() time.Time { // until all is written no time passes, however slow the machine
		if written.Load() {
			return time.Now()
		}
		return begin
	}
	lab.start()
	f, err := os.Create(lab.path("a.iso"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data := random(1, 400*kilobyte)
	for i, block := range slices.Collect(slices.Chunk(data, 100*kilobyte)) {
		if _, err := f.Write(block); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if r := lab.awaitRelease("a.iso", library.Waiting); r.Problem != "still growing" || r.InfoHash != [20]byte{} {
				t.Errorf("growing: %+v", r)
			}
		}
	}
	written.Store(true)
	r := lab.awaitRelease("a.iso", library.Seeding)
	if r.Size != int64(len(data)) {
		t.Errorf("seeded at %d bytes", r.Size)
	}
}

func TestLibrary_RestartHashesNothing(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	foreign, _ := single(t, "b.iso", random(2, megabyte))
	lab.write("a.iso", random(1, megabyte))
	lab.write("b.iso", random(2, megabyte))
	lab.write("b.iso.torrent", foreign)
	lab.start()
	lab.await("both", func() bool { return len(lab.sink.names()) == 2 })
	if _, hashed := lab.progress.hashed(); hashed != 2*megabyte {
		t.Errorf("hashed %d bytes, want every byte once", hashed)
	}

	lab.restart()
	lab.await("both after the restart", func() bool { return len(lab.sink.names()) == 2 })
	if names, hashed := lab.progress.hashed(); hashed != 0 || len(names) != 0 {
		t.Errorf("the restart hashed %q, %d bytes", names, hashed)
	}

	lab.stop()
	lab.write("a.iso", random(3, megabyte))
	lab.restart()
	lab.await("both after a change", func() bool { return len(lab.sink.names()) == 2 })
	if names, _ := lab.progress.hashed(); slices.Contains(names, "b.iso") || !slices.Contains(names, "a.iso") {
		t.Errorf("after a.iso has changed, hashed %q", names)
	}
}

func TestLibrary_MovedFile(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.write("new/a.iso", random(1, megabyte))
	lab.start()
	before := lab.awaitRelease("a.iso", library.Seeding)
	lab.mkdir("old")
	if err := os.Rename(lab.path("new/a.iso"), lab.path("old/a.iso")); err != nil {
		t.Fatal(err)
	}
	lab.write("new/a.iso", random(2, megabyte))
	lab.await("both", func() bool { return len(lab.sink.names()) == 2 })
	paths := make(map[string][20]byte)
	for _, r := range lab.library.Releases() {
		paths[r.DataPath] = r.InfoHash
	}
	if paths[lab.path("old/a.iso")] != before.InfoHash {
		t.Error("the moved file has lost its torrent")
	}
	if other, ok := paths[lab.path("new/a.iso")]; !ok || other == before.InfoHash {
		t.Error("the file in its old place has no torrent of its own")
	}
	if got := lab.metafiles(); len(got) != 2 {
		t.Errorf("torrents %q, want two", got)
	}
}

func TestLibrary_Copy(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.write("one/a.iso", random(1, megabyte))
	lab.write("two/a.iso", random(1, megabyte))
	if err := os.Link(lab.path("one/a.iso"), lab.path("one/b.iso")); err != nil {
		t.Fatal(err)
	}
	lab.start()
	lab.await("the copies to be found out", func() bool {
		names, _ := lab.progress.hashed()
		return len(names) == 2 && len(lab.library.Releases()) == 1
	})
	lab.awaitIdle()
	if got := lab.metafiles(); len(got) != 1 {
		t.Errorf("torrents %q, want one", got)
	}
}

func TestLibrary_DirectoryVanishes(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.config.Rescan = 50 * time.Millisecond // nobody watches above the library
	lab.write("a.iso", random(1, megabyte))
	lab.start()
	lab.awaitRelease("a.iso", library.Seeding)
	aside := lab.dir + ".aside"
	if err := os.Rename(lab.dir, aside); err != nil {
		t.Fatal(err)
	}
	lab.awaitProblem(library.Problem{
		Subject: lab.dir, Text: "library directory cannot be read: no such file or directory",
	})
	lab.await("the end of its release", func() bool { return len(lab.library.Releases()) == 0 })
	if err := os.Rename(aside, lab.dir); err != nil {
		t.Fatal(err)
	}
	lab.awaitRelease("a.iso", library.Seeding)
	if problems := lab.library.Problems(); len(problems) != 0 {
		t.Errorf("problems %+v", problems)
	}
	if names, _ := lab.progress.hashed(); len(names) != 1 {
		t.Errorf("hashed %q, want once", names)
	}
	if got := strings.Count(lab.log.String(), "library directory cannot be read"); got != 1 {
		t.Errorf("logged %d times:\n%s", got, lab.log)
	}
}

func TestLibrary_Refresh(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.write("a.iso", random(1, megabyte))
	lab.write("b.iso", random(2, megabyte))
	lab.start()
	lab.await("both", func() bool { return len(lab.sink.names()) == 2 })
	lab.library.Refresh(lab.path("a.iso"))
	lab.await("a.iso to go and come", func() bool {
		came, gone := lab.sink.counts()
		return came == 3 && gone == 1
	})
	if names, _ := lab.progress.hashed(); !slices.Equal(names, []string{"a.iso", "b.iso", "a.iso"}) {
		t.Errorf("hashed %q", names)
	}
}

func TestLibrary_Reconfigure(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.write("one/a.iso", random(1, megabyte))
	lab.write("two/b.iso", random(2, megabyte))
	lab.config.Settings.Dirs = []string{lab.path("one")}
	lab.start()
	lab.awaitRelease("a.iso", library.Seeding)

	t.Run("AnotherDirectory", func(t *testing.T) {
		both := library.Settings{Dirs: []string{lab.path("one"), lab.path("two")}}
		if err := lab.library.Reconfigure(both); err != nil {
			t.Fatal(err)
		}
		r := lab.awaitRelease("b.iso", library.Waiting)
		if r.Problem != "no .torrent names it, and none is to be made" {
			t.Errorf("release %+v", r)
		}
		both.CreateTorrents = true
		if err := lab.library.Reconfigure(both); err != nil {
			t.Fatal(err)
		}
		lab.awaitRelease("b.iso", library.Seeding)
		if came, gone := lab.sink.counts(); came != 2 || gone != 0 {
			t.Errorf("%d came and %d went, want a.iso to stay", came, gone)
		}
	})
	t.Run("DirectoryLeftOut", func(t *testing.T) {
		if err := lab.library.Reconfigure(library.Settings{Dirs: []string{lab.path("two")}}); err != nil {
			t.Fatal(err)
		}
		lab.await("a.iso to go", func() bool { return slices.Equal(lab.sink.names(), []string{"b.iso"}) })
	})
	t.Run("TorrentsInside", func(t *testing.T) {
		if err := lab.library.Reconfigure(library.Settings{Dirs: []string{filepath.Dir(lab.dir)}}); err == nil {
			t.Error("a library that holds the torrents directory was taken")
		}
	})
}
