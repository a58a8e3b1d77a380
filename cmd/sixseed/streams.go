package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// streams are what a command reads from and writes to.
type streams struct {
	In       io.Reader
	Out      io.Writer // results, for people or with --json for programs
	Err      io.Writer // errors, logs and progress
	Terminal bool      // whether Err is a terminal, which can show a bar
}

// processStreams returns the streams of this process.
func processStreams() *streams {
	return &streams{
		In:       os.Stdin,
		Out:      os.Stdout,
		Err:      os.Stderr,
		Terminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
}
