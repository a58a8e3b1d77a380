package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestDescribeBuild(t *testing.T) {
	t.Parallel()
	tail := ", " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	for name, test := range map[string]struct {
		info *debug.BuildInfo
		want string
	}{
		"NothingKnown": {nil, "sixseed " + version + tail},
		"Released": {
			&debug.BuildInfo{Settings: []debug.BuildSetting{
				{Key: "vcs.revision", Value: "0123456789abcdef0123"},
				{Key: "vcs.modified", Value: "false"},
			}},
			"sixseed " + version + " (0123456789ab)" + tail,
		},
		"Modified": {
			&debug.BuildInfo{Settings: []debug.BuildSetting{
				{Key: "vcs.revision", Value: "0123"},
				{Key: "vcs.modified", Value: "true"},
			}},
			"sixseed " + version + " (0123, modified)" + tail,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := describeBuild(test.info).String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
