package main

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// manualCommand is what shells and the man page have to know of one command: that of the parser, without what is hidden.
// The first of a manual is the program itself.
type manualCommand struct {
	words     []string // "config", "check"; of the program itself, none
	help      string
	detail    string
	flags     []manualFlag
	arguments []manualArgument
	children  []manualCommand // in short: words and help
	codes     exitCodes
}

// manualFlag is a flag of a command, those of the commands above it among them.
type manualFlag struct {
	name    string // without dashes
	short   string // a letter, or nothing
	help    string
	value   string   // what stands for its value in help; nothing if it takes none
	choices []string // the only values, if there are any
	paths   bool     // whether the value is a file or directory
}

// manualArgument is an argument of a command.
type manualArgument struct {
	summary string // "<path> ..."
	help    string
	choices []string
	paths   bool
}

// manualOf returns the program and all of its commands, in the order of --help.
func manualOf(model *kong.Application) []manualCommand {
	return appendCommand(nil, model.Node, nil)
}

// appendCommand appends a command and, after it, those below it.
func appendCommand(commands []manualCommand, node *kong.Node, words []string) []manualCommand {
	command := manualCommand{
		words: words, help: node.Help, detail: node.Detail, flags: flagsOf(node), arguments: argumentsOf(node), codes: exitCodesOf(node),
	}
	for _, child := range visible(node.Children) {
		command.children = append(command.children, manualCommand{words: []string{child.Name}, help: child.Help})
	}
	commands = append(commands, command)
	for _, child := range visible(node.Children) {
		commands = appendCommand(commands, child, append(slices.Clone(words), child.Name))
	}
	return commands
}

func visible(nodes []*kong.Node) []*kong.Node {
	return slices.DeleteFunc(slices.Clone(nodes), func(node *kong.Node) bool { return node.Hidden })
}

func flagsOf(node *kong.Node) []manualFlag {
	var flags []manualFlag
	for _, group := range node.AllFlags(true) {
		for _, flag := range group {
			described := manualFlag{name: flag.Name, help: flag.Help, choices: choicesOf(flag.Value)}
			if flag.Short != 0 {
				described.short = string(flag.Short)
			}
			if !flag.IsBool() && !flag.IsCounter() {
				described.value = flag.FormatPlaceHolder()
				described.paths = standsForPath(described.value)
			}
			flags = append(flags, described)
		}
	}
	return flags
}

func argumentsOf(node *kong.Node) []manualArgument {
	var arguments []manualArgument
	for _, positional := range node.Positional {
		choices := choicesOf(positional)
		arguments = append(arguments, manualArgument{
			summary: positional.Summary(), help: positional.Help, choices: choices, paths: len(choices) == 0,
		})
	}
	return arguments
}

// choicesOf returns the only values that a flag or an argument takes, if there are such.
func choicesOf(value *kong.Value) []string {
	if value.Enum == "" {
		return nil
	}
	return value.EnumSlice()
}

// standsForPath says whether a placeholder is that of a file or directory.
func standsForPath(placeholder string) bool {
	return strings.Contains(placeholder, "FILE") || strings.Contains(placeholder, "DIR")
}
