package rig

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"sixseed/cmd/sixseed/e2e/peers"
)

// daemonKey is set in the environment of tests for which the daemon was built.
const daemonKey = "SIXSEED_RIG_DAEMON"

// Daemon returns the path of the program under test. It is empty outside of tests that WithDaemon returned.
func Daemon() string { return os.Getenv(daemonKey) }

// WithDaemon returns tests that are isolated as by peers.Isolated, with the daemon built before that, once, while there
// is a network to get modules from.
func WithDaemon(tests peers.Tests) peers.Tests { return withDaemon{tests} }

type withDaemon struct{ tests peers.Tests }

func (w withDaemon) Run() int {
	code, err := w.run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func (w withDaemon) run() (int, error) {
	if Daemon() != "" {
		return peers.Isolated(w.tests).Run(), nil
	}
	dir, err := os.MkdirTemp("", "sixseed-rig-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := build(filepath.Join(dir, "sixseed")); err != nil {
		return 0, err
	}
	return peers.Isolated(w.tests).Run(), nil
}

// build builds the daemon, static as it is released.
func build(path string) error {
	command := exec.CommandContext(context.Background(), "go", "build", "-o", path, "sixseed/cmd/sixseed")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build sixseed: %w\n%s", err, output)
	}
	return os.Setenv(daemonKey, path)
}
