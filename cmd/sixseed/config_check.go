package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"sixseed/cmd/sixseed/config"
)

// configCheckCommand looks a configuration file over.
type configCheckCommand struct {
	Config  string `help:"Configuration file to check (default: ${system_config})." default:"${system_config}" placeholder:"FILE"`
	Tracker bool   `help:"Check it as the file of a tracker alone: the library is not looked at."`
	JSON    bool   `name:"json" help:"Print JSON: {\"problems\": [{\"file\", \"line\", \"key\", \"text\"}]}."`
}

// exitCodes implements exitCoder.
func (configCheckCommand) exitCodes() exitCodes {
	return exitCodes{done: "the file is in order", failed: "the result could not be printed", wrong: "wrong usage, or problems in the file"}
}

// Run prints that the file is in order, or every problem in it.
func (c configCheckCommand) Run(_ context.Context, out *streams) error {
	load := config.Load
	if c.Tracker {
		load = config.LoadTracker
	}
	_, err := load(c.Config, config.Overrides{})
	if c.JSON {
		return c.printJSON(out, err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out.Out, "%s: ok\n", c.Config)
	return err
}

// printJSON prints the problems on standard output, where a program looks for them.
func (configCheckCommand) printJSON(out *streams, err error) error {
	problems := config.Problems{} // not nil: in JSON an empty list
	if err != nil && !errors.As(err, &problems) {
		return err
	}
	if err := json.NewEncoder(out.Out).Encode(map[string]config.Problems{"problems": problems}); err != nil {
		return fmt.Errorf("print problems: %w", err)
	}
	if len(problems) > 0 {
		return errReported
	}
	return nil
}
