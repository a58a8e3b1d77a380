package tracker

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"sixseed/seeder/tracker/swarm"
)

// mostComplaints is how many of a list's bad lines are named.
const mostComplaints = 10

// infoHashes is a set.
type infoHashes map[swarm.InfoHash]struct{}

// parseList reads info-hashes, one to a line, in hex: 40 digits, or the 64 of a v2 torrent. What follows a # is a
// comment. Errors name the line.
func parseList(r io.Reader) (infoHashes, error) {
	set := make(infoHashes)
	var errs []error
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		infoHash, err := parseInfoHash(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", number, err))
			if len(errs) == mostComplaints {
				break
			}
		}
		set[infoHash] = struct{}{}
	}
	if err := lines.Err(); err != nil {
		errs = append(errs, err)
	}
	return set, errors.Join(errs...)
}

// parseInfoHash reads an info-hash in hex. Trackers know a v2 torrent by the first 20 bytes of its hash (BEP 52).
func parseInfoHash(text string) (infoHash swarm.InfoHash, err error) {
	decoded, err := hex.DecodeString(text)
	if err != nil || len(decoded) != 20 && len(decoded) != 32 {
		return infoHash, fmt.Errorf("%.70q is no info-hash: it takes 40 or 64 hex digits", text)
	}
	return swarm.InfoHash(decoded), nil
}

// ListFault is a list that stays as it was, because its file cannot be read any more or has bad lines.
type ListFault struct {
	Path string
	Err  error // does not name the path; one line for each bad line of the file
}

// list is a file of info-hashes that is read again when it has changed. An empty path is an empty list.
type list struct {
	path  string
	set   atomic.Pointer[infoHashes]
	fault atomic.Pointer[ListFault] // of the last reading; nil: there was none
	state fileState                 // of the file when set was read, whatever faults there were since
}

// fileState tells one state of a file from another.
type fileState struct {
	size    int64
	changed time.Time
}

// openList reads the list at path.
func openList(path string) (*list, error) {
	l := &list{path: path}
	l.set.Store(&infoHashes{})
	_, err := l.refresh()
	return l, err
}

func (l *list) has(infoHash swarm.InfoHash) bool {
	_, ok := (*l.set.Load())[infoHash]
	return ok
}

// refresh reads the list again if its file is not as it was, and says whether it was read. On an error the list stays as
// it is, and the same error is not returned again.
func (l *list) refresh() (changed bool, err error) {
	if l.path == "" {
		return false, nil
	}
	changed, err = l.load()
	if err == nil {
		l.fault.Store(nil)
		return changed, nil
	}
	fault := &ListFault{Path: l.path, Err: cause(err)}
	before := l.fault.Swap(fault)
	if before != nil && before.Err.Error() == fault.Err.Error() {
		return false, nil
	}
	return false, fmt.Errorf("read list %s: %w", l.path, fault.Err)
}

// load reads the file if it may have changed since it was read without a fault: one that is put right may change neither
// size nor time. The state is taken first, so that what is written while it is read is read again.
func (l *list) load() (changed bool, err error) {
	info, err := os.Stat(l.path)
	if err != nil {
		return false, err
	}
	state := fileState{size: info.Size(), changed: info.ModTime()}
	if state == l.state {
		return false, nil
	}
	file, err := os.Open(l.path)
	if err != nil {
		return false, err
	}
	defer file.Close() //nolint:errcheck // only read from
	set, err := parseList(file)
	if err != nil {
		return false, err
	}
	l.set.Store(&set)
	l.state = state
	return true, nil
}

// cause is what an error says apart from the path.
func cause(err error) error {
	if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
