// Package seeding_test measures how fast the daemon seeds and what that costs, beside other seeders.
//
// Figures say more about a machine than about a seeder; ratios between seeders say more. So all of them are there at the
// same time and take short turns under the same load, and what else the machine does meets them all.
package seeding_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"sixseed/cmd/sixseed/e2e/rig"
)

// roleKey is set in the environment of a process that is one of the other seeders.
const roleKey = "SIXSEED_SEEDING_ROLE"

func TestMain(m *testing.M) {
	os.Exit(run(m)) //nolint:forbidigo // the main function of the tests
}

// run returns the exit code of the tests, or of the part that this process plays in them.
func run(m *testing.M) int {
	if role := os.Getenv(roleKey); role != "" {
		return exitCode(play(context.Background(), role, os.Args[1:]))
	}
	return rig.WithDaemon(m).Run()
}

func exitCode(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// play makes this process the seeder that the role names, until it is ended.
func play(ctx context.Context, role string, arguments []string) error {
	if len(arguments) != 3 {
		return errors.New("want a port, a torrent and the folder of its data")
	}
	part := map[string]func(ctx context.Context, port, torrent, dir string) error{
		"anacrolix": seedWithAnacrolix,
		"bare":      seedBare,
		"corked":    seedCorked,
	}[role]
	if part == nil {
		return fmt.Errorf("no such role: %s", role)
	}
	return part(ctx, arguments[0], arguments[1], arguments[2])
}
