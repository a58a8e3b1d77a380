package main

import (
	"io"
	"log/slog"
)

// logFlags are the flags of every command that runs until it is stopped.
type logFlags struct {
	LogFormat string `help:"How log lines are written: text or json." enum:"text,json" default:"text"`
	LogLevel  string `help:"The least of what is logged: debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
}

// logger returns the log that the flags ask for.
func (f logFlags) logger(w io.Writer) *slog.Logger {
	var options slog.HandlerOptions
	var level slog.Level
	if level.UnmarshalText([]byte(f.LogLevel)) == nil { // the parser takes no other words
		options.Level = level
	}
	if f.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, &options))
	}
	return slog.New(slog.NewTextHandler(w, &options))
}
