package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenStateDir(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "state")
	first, err := openStateDir(path)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(path); err != nil || len(entries) != 0 {
		t.Errorf("left %v behind, %v", entries, err)
	}
	if _, err := openStateDir(path); err == nil || !strings.Contains(err.Error(), "another sixseed uses the state directory "+path) {
		t.Errorf("opened twice: %v", err)
	}
	if err := first.close(); err != nil {
		t.Fatal(err)
	}
	again, err := openStateDir(path)
	if err != nil {
		t.Fatalf("after closing: %v", err)
	}
	_ = again.close()
}

func TestOpenStateDir_Refused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"IsAFile": file, "BelowAFile": filepath.Join(file, "state"), "ReadOnly": "/proc/self"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := openStateDir(path); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want an error that names %s", err, path)
			}
		})
	}
}
