package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/load"
)

// Program is a seeder that is not started yet.
type Program struct {
	Name    string                         // for messages
	Command *exec.Cmd                      // that peers.Command made
	On      func(start func() error) error // calls start on the host that the seeder is to be on; nil: on this one
	Show    bool                           // shows what the seeder printed even if the test passes
}

// Process is a seeder while it runs.
type Process struct {
	PID   int
	ended chan struct{} // closed when it is gone
}

// Start starts a seeder that runs until the test ends, and shows what it printed if the test failed.
func (p Program) Start(t testing.TB) Process {
	t.Helper()
	output := new(bytes.Buffer)
	p.Command.Stdout, p.Command.Stderr = output, output
	p.Command.SysProcAttr.Pdeathsig = syscall.SIGKILL // no test, no seeder
	if err := p.start(); err != nil {
		t.Fatalf("start %s: %v", p.Name, err)
	}
	running := Process{PID: p.Command.Process.Pid, ended: make(chan struct{})}
	go func() {
		_ = p.Command.Wait()
		close(running.ended)
	}()
	t.Cleanup(func() {
		_ = p.Command.Process.Kill()
		<-running.ended
		if t.Failed() || p.Show {
			t.Logf("%s printed:\n%s", p.Name, output)
		}
	})
	return running
}

func (p Program) start() error {
	if p.On != nil {
		return p.On(p.Command.Start)
	}
	return p.Command.Start()
}

// Await puts the seeder under a load again and again until no peer fails. It returns an error when the load cannot be
// run, when the seeder ends, and when ctx ends: then it says how peers failed last.
func (p Process) Await(ctx context.Context, plan load.Plan) error {
	for {
		result, err := load.Run(ctx, plan)
		if err != nil {
			return err
		}
		failures := result.Failures()
		if failures == nil {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-p.ended:
			return errors.New("the seeder ended")
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), failures)
		}
	}
}
