package main

import (
	"context"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
)

// completionCommand prints a script with which a shell completes commands and flags. It is made from the same
// definitions as --help.
type completionCommand struct {
	Shell string `arg:"" help:"Shell to complete in: ${enum}." enum:"bash,zsh,fish"`
}

// Help is printed above the flags.
func (*completionCommand) Help() string {
	return `Where shells look for it:
  sixseed completion bash > /usr/share/bash-completion/completions/sixseed
  sixseed completion zsh > /usr/share/zsh/vendor-completions/_sixseed
  sixseed completion fish > /usr/share/fish/vendor_completions.d/sixseed.fish`
}

// Run prints the script.
func (c *completionCommand) Run(_ context.Context, parser *kong.Context, out *streams) error {
	write := map[string]func(io.Writer, []manualCommand) error{
		"bash": writeBashCompletion, "zsh": writeZshCompletion, "fish": writeFishCompletion,
	}[c.Shell]
	if err := write(out.Out, manualOf(parser.Model)); err != nil {
		return fmt.Errorf("print completion for %s: %w", c.Shell, err)
	}
	return nil
}
