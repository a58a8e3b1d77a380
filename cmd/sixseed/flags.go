package main

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"sixseed/cmd/sixseed/config"
)

// systemConfig is the configuration file that is used when no flag names one.
const systemConfig = "/etc/sixseed/config.toml"

// configFlags are the flags of every command that needs the configuration.
type configFlags struct {
	Config string `help:"Configuration file. Without this flag ${system_config} is read, if it is there and no --library is given." placeholder:"FILE"`
	State  string `help:"State directory, in place of the file's state_dir: it holds the ledger, and .torrent files that were made." placeholder:"DIR"`
}

// load returns the configuration for a command that does not touch the library. An error is config.Problems.
func (f configFlags) load() (config.Config, error) {
	file := f.file()
	return config.Read(file, config.Overrides{StateDir: f.stateDir(file)})
}

// loadWith returns the configuration for a daemon that seeds the library: directories named on the command line, if
// any, in place of the file's. An error is config.Problems or a usageError.
func (f configFlags) loadWith(library []string) (config.Config, error) {
	file := f.Config
	if len(library) == 0 {
		file = f.file()
	}
	if file == "" && len(library) == 0 {
		return config.Config{}, usageError("nothing to seed: name a directory with --library DIR, or a file with --config FILE")
	}
	return config.Load(file, config.Overrides{StateDir: f.stateDir(file), Library: library})
}

// loadTracker returns the configuration for a tracker alone. An error is config.Problems.
func (f configFlags) loadTracker() (config.Config, error) {
	file := f.file()
	return config.LoadTracker(file, config.Overrides{StateDir: f.stateDir(file)})
}

// file returns the configuration file to read, "" for none.
func (f configFlags) file() string {
	if f.Config != "" {
		return f.Config
	}
	if _, err := os.Stat(systemConfig); err == nil {
		return systemConfig
	}
	return ""
}

// stateDir returns the directory that takes the place of the file's state_dir, "" for none. Without a file it is the
// system's for those who may write there, and else the user's own.
func (f configFlags) stateDir(file string) string {
	if f.State != "" || file != "" {
		return f.State
	}
	system := config.Default().StateDir
	if os.Geteuid() == 0 || unix.Access(system, unix.W_OK) == nil {
		return system
	}
	return userStateDir(os.Getenv)
}

// userStateDir follows the XDG Base Directory Specification, which says that a relative path does not count. It returns
// "" if the user has no home.
func userStateDir(getenv func(string) string) string {
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "sixseed")
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "sixseed")
	}
	return ""
}
