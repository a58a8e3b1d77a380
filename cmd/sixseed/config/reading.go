package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Overrides are flags that take the place of keys. An empty one leaves its key alone.
type Overrides struct {
	StateDir string   // --state
	Library  []string // --library, for each directory
}

// Parse reads a configuration from text; the file's name is for the problems. It looks at nothing but the text, so
// directories need not be there. An error is Problems.
func Parse(file string, text []byte) (Config, error) {
	r := newReading(file)
	if r.decode(text) {
		r.checkValues()
	}
	return r.result()
}

// Read reads a configuration file and puts flags over it. It does not look at the library, which is enough for
// a command that only asks the daemon or the ledger. With no file it starts from the defaults. An error is Problems.
func Read(file string, flags Overrides) (Config, error) {
	r := newReading(file)
	if r.decodeFile() {
		r.override(flags)
		r.checkValues()
	}
	return r.result()
}

// Load is Read for a daemon: the library's directories must also be there, readable, and apart from each other and
// from the state directory.
func Load(file string, flags Overrides) (Config, error) {
	r := newReading(file)
	if r.decodeFile() {
		r.override(flags)
		r.checkValues()
		r.checkDirectories()
		r.checkTrackerFiles()
	}
	return r.result()
}

// LoadTracker is Load for a tracker alone. The library is not looked at; there must be a tracker, and something that it
// tracks.
func LoadTracker(file string, flags Overrides) (Config, error) {
	r := newReading(file)
	if r.decodeFile() {
		r.override(flags)
		r.config.Library = Default().Library
		r.checkValues()
		r.checkTrackerFiles()
		r.checkTrackerAlone()
	}
	return r.result()
}

// reading is a configuration while it is put together.
type reading struct {
	file     string // empty if there is none
	config   Config
	lines    map[string]int    // of keys in the file
	flags    map[string]string // the flag that took a key's place
	bad      map[string]bool   // keys that have a problem
	problems Problems
}

// newReading starts from the defaults.
func newReading(file string) *reading {
	return &reading{
		file:   file,
		config: Default(),
		lines:  map[string]int{},
		flags:  map[string]string{},
		bad:    map[string]bool{},
	}
}

// report adds a problem of a key, or of an element of a list: "library.dirs[0]". Only the first one of each is kept,
// since a value that was refused is not worth a second look.
func (r *reading) report(name, format string, args ...any) {
	if r.isBad(name) {
		return
	}
	r.bad[name] = true
	problem := Problem{File: r.file, Line: r.lines[name], Key: name, Text: fmt.Sprintf(format, args...)}
	list, _, _ := strings.Cut(name, "[")
	flag, isFlag := r.flags[list]
	switch {
	case isFlag:
		problem.File, problem.Line, problem.Key = "", 0, flag
	case problem.Line == 0 && r.lines[list] > 0:
		problem.Line = r.lines[list]
	case problem.Line == 0:
		problem.Text += fmt.Sprintf(" (%s is not set: this is its default)", list)
	}
	r.problems = append(r.problems, problem)
}

// isBad reports whether a key, or the list that it is an element of, was refused.
func (r *reading) isBad(name string) bool {
	list, _, _ := strings.Cut(name, "[")
	return r.bad[name] || r.bad[list]
}

// decodeFile reads the file, if there is one.
func (r *reading) decodeFile() bool {
	if r.file == "" {
		return true
	}
	text, err := readLimited(r.file)
	if err != nil {
		r.problems = append(r.problems, Problem{File: r.file, Text: reason(err)})
		return false
	}
	return r.decode(text)
}

// override puts the flags over what was read.
func (r *reading) override(flags Overrides) {
	if flags.StateDir != "" {
		r.config.StateDir = absolute(flags.StateDir)
		r.flags["state_dir"] = "--state"
	}
	if len(flags.Library) > 0 {
		r.config.Library.Dirs = nil
		for _, dir := range flags.Library {
			r.config.Library.Dirs = append(r.config.Library.Dirs, absolute(dir))
		}
		r.flags["library.dirs"] = "--library"
	}
}

// result returns the configuration if nothing is wrong with it.
func (r *reading) result() (Config, error) {
	if err := r.problems.inOrder(); err != nil {
		return Config{}, err
	}
	return r.config, nil
}

// readLimited reads a file up to just past the size that is refused.
func readLimited(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return io.ReadAll(io.LimitReader(f, maxFileSize+1))
}

// absolute makes a path of the command line absolute. One that cannot be made so is refused by the checks.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// reason returns what the system said about a path, without the path, which the problem names already.
func reason(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}
