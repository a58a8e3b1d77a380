package library

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWatcher_Enter(t *testing.T) {
	t.Parallel()
	t.Run("NoInstances", func(t *testing.T) {
		t.Parallel()
		w := &watcher{rescan: 5 * time.Minute, missing: errors.New("too many open files")}
		w.round()
		w.enter("/iso")
		w.enter("/iso/a")
		w.leave()
		want := Problem{"/iso", "cannot be watched, changes are found within 5m0s only: too many open files"}
		if w.problem == nil || *w.problem != want {
			t.Errorf("problem %+v, want %+v once", w.problem, want)
		}
		if w.events() != nil || w.errors() != nil {
			t.Error("there are events without a watcher")
		}
		w.close()
	})
	t.Run("NoWatch", func(t *testing.T) {
		t.Parallel()
		w := newWatcher(5 * time.Minute)
		defer w.close()
		dir := filepath.Join(t.TempDir(), "gone")
		w.round()
		w.enter(dir)
		if w.problem == nil || w.problem.Subject != dir || !strings.Contains(w.problem.Text, "cannot be watched") {
			t.Errorf("problem %+v", w.problem)
		}
		w.round()
		if w.problem != nil {
			t.Error("the problem outlives the round")
		}
	})
	t.Run("Left", func(t *testing.T) {
		t.Parallel()
		w := newWatcher(5 * time.Minute)
		defer w.close()
		one, two := t.TempDir(), t.TempDir()
		w.round()
		w.enter(one)
		w.enter(two)
		w.leave()
		w.round()
		w.enter(two)
		w.leave()
		if got := w.notify.WatchList(); len(got) != 1 || got[0] != two {
			t.Errorf("watching %q, want %q only", got, two)
		}
	})
}
