package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"sixseed/cmd/sixseed/config"
)

func TestConfigFlags_Load(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.toml")
	text := "state_dir = \"/from/file\"\nlibrary.dirs = [\"/no/such/dir\"]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("FileWithoutLookingAtTheLibrary", func(t *testing.T) {
		t.Parallel()
		got, err := configFlags{Config: file}.load()
		if err != nil || got.StateDir != "/from/file" {
			t.Errorf("got %q, %v", got.StateDir, err)
		}
	})
	t.Run("StateFlagBeforeFile", func(t *testing.T) {
		t.Parallel()
		got, err := configFlags{Config: file, State: "/from/flag"}.load()
		if err != nil || got.StateDir != "/from/flag" {
			t.Errorf("got %q, %v", got.StateDir, err)
		}
	})
	t.Run("DaemonLooksAtTheLibrary", func(t *testing.T) {
		t.Parallel()
		_, err := configFlags{Config: file}.loadWith(nil)
		var problems config.Problems
		if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Line != 2 {
			t.Errorf("got %v, want the missing directory in line 2", err)
		}
	})
	t.Run("LibraryFlagBeforeFile", func(t *testing.T) {
		t.Parallel()
		library := t.TempDir()
		got, err := configFlags{Config: file}.loadWith([]string{library})
		if err != nil || len(got.Library.Dirs) != 1 || got.Library.Dirs[0] != library || got.StateDir != "/from/file" {
			t.Errorf("got %q, %q, %v", got.Library.Dirs, got.StateDir, err)
		}
	})
}

func TestConfigFlags_LoadWithoutFile(t *testing.T) {
	t.Parallel()
	library := t.TempDir()
	state := filepath.Join(t.TempDir(), "state")
	got, err := configFlags{State: state}.loadWith([]string{library})
	if err != nil || got.StateDir != state || got.Peers != config.Default().Peers {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := os.Stat(systemConfig); err == nil {
		t.Skipf("%s exists here, so there is something to seed without a flag", systemConfig)
	}
	var usage usageError
	if _, err := (configFlags{State: state}).loadWith(nil); !errors.As(err, &usage) {
		t.Errorf("got %v, want a usage error", err)
	}
}

func TestUserStateDir(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		environment map[string]string
		want        string
	}{
		"XDG":         {map[string]string{"XDG_STATE_HOME": "/x/state", "HOME": "/home/admin"}, "/x/state/sixseed"},
		"Home":        {map[string]string{"HOME": "/home/admin"}, "/home/admin/.local/state/sixseed"},
		"RelativeXDG": {map[string]string{"XDG_STATE_HOME": "state", "HOME": "/home/admin"}, "/home/admin/.local/state/sixseed"},
		"Neither":     {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := userStateDir(func(key string) string { return test.environment[key] }); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
