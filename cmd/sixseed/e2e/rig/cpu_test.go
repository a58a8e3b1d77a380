package rig_test

import (
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/rig"
)

func TestCPUTime(t *testing.T) {
	t.Parallel()
	const stat = "12 (a) name) S 1 12 12 0 -1 4194560 104 0 0 0 250 50 0 0 20 0 1 0 5 0 0\n"
	if got, err := rig.CPUTime(stat); got != 3*time.Second || err != nil {
		t.Errorf("%v, %v, want 3s", got, err)
	}
	for _, text := range []string{"", "12 (a) S 1", "12 (a) S 1 12 12 0 -1 4194560 104 0 0 0 x 50 0 0"} {
		if _, err := rig.CPUTime(text); err == nil {
			t.Errorf("no error for %q", text)
		}
	}
}
