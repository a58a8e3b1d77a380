package main

import (
	"context"
	"io"

	"sixseed/cmd/sixseed/config"
)

// configExampleCommand prints a configuration to start from.
type configExampleCommand struct{}

// Run prints every key with its default and a comment.
func (configExampleCommand) Run(_ context.Context, out *streams) error {
	_, err := io.WriteString(out.Out, config.Example())
	return err
}
