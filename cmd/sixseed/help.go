package main

import (
	"fmt"

	"github.com/alecthomas/kong"
)

// exitCodes says what a command's exit codes mean.
type exitCodes struct{ done, failed, wrong string }

// exitCoder is a command whose exit codes have a meaning of their own.
type exitCoder interface{ exitCodes() exitCodes }

// printHelp prints what kong prints, and the exit codes after it.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
		return err
	}
	codes := exitCodesOf(ctx.Selected())
	_, err := fmt.Fprintf(ctx.Stdout, "\nExit codes:\n  %d  %s\n  %d  %s\n  %d  %s\n",
		exitDone, codes.done, exitFailed, codes.failed, exitWrong, codes.wrong)
	return err
}

// exitCodesOf returns the exit codes of a command, or those that all share.
func exitCodesOf(command *kong.Node) exitCodes {
	if command != nil && command.Target.CanAddr() {
		if own, ok := command.Target.Addr().Interface().(exitCoder); ok {
			return own.exitCodes()
		}
	}
	return exitCodes{done: "done", failed: "failed, for the reason printed", wrong: "wrong usage or configuration"}
}
