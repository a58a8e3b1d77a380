package library_test

import (
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// withoutPrivileges reports whether this process must respect the modes of files. If it need not, being root's, it
// runs the calling test again in one that must, and returns false: then that was all.
func withoutPrivileges(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 || os.Getenv("SIXSEED_TEST_UNPRIVILEGED") != "" {
		return true
	}
	done := make(chan error)
	var output []byte
	go func() {
		// What the thread gives up its child does not get either. The thread is not unlocked: it ends here.
		runtime.LockOSThread()
		for _, capability := range []uintptr{unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH} {
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0); err != nil {
				done <- err
				return
			}
		}
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		again.Env = append(os.Environ(), "SIXSEED_TEST_UNPRIVILEGED=1")
		var err error
		output, err = again.CombinedOutput()
		done <- err
	}()
	if err := <-done; err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	return false
}
