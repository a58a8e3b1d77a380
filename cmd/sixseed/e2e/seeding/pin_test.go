package seeding_test

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"sixseed/cmd/sixseed/e2e/peers"
)

// cpusKey names the processors that seeders and peers have for themselves, as in `0,1:2,3`. Without it the system
// distributes both over all.
const cpusKey = "SIXSEED_SEEDING_CPUS"

// pin keeps a seeder, not started yet, to its processors.
func pin(t testing.TB, seeder *exec.Cmd) {
	t.Helper()
	cpus, _, found := strings.Cut(os.Getenv(cpusKey), ":")
	if !found {
		return
	}
	taskset, err := exec.LookPath("taskset")
	if err != nil {
		t.Fatal(err)
	}
	seeder.Path, seeder.Args = taskset, append([]string{"taskset", "-c", cpus, seeder.Path}, seeder.Args[1:]...)
}

// pinPeers keeps this process, which the peers are in, to theirs.
func pinPeers(t testing.TB) {
	t.Helper()
	_, cpus, found := strings.Cut(os.Getenv(cpusKey), ":")
	if !found {
		return
	}
	command := peers.Command(t.Context(), "taskset", "-a", "-p", "-c", cpus, strconv.Itoa(os.Getpid()))
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("taskset: %v\n%s", err, output)
	}
}
