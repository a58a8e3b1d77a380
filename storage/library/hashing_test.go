package library_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"sixseed/storage/library"
)

// hold makes hashing stop at its first block until the returned function is called.
func (l *lab) hold() (release func()) {
	gate := make(chan struct{})
	l.progress.hold = gate
	return func() {
		l.progress.mu.Lock()
		defer l.progress.mu.Unlock()
		l.progress.hold = nil
		close(gate)
	}
}

func TestLibrary_LooksWhileHashing(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	release := lab.hold()
	lab.write("a.iso", random(1, 4*megabyte))
	lab.start()
	lab.await("part of it to be hashed", func() bool {
		r := lab.awaitRelease("a.iso", library.Verifying)
		return r.Checked > 0 && r.Checked < 1
	})
	lab.write("b.iso", random(2, megabyte))
	if r := lab.awaitRelease("b.iso", library.Verifying); r.Checked != 0 {
		t.Errorf("in the queue: %+v", r)
	}
	lab.remove("a.iso")
	lab.await("a.iso to be gone", func() bool { return len(lab.library.Releases()) == 1 })
	release()
	lab.awaitRelease("b.iso", library.Seeding)
	if got := lab.metafiles(); len(got) != 1 {
		t.Errorf("torrents %q: one was made of a file that is gone", got)
	}
}

func TestLibrary_SmallestFirst(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.write("large.iso", random(1, 3*megabyte))
	lab.write("middle.iso", random(2, 2*megabyte))
	lab.write("small.iso", random(3, megabyte))
	lab.start()
	lab.await("all", func() bool { return len(lab.sink.names()) == 3 })
	if got, _ := lab.progress.hashed(); !slices.Equal(got, []string{"small.iso", "middle.iso", "large.iso"}) {
		t.Errorf("hashed in the order %q", got)
	}
}

func TestLibrary_ChangesWhileHashing(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.config.Settle = 30 * time.Minute // so that no look finds the change before hashing does
	release := lab.hold()
	lab.write("a.iso", random(1, 4*megabyte))
	lab.start()
	lab.await("hashing", func() bool { _, bytes := lab.progress.hashed(); return bytes > 0 })
	if err := os.Truncate(lab.path("a.iso"), 4*megabyte+1); err != nil {
		t.Fatal(err)
	}
	release()
	if r := lab.awaitRelease("a.iso", library.Waiting); r.Problem != "still growing" {
		t.Errorf("release %+v", r)
	}
	if got := lab.metafiles(); len(got) != 0 {
		t.Errorf("torrents %q were made of a file that changed", got)
	}
}

func TestLibrary_StopsWhileHashing(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	release := lab.hold()
	lab.write("a.iso", random(1, 4*megabyte))
	lab.start()
	lab.await("hashing", func() bool { _, bytes := lab.progress.hashed(); return bytes > 0 })
	lab.cancel() // before any more can be hashed
	time.AfterFunc(10*time.Millisecond, release)
	lab.stop()
	if got := lab.sink.names(); len(got) != 0 {
		t.Errorf("seeding %q", got)
	}
	lab.restart()
	lab.awaitRelease("a.iso", library.Seeding)
}
