package main

import (
	"fmt"
	"io"
	"strings"
)

// writeFishCompletion writes a script for fish.
func writeFishCompletion(out io.Writer, commands []manualCommand) error {
	var text strings.Builder
	text.WriteString("# fish completion for sixseed\ncomplete -c sixseed -f\n")
	for _, command := range commands {
		text.WriteString("\n")
		condition := fishCondition(command)
		for _, child := range command.children {
			fmt.Fprintf(&text, "complete -c sixseed -n %s -a %s -d %s\n", condition, child.words[0], fishQuote(child.help))
		}
		for _, argument := range command.arguments {
			if len(argument.choices) > 0 {
				fmt.Fprintf(&text, "complete -c sixseed -n %s -a %s\n", condition, fishQuote(strings.Join(argument.choices, " ")))
			} else if argument.paths {
				fmt.Fprintf(&text, "complete -c sixseed -n %s -F\n", condition)
			}
		}
		for _, flag := range command.flags {
			fmt.Fprintf(&text, "complete -c sixseed -n %s %s\n", condition, fishFlag(flag))
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// fishCondition is when a command is the one being typed: its words are there, and none of those below it.
func fishCondition(command manualCommand) string {
	var tests []string
	for _, word := range command.words {
		tests = append(tests, "__fish_seen_subcommand_from "+word)
	}
	if len(command.children) > 0 {
		var below []string
		for _, child := range command.children {
			below = append(below, child.words...)
		}
		tests = append(tests, "not __fish_seen_subcommand_from "+strings.Join(below, " "))
	}
	return fishQuote(strings.Join(tests, "; and "))
}

// fishFlag is what complete has to know of a flag.
func fishFlag(flag manualFlag) string {
	words := []string{"-l", flag.name}
	if flag.short != "" {
		words = append(words, "-s", flag.short)
	}
	switch {
	case len(flag.choices) > 0:
		words = append(words, "-x", "-a", fishQuote(strings.Join(flag.choices, " ")))
	case flag.paths:
		words = append(words, "-r", "-F")
	case flag.value != "":
		words = append(words, "-x")
	}
	return strings.Join(append(words, "-d", fishQuote(flag.help)), " ")
}

// fishQuote makes one word of text.
func fishQuote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", " ").Replace(text) + "'"
}
