package main

import (
	"bytes"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// flagNames matches the flags in the second column of --help: "  -a, --announce=URL" and "      --json".
var flagNames = regexp.MustCompile(`(?m)^ {2}(?:-(\w), |    )--([a-z0-9-]+)`)

// Whatever --help shows of a command, the man page and the scripts know too.
func TestManual_HasWhatHelpShows(t *testing.T) {
	t.Parallel()
	commands := manual(t)
	if len(commands) < 6 {
		t.Fatalf("there are %d commands", len(commands))
	}
	outputs := map[string]string{"man": printed(t, commands, func(w io.Writer, c []manualCommand) error {
		return writeManPage(w, "", c)
	})}
	for shell, write := range map[string]func(io.Writer, []manualCommand) error{
		"bash": writeBashCompletion, "zsh": writeZshCompletion, "fish": writeFishCompletion,
	} {
		outputs[shell] = printed(t, commands, write)
	}
	for _, command := range commands {
		help := runHelp(t, command.words)
		shown := flagNames.FindAllStringSubmatch(help, -1)
		if len(shown) == 0 || len(shown) != len(command.flags) {
			t.Errorf("%q: --help shows %d flags, the manual has %d", command.words, len(shown), len(command.flags))
		}
		for _, flag := range shown {
			if !slices.ContainsFunc(command.flags, func(f manualFlag) bool { return f.short == flag[1] && f.name == flag[2] }) {
				t.Errorf("%q: the manual has no flag %q", command.words, flag[0])
			}
			for output, forms := range map[string][]string{
				"man":  {`\-\-` + strings.ReplaceAll(flag[2], "-", `\-`)},
				"bash": {"--" + flag[2]},
				"zsh":  {"*--" + flag[2]},
				"fish": {"-l " + flag[2]},
			} {
				// The man page leaves out commands that only hold others.
				if len(command.children) == 0 && !strings.Contains(sectionOf(outputs[output], output, command), forms[0]) {
					t.Errorf("%s: %q lacks --%s", output, command.words, flag[2])
				}
			}
		}
	}
}

// sectionOf returns the part of an output that is about a command.
func sectionOf(text, output string, command manualCommand) string {
	var begin, end string
	switch output {
	case "man":
		begin, end = ".SS \"sixseed "+strings.Join(command.words, " "), ".SS "
	case "bash":
		begin, end = `    "`+bashPath(command.words)+`") words=`, ";;"
	case "zsh":
		begin, end = "\n"+zshName(command.words)+"() {", "\n}"
	case "fish":
		begin, end = "-n "+fishCondition(command), "\n\n"
	}
	_, rest, _ := strings.Cut(text, begin)
	section, _, _ := strings.Cut(rest, end)
	return section
}

func TestManual_ExplainsEveryFlag(t *testing.T) {
	t.Parallel()
	for _, command := range manual(t) {
		for _, flag := range command.flags {
			if flag.name == "" || flag.help == "" {
				t.Errorf("%q: flag %+v lacks a text", command.words, flag)
			}
		}
	}
}

func TestManPage_IsReadByGroff(t *testing.T) {
	t.Parallel()
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip(err)
	}
	page := printed(t, manual(t), func(w io.Writer, c []manualCommand) error { return writeManPage(w, ".begins like a request", c) })
	command := exec.CommandContext(t.Context(), groff, "-man", "-Tascii", "-ww", "-z")
	command.Stdin = strings.NewReader(page)
	if text, err := command.CombinedOutput(); err != nil || len(text) > 0 {
		t.Errorf("groff: %v\n%s", err, text)
	}
}

func TestShells_ReadTheirScripts(t *testing.T) {
	t.Parallel()
	for shell, write := range map[string]func(io.Writer, []manualCommand) error{
		"bash": writeBashCompletion, "zsh": writeZshCompletion, "fish": writeFishCompletion,
	} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			program, err := exec.LookPath(shell)
			if err != nil {
				t.Skip(err)
			}
			command := exec.CommandContext(t.Context(), program, "-n", "/dev/stdin")
			command.Stdin = strings.NewReader(printed(t, manual(t), write))
			if text, err := command.CombinedOutput(); err != nil || len(text) > 0 {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}

func TestRoff(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"--a-b":      `\-\-a\-b`,
		".TH x":      `\&.TH x`,
		"'quoted'":   `\(aqquoted\(aq`,
		`back\slash`: `back\eslash`,
		"2^N":        `2\(haN`,
	} {
		if diff := cmp.Diff(want, roff(text)); diff != "" {
			t.Errorf("%q -want +got:\n%s", text, diff)
		}
	}
}

func TestQuotes(t *testing.T) {
	t.Parallel()
	if got, want := shellQuote("don't"), `'don'\''t'`; got != want {
		t.Errorf("shell: %s, want %s", got, want)
	}
	if got, want := fishQuote("don't \\"), `'don\'t \\'`; got != want {
		t.Errorf("fish: %s, want %s", got, want)
	}
	if got, want := zshEscape("a[b]:c"), `a\[b\]\:c`; got != want {
		t.Errorf("zsh: %s, want %s", got, want)
	}
}

// manual returns the manual of the program.
func manual(t *testing.T) []manualCommand {
	t.Helper()
	parser, err := newParser(&streams{Out: io.Discard, Err: io.Discard}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return manualOf(parser.Model)
}

func printed(t *testing.T, commands []manualCommand, write func(io.Writer, []manualCommand) error) string {
	t.Helper()
	var text bytes.Buffer
	if err := write(&text, commands); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// runHelp returns what --help prints of a command.
func runHelp(t *testing.T, words []string) string {
	t.Helper()
	var text bytes.Buffer
	if code := run(append(slices.Clone(words), "--help"), &streams{Out: &text, Err: &text}); code != exitDone {
		t.Fatalf("%q: exit code %d\n%s", words, code, &text)
	}
	return text.String()
}
