package main

import (
	"fmt"
	"io"
	"strings"
)

// bashHead finds out which command is being typed: the words before the cursor that are no flags, as far as they name
// commands.
const bashHead = `# bash completion for sixseed

_sixseed() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
    local command="" word words="" values="" files=""
    # "--flag=value" is three words to bash.
    case "=" in
    "$current") current="" ;;
    "$previous") previous="${COMP_WORDS[COMP_CWORD-2]}" ;;
    esac
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$command $word" in
`

const bashMiddle = `        esac
    done
    case "$command $previous" in
`

const bashTail = `    esac
    if [ -n "$values" ]; then
        [ "$values" = nothing ] || mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
        return
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    if [ -n "$files" ] && [[ "$current" != -* ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
    fi
}

complete -F _sixseed sixseed
`

// writeBashCompletion writes a script for bash 4 and later.
func writeBashCompletion(out io.Writer, commands []manualCommand) error {
	var text strings.Builder
	text.WriteString(bashHead)
	for _, command := range commands[1:] {
		path := bashPath(command.words)
		fmt.Fprintf(&text, "        %q) command=%q ;;\n", bashPath(command.words[:len(command.words)-1])+" "+command.words[len(command.words)-1], path)
	}
	text.WriteString(bashMiddle)
	for _, command := range commands {
		bashValues(&text, command)
	}
	text.WriteString("    esac\n    case \"$command\" in\n")
	for _, command := range commands {
		bashWords(&text, command)
	}
	text.WriteString(bashTail)
	_, err := io.WriteString(out, text.String())
	return err
}

// bashPath is a command as the script keeps it in a variable.
func bashPath(words []string) string { return strings.Join(words, "/") }

// bashValues is what may stand behind each flag that takes a value.
func bashValues(text *strings.Builder, command manualCommand) {
	for _, flag := range command.flags {
		if flag.value == "" {
			continue
		}
		pattern := fmt.Sprintf("%q", bashPath(command.words)+" --"+flag.name)
		if flag.short != "" {
			pattern += fmt.Sprintf(" | %q", bashPath(command.words)+" -"+flag.short)
		}
		switch {
		case len(flag.choices) > 0:
			fmt.Fprintf(text, "    %s) values=%q ;;\n", pattern, strings.Join(flag.choices, " "))
		case flag.paths:
			fmt.Fprintf(text, "    %s) mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); compopt -o filenames 2>/dev/null; return ;;\n", pattern)
		default:
			fmt.Fprintf(text, "    %s) values=nothing ;;\n", pattern)
		}
	}
}

// bashWords is what may stand anywhere else: commands, flags, and arguments.
func bashWords(text *strings.Builder, command manualCommand) {
	var words []string
	files := ""
	for _, child := range command.children {
		words = append(words, child.words...)
	}
	for _, argument := range command.arguments {
		words = append(words, argument.choices...)
		if argument.paths {
			files = " files=yes"
		}
	}
	for _, flag := range command.flags {
		words = append(words, "--"+flag.name)
		if flag.short != "" {
			words = append(words, "-"+flag.short)
		}
	}
	fmt.Fprintf(text, "    %q) words=%q%s ;;\n", bashPath(command.words), strings.Join(words, " "), files)
}
