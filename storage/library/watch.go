package library

import (
	"fmt"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watcher asks the kernel for events in every directory. It may get none, for want of inotify instances or watches:
// then the looks by the clock must do.
type watcher struct {
	notify  *fsnotify.Watcher // nil: there is none
	rescan  time.Duration
	missing error           // why there is none
	entered map[string]bool // directories watched in this round
	problem *Problem        // of this round
}

func newWatcher(rescan time.Duration) *watcher {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return &watcher{rescan: rescan, missing: err}
	}
	return &watcher{notify: notify, rescan: rescan}
}

// round begins a look.
func (w *watcher) round() { w.entered, w.problem = make(map[string]bool), nil }

// enter watches dir. One that is watched already is watched again, since another directory may have taken its name.
func (w *watcher) enter(dir string) {
	err := w.missing
	if w.notify != nil {
		err = w.notify.Add(dir)
	}
	w.entered[dir] = true
	if err != nil && w.problem == nil {
		text := fmt.Sprintf("cannot be watched, changes are found within %s only: %v", w.rescan, err)
		w.problem = &Problem{dir, text}
	}
}

// leave ends a look: directories that it did not enter are not watched any more.
func (w *watcher) leave() {
	if w.notify == nil {
		return
	}
	for _, dir := range w.notify.WatchList() {
		if !w.entered[dir] {
			_ = w.notify.Remove(dir) // it may have gone by itself
		}
	}
}

// events is nil, and never ready, if there is no watcher; errors too.
func (w *watcher) events() <-chan fsnotify.Event {
	if w.notify == nil {
		return nil
	}
	return w.notify.Events
}

func (w *watcher) errors() <-chan error {
	if w.notify == nil {
		return nil
	}
	return w.notify.Errors
}

func (w *watcher) close() {
	if w.notify != nil {
		_ = w.notify.Close() // nothing depends on it
	}
}
