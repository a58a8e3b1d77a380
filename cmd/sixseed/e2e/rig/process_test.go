package rig_test

import (
	"context"
	"errors"
	"net/netip"
	"os/exec"
	"testing"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/cmd/sixseed/e2e/rig"
)

func TestProgram_Start(t *testing.T) {
	t.Parallel()
	var process rig.Process
	t.Run("runs while the test does", func(t *testing.T) {
		elsewhere := false
		process = rig.Program{Name: "sleep", Command: sleep("1000"), On: func(start func() error) error {
			elsewhere = true
			return start()
		}}.Start(t)
		if _, err := process.CPU(); err != nil || !elsewhere {
			t.Errorf("processor time: %v; started on the host that was named: %v", err, elsewhere)
		}
	})
	if _, err := process.CPU(); err == nil {
		t.Error("the process outlived its test")
	}
}

func TestProcess_Await(t *testing.T) {
	t.Parallel()
	nobody := load.Plan{
		Torrent: load.Torrent{PieceLength: load.BlockLength, Length: load.BlockLength}, Bytes: load.BlockLength,
		Groups: []load.Group{{Seeder: netip.AddrPortFrom(peers.Loopback.V4, peers.FreePort(t)), Connections: 1, InFlight: 1}},
	}
	t.Run("a seeder that ended", func(t *testing.T) {
		t.Parallel()
		process := rig.Program{Name: "sleep", Command: sleep("0")}.Start(t)
		if err := process.Await(t.Context(), nobody); err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("%v, want that the seeder ended", err)
		}
	})
}

func sleep(seconds string) *exec.Cmd { return peers.Command(context.Background(), "sleep", seconds) }
