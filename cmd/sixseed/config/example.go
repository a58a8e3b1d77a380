package config

import (
	"embed"
	"encoding"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"reflect"
	"strings"
)

// source are the Go files that declare Config, for their comments.
//
//go:embed config.go tracker.go
var source embed.FS

// Example returns a configuration file that holds every key at its default, each with a comment.
func Example() string {
	comments := fieldComments()
	standard := Default()
	var b strings.Builder
	b.WriteString("# The configuration of sixseed. Every key is shown with its default.\n" +
		"# Look a changed file over with `sixseed config check`, and send SIGHUP to a running daemon to apply it.\n")
	for k := range keys() {
		writeComment(&b, comments[k.name])
		switch {
		case k.isTable():
			fmt.Fprintf(&b, "[%s]\n", k.name)
		case k.holdsNetworks():
			fmt.Fprintf(&b, "# Default: empty. %s\n[%s]\n", whenApplied(k), k.name)
		case k.holdsWindows():
			fmt.Fprintf(&b, "# Default: none. %s\n#[[%s]]\n", whenApplied(k), k.name)
			writeWindow(&b, comments)
		default:
			value := formatField(k.of(&standard))
			fmt.Fprintf(&b, "# Default: %s. %s\n%s = %s\n", value, whenApplied(k), lastName(k.name), value)
		}
	}
	return b.String()
}

// writeComment writes lines after an empty one.
func writeComment(b *strings.Builder, lines []string) {
	b.WriteString("\n")
	for _, line := range lines {
		b.WriteString(strings.TrimRight("# "+line, " ") + "\n")
	}
}

// writeWindow writes the keys of a window of the schedule with examples for them, commented out: by default there is none.
func writeWindow(b *strings.Builder, comments map[string][]string) {
	for k := range windowKeys() {
		writeComment(b, comments[k.name])
		fmt.Fprintf(b, "#%s = %s\n", lastName(k.name), formatValue(k.field.Tag.Get("example")))
	}
}

// whenApplied says what an admin has to do for a change of the key to take effect.
func whenApplied(k key) string {
	_, isUnbuilt := unbuilt[k.name]
	switch {
	case isUnbuilt:
		return "Not built yet: nothing else is taken."
	case k.isLive():
		return "SIGHUP applies a change."
	}
	return "A change needs a restart."
}

// fieldComments returns the lines of each key's comment in the source.
func fieldComments() map[string][]string {
	structs := declaredStructs()
	comments := map[string][]string{}
	for _, all := range []iter.Seq[key]{keys(), windowKeys()} {
		for k := range all {
			comments[k.name] = commentOf(structs, k)
		}
	}
	return comments
}

// declaredStructs returns the structs of the source by name. What was compiled can be read and parsed.
func declaredStructs() map[string]*ast.StructType {
	structs := map[string]*ast.StructType{}
	for _, name := range []string{"config.go", "tracker.go"} {
		text, _ := source.ReadFile(name)
		file, _ := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		ast.Inspect(file, func(n ast.Node) bool {
			if declared, ok := n.(*ast.TypeSpec); ok {
				if s, ok := declared.Type.(*ast.StructType); ok {
					structs[declared.Name.Name] = s
				}
			}
			return true
		})
	}
	return structs
}

// commentOf returns the lines above a key's field.
func commentOf(structs map[string]*ast.StructType, k key) []string {
	for _, field := range structs[k.table.Name()].Fields.List {
		if len(field.Names) == 1 && field.Names[0].Name == k.field.Name {
			return strings.Split(strings.TrimSpace(field.Doc.Text()), "\n")
		}
	}
	return nil
}

// formatField writes a field as TOML.
func formatField(field reflect.Value) string {
	if slots, ok := field.Interface().(Slots); ok {
		if slots == AutoSlots {
			return formatValue(auto)
		}
		return fmt.Sprint(int(slots))
	}
	if text, ok := field.Interface().(encoding.TextMarshaler); ok {
		b, err := text.MarshalText()
		if err != nil {
			return formatValue("")
		}
		return formatValue(string(b))
	}
	switch field.Kind() {
	case reflect.Slice:
		elements := make([]string, field.Len())
		for i := range elements {
			elements[i] = formatField(field.Index(i))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	case reflect.String:
		return formatValue(field.String())
	}
	return formatValue(field.Interface())
}

// formatValue writes a plain value as TOML.
func formatValue(value any) string {
	if text, ok := value.(string); ok {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprint(value)
}
