package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the number of this release. Peers and trackers see it, in the peer id and the user agent.
const version = "0.1.0"

// versionCommand says what this binary was built from.
type versionCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// build is what is known of this binary.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // of the source, if it was built from a repository
	Modified bool   `json:"modified,omitempty"` // whether the source had changes beside the revision
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// Run prints the version.
func (c versionCommand) Run(_ context.Context, out *streams) error {
	info, _ := debug.ReadBuildInfo() // nil without module support
	b := describeBuild(info)
	if c.JSON {
		return json.NewEncoder(out.Out).Encode(b)
	}
	_, err := fmt.Fprintln(out.Out, b)
	return err
}

// describeBuild gathers what the toolchain noted in the binary.
func describeBuild(info *debug.BuildInfo) build {
	b := build{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info == nil {
		return b
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Revision = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	return b
}

// String returns a line such as "sixseed 0.1.0 (1a2b3c4d5e6f, modified), go1.26.8 linux/amd64".
func (b build) String() string {
	const shortRevision = 12
	source := ""
	if b.Revision != "" {
		source = " (" + b.Revision[:min(shortRevision, len(b.Revision))]
		if b.Modified {
			source += ", modified"
		}
		source += ")"
	}
	return fmt.Sprintf("sixseed %s%s, %s %s", b.Version, source, b.Go, b.Platform)
}
