package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"sixseed/cmd/sixseed/config"
)

// TestMain lets scripts run this test binary as sixseed.
func TestMain(m *testing.M) {
	testscript.Main(leakChecker{m}, map[string]func(){"sixseed": main})
}

// leakChecker runs the tests and then looks for goroutines that were left behind.
type leakChecker struct{ m *testing.M }

// Run implements testscript.TestingM.
func (c leakChecker) Run() int {
	code := c.m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": scriptExits},
	})
}

// scriptExits is `exits CODE COMMAND...` in scripts: exec for a command that has to end with that exit code.
func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		code int
		text string
	}{
		"Done":     {nil, 0, ""},
		"Failed":   {fmt.Errorf("open ledger: %w", os.ErrPermission), 1, "sixseed: open ledger: permission denied\n"},
		"Reported": {errReported, 2, ""},
		"Usage":    {usageError("nothing to seed"), 2, "sixseed: nothing to seed (`--help` says more)\n"},
		"Problem": {
			fmt.Errorf("reload: %w", config.Problems{{File: "x.toml", Line: 2, Key: "peers.port", Text: "is wrong"}}), 2,
			"x.toml:2: peers.port: is wrong\nsixseed: 1 problem in the configuration\n",
		},
		"Problems": {
			config.Problems{{File: "x.toml", Text: "is a directory"}, {Key: "--state", Text: "is wrong"}},
			2,
			"x.toml: is a directory\n--state: is wrong\nsixseed: 2 problems in the configuration\n",
		},
		"Joined": {errors.Join(errors.New("a"), errors.New("b")), 1, "sixseed: a\nb\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			code := exitCode(&streams{Out: &stdout, Err: &stderr}, test.err)
			if code != test.code || stderr.String() != test.text || stdout.Len() > 0 {
				t.Errorf("exit code %d, standard error %q, standard output %q; want %d, %q and nothing",
					code, &stderr, &stdout, test.code, test.text)
			}
		})
	}
}
