package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// checkTracker finds what is wrong with the tracker's keys, beside its addresses and URLs.
func (r *reading) checkTracker() {
	for _, file := range r.trackerFiles() {
		if *file.path != "" {
			r.checkPath(file.name, file.path)
		}
	}
	r.checkHTTPS()
	if r.config.Tracker.IsOn() || r.isBad("tracker.listen") || r.isBad("tracker.https.listen") {
		return
	}
	if len(r.config.Tracker.Publish) > 0 {
		r.report("tracker.publish", "names a tracker that does not run: tracker.listen is empty")
	}
}

// checkHTTPS wants a certificate where there is HTTPS, and HTTPS where there is a certificate.
func (r *reading) checkHTTPS() {
	on := len(r.config.Tracker.HTTPS.Listen) > 0
	for _, file := range r.trackerFiles() {
		switch {
		case !file.https:
		case on && *file.path == "":
			r.report(file.name, "is empty, and tracker.https.listen needs it: name a PEM file")
		case !on && *file.path != "" && !r.isBad("tracker.https.listen"):
			r.report(file.name, "is of no use: tracker.https.listen is empty")
		}
	}
}

// trackerFile is a file that the tracker reads.
type trackerFile struct {
	name  string // of its key
	path  *string
	https bool // it is for HTTPS
}

func (r *reading) trackerFiles() []trackerFile {
	t := &r.config.Tracker
	return []trackerFile{
		{"tracker.list", &t.List, false},
		{"tracker.deny", &t.Deny, false},
		{"tracker.https.certificate", &t.HTTPS.Certificate, true},
		{"tracker.https.key", &t.HTTPS.Key, true},
	}
}

// checkTrackerFiles wants the files that the tracker is to read. What is in them it says itself, with the line.
func (r *reading) checkTrackerFiles() {
	if !r.config.Tracker.IsOn() {
		return
	}
	for _, file := range r.trackerFiles() {
		if *file.path == "" || r.isBad(file.name) {
			continue
		}
		if err := checkReadableFile(*file.path); err != nil {
			r.report(file.name, "%q %v", *file.path, err)
		}
	}
}

// checkReadableFile wants a file that can be read.
func checkReadableFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("does not exist")
	case err != nil:
		return fmt.Errorf("cannot be looked at: %s", reason(err))
	case !info.Mode().IsRegular():
		return errors.New("is not a file")
	}
	if err := unix.Access(path, unix.R_OK); err != nil {
		return fmt.Errorf("cannot be read by user %d: %w", os.Getuid(), err)
	}
	return nil
}

// checkTrackerAlone wants a tracker that has something to do without a library.
func (r *reading) checkTrackerAlone() {
	t := r.config.Tracker
	if !t.IsOn() && !r.isBad("tracker.listen") && !r.isBad("tracker.https.listen") {
		r.report("tracker.listen", "names no address: there is nothing to run")
	}
	if t.Access == AccessListed && t.List == "" && !r.isBad("tracker.access") && !r.isBad("tracker.list") {
		r.report("tracker.list", "names no file, and nothing is seeded here: nothing would be tracked. "+
			`Name one, or set tracker.access to "open"`)
	}
	if len(t.Publish) > 0 {
		r.report("tracker.publish", "is of no use: a tracker alone has no .torrent files to serve")
	}
}
