package main

import (
	"fmt"
	"io"
	"strings"
)

// writeZshCompletion writes a script for zsh: a function for every command, which zsh's own _arguments does the work of.
func writeZshCompletion(out io.Writer, commands []manualCommand) error {
	var text strings.Builder
	text.WriteString("#compdef sixseed\n# zsh completion for sixseed\n")
	for _, command := range commands {
		zshFunction(&text, command)
	}
	text.WriteString("\nif [ \"$funcstack[1]\" = _sixseed ]; then\n    _sixseed \"$@\"\nelse\n    compdef _sixseed sixseed\nfi\n")
	_, err := io.WriteString(out, text.String())
	return err
}

// zshName is the name of a command's function.
func zshName(words []string) string { return strings.Join(append([]string{"_sixseed"}, words...), "_") }

func zshFunction(text *strings.Builder, command manualCommand) {
	name := zshName(command.words)
	fmt.Fprintf(text, "\n%s() {\n", name)
	if len(command.children) > 0 {
		text.WriteString("    local curcontext=\"$curcontext\" state line\n    _arguments -C \\\n")
	} else {
		text.WriteString("    _arguments \\\n")
	}
	for _, flag := range command.flags {
		for _, spec := range zshFlag(flag) {
			fmt.Fprintf(text, "        %s \\\n", spec)
		}
	}
	if len(command.children) == 0 {
		zshArguments(text, command)
		text.WriteString("}\n")
		return
	}
	text.WriteString("        '1: :->command' '*:: :->rest'\n    case $state in\n    command)\n        local -a commands=(\n")
	for _, child := range command.children {
		fmt.Fprintf(text, "            %s\n", shellQuote(child.words[0]+":"+child.help))
	}
	fmt.Fprintf(text, "        )\n        _describe command commands ;;\n    rest)\n"+
		"        (( $+functions[%s_$line[1]] )) && %s_$line[1] ;;\n    esac\n}\n", name, name)
}

// zshArguments ends what _arguments is told.
func zshArguments(text *strings.Builder, command manualCommand) {
	for _, argument := range command.arguments {
		action := "_files"
		if len(argument.choices) > 0 {
			action = "(" + strings.Join(argument.choices, " ") + ")"
		}
		fmt.Fprintf(text, "        %s \\\n", shellQuote("*:"+zshEscape(argument.summary)+":"+action))
	}
	text.WriteString("        && return\n")
}

// zshFlag returns what _arguments has to know of a flag, once for each of its names. Flags may be given several times.
func zshFlag(flag manualFlag) []string {
	tail := "[" + zshEscape(flag.help) + "]"
	end := ""
	if flag.value != "" {
		action := " "
		switch {
		case len(flag.choices) > 0:
			action = "(" + strings.Join(flag.choices, " ") + ")"
		case flag.paths:
			action = "_files"
		}
		tail += ":" + zshEscape(flag.value) + ":" + action
		end = "="
	}
	specs := []string{shellQuote("*--" + flag.name + end + tail)}
	if flag.short != "" {
		if end != "" {
			end = "+"
		}
		specs = append(specs, shellQuote("*-"+flag.short+end+tail))
	}
	return specs
}

// zshEscape escapes what _arguments would take for its own.
func zshEscape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, ":", `\:`, "\n", " ").Replace(text)
}

// shellQuote makes one word of text for zsh and bash.
func shellQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
