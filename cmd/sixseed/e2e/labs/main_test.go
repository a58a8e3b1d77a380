// Package labs_test has the daemon share a link between IPv6 and IPv4 peers, and judges who got what.
//
// A lab is a network of its own, in namespaces that the test makes and that end with it: the seeder's host, a link that
// is too narrow for all, and the host that the peers are on. What counts is what the peers received, and what the kernel
// of the seeder's host sent over each family; the seeder itself is not asked. docs/labs.md describes the labs.
package labs_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"sixseed/cmd/sixseed/e2e/peers"
)

// program is the path of the daemon under test.
var program = os.Getenv(programKey)

// programKey is set in the environment of tests for which the program was built.
const programKey = "SIXSEED_LABS_PROGRAM"

func TestMain(m *testing.M) { goleak.VerifyTestMain(built{m}) }

// built are tests that run when the program is built.
type built struct{ tests peers.Tests }

func (b built) Run() int {
	if program != "" {
		return peers.Isolated(b.tests).Run()
	}
	dir, err := os.MkdirTemp("", "sixseed-labs-")
	if err != nil {
		return failed(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := build(filepath.Join(dir, "sixseed")); err != nil {
		return failed(err)
	}
	return peers.Isolated(b.tests).Run()
}

// build builds the program, while there is a network to get modules from.
func build(path string) error {
	program = path
	command := exec.CommandContext(context.Background(), "go", "build", "-o", program, "sixseed/cmd/sixseed")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build sixseed: %w\n%s", err, output)
	}
	return os.Setenv(programKey, program)
}

func failed(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
