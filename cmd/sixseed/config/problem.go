package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	File string `json:"file"` // empty if it comes from the command line
	Line int    `json:"line"` // from 1; 0 if it is not about a line
	Key  string `json:"key"`  // "peers.port", or a flag; empty if it is about the file itself
	Text string `json:"text"` // what is wrong, and what is allowed
}

// String returns "file:line: key: text" without the parts that are not known.
func (p Problem) String() string {
	var s strings.Builder
	if p.File != "" {
		s.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&s, ":%d", p.Line)
		}
		s.WriteString(": ")
	}
	if p.Key != "" {
		s.WriteString(p.Key + ": ")
	}
	return s.String() + p.Text
}

// Problems is every problem of a configuration, by line. As an error it is never empty.
type Problems []Problem //nolint:errname // it is a list first, which is printed as one

// Error returns the problems, one on a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// inOrder returns the problems as an error, or nil if there are none.
func (p Problems) inOrder() error {
	if len(p) == 0 {
		return nil
	}
	slices.SortStableFunc(p, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return p
}
