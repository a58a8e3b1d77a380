package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// manCommand prints the man page. It is made from the same definitions as --help.
type manCommand struct{}

// Help is printed above the flags.
func (*manCommand) Help() string {
	return `Where man looks for it:
  sixseed man > /usr/local/share/man/man1/sixseed.1`
}

// Run prints the page.
func (*manCommand) Run(_ context.Context, parser *kong.Context, out *streams) error {
	return writeManPage(out.Out, parser.Model.Help, manualOf(parser.Model))
}

// writeManPage writes a page for troff with the man macros. It has no date: the same program has the same page.
func writeManPage(out io.Writer, description string, commands []manualCommand) error {
	var text strings.Builder
	fmt.Fprintf(&text, ".TH SIXSEED 1 \"\" \"sixseed %s\" \"User Commands\"\n", version)
	text.WriteString(".SH NAME\nsixseed \\- seedbox daemon and tools for .torrent files\n")
	text.WriteString(".SH SYNOPSIS\n.B sixseed\n.I command\n.RI [ flags ]\n")
	fmt.Fprintf(&text, ".SH DESCRIPTION\n%s\n", roff(description))
	text.WriteString(".SH COMMANDS\n")
	for _, command := range commands[1:] {
		if len(command.children) == 0 {
			manSection(&text, command)
		}
	}
	_, err := io.WriteString(out, text.String())
	if err != nil {
		return fmt.Errorf("print man page: %w", err)
	}
	return nil
}

// manSection describes one command.
func manSection(text *strings.Builder, command manualCommand) {
	name := strings.Join(command.words, " ")
	for _, argument := range command.arguments {
		name += " " + argument.summary
	}
	fmt.Fprintf(text, ".SS \"sixseed %s\"\n%s\n", roff(name), roff(command.help))
	if command.detail != "" {
		fmt.Fprintf(text, ".PP\n%s\n", roffLines(command.detail))
	}
	for _, argument := range command.arguments {
		fmt.Fprintf(text, ".TP\n.I %s\n%s\n", roff(argument.summary), roff(argument.help))
	}
	for _, flag := range command.flags {
		fmt.Fprintf(text, ".TP\n%s\n%s\n", manFlag(flag), roff(flag.help))
	}
	text.WriteString(".PP\nExit codes:\n")
	for code, meaning := range []string{exitDone: command.codes.done, exitFailed: command.codes.failed, exitWrong: command.codes.wrong} {
		fmt.Fprintf(text, ".TP\n.B %d\n%s\n", code, roff(meaning))
	}
}

// manFlag is the names of a flag in bold, and what stands for its value in italics.
func manFlag(flag manualFlag) string {
	names := `\fB\-\-` + roff(flag.name) + `\fR`
	if flag.short != "" {
		names = `\fB\-` + flag.short + `\fR, ` + names
	}
	if flag.value != "" {
		names += `=\fI` + roff(flag.value) + `\fR`
	}
	return names
}

// roff escapes a text for troff. A dash stays one that can be copied into a shell.
func roff(text string) string {
	escaped := strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ", "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, `"`, `\(dq`).Replace(text)
	if strings.HasPrefix(escaped, ".") {
		return `\&` + escaped
	}
	return escaped
}

// roffLines is roff for a text whose lines that begin with a space stay lines.
func roffLines(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		trimmed := strings.TrimRight(line, "\n")
		if strings.HasPrefix(trimmed, " ") {
			lines = append(lines, ".br")
		}
		lines = append(lines, roff(strings.TrimSpace(trimmed)))
	}
	return strings.Join(lines, "\n")
}
