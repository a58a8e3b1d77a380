package peers_test

import (
	"os"
	"path/filepath"
	"testing"

	"sixseed/cmd/sixseed/e2e/peers"
)

func TestMakeISO(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "release.iso")
	const size, leeway = 3 << 20, 200 << 10
	peers.MakeISO(t, path, size)
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(image) < size-leeway || len(image) > size+leeway {
		t.Errorf("the image has %d bytes, want about %d", len(image), size)
	}
	// ECMA-119, 8.1: the first volume descriptor is in the 17th sector and starts with its type and this identifier.
	const sector = 2048
	if got := string(image[16*sector+1 : 16*sector+6]); got != "CD001" {
		t.Errorf("the image's identifier is %q", got)
	}
}
