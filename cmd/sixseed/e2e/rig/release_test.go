package rig_test

import (
	"os"
	"testing"

	"sixseed/cmd/sixseed/e2e/rig"
)

func TestNewRelease(t *testing.T) {
	t.Parallel()
	var dir string
	t.Run("has pieces of 1 MiB", func(t *testing.T) {
		const length = 1<<20 + 1
		r := rig.NewRelease(t, length)
		dir = r.Dir
		info, err := r.File.Stat()
		if err != nil || info.Size() != length || r.Length != length || r.PieceLength != 1<<20 || r.Data != nil {
			t.Errorf("%+v, its file %+v, %v", r.Torrent, info, err)
		}
	})
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the release outlived its test: %v", err)
	}
}
