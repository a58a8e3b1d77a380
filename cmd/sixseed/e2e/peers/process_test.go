package peers_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/peers"
)

func TestRun(t *testing.T) {
	t.Parallel()
	t.Run("NoErrorAtExitCodeZero", func(t *testing.T) {
		t.Parallel()
		if err := peers.Run(t.Context(), "true"); err != nil {
			t.Error(err)
		}
	})
	t.Run("ErrorHoldsWhatWasPrinted", func(t *testing.T) {
		t.Parallel()
		err := peers.Run(t.Context(), "sh", "-c", "echo first; echo second >&2; exit 3")
		if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "first\nsecond\n") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("NobodysEnvironment", func(t *testing.T) {
		t.Parallel()
		// The shell adds some of its own.
		const others = `! env | grep -vE '^(PATH|HOME=/nonexistent|LANG|TERM|PWD|OLDPWD|SHLVL|_)(=|$)'`
		if err := peers.Run(t.Context(), "sh", "-c", others); err != nil {
			t.Error(err)
		}
	})
	t.Run("EndsWithItsContext", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		err := peers.Run(ctx, "sh", "-c", "sleep 1000 & echo started; sleep 1000")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
