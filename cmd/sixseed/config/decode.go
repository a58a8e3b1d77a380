package config

import (
	"encoding"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"time"

	"github.com/BurntSushi/toml"
)

// maxFileSize is far more than any configuration needs. The toml package takes time that grows faster than the file.
const maxFileSize = 128 << 10

// decode fills the configuration from TOML. It returns false if the text is not TOML: nothing is known of it then.
func (r *reading) decode(text []byte) bool {
	if len(text) > maxFileSize {
		r.problems = append(r.problems, Problem{File: r.file, Text: fmt.Sprintf("is larger than %d KiB", maxFileSize>>10)})
		return false
	}
	document, err := parseDocument(string(text))
	var syntax toml.ParseError
	switch {
	case errors.As(err, &syntax):
		text := "invalid TOML: " + syntax.Message
		r.problems = append(r.problems, Problem{r.file, syntax.Position.Line, syntax.LastKey, text})
	case err != nil:
		r.problems = append(r.problems, Problem{File: r.file, Text: err.Error()})
	default:
		r.setAll(document)
	}
	return err == nil
}

// setAll takes over the keys of a table.
func (r *reading) setAll(table []entry) {
	for _, e := range table {
		r.lines[e.name] = e.line
		k, ok := keyNamed(e.name, keys())
		switch {
		case !ok:
			r.report(e.name, "unknown key%s", suggestion(e.name, keys()))
		case k.isTable() && e.table != nil:
			r.setAll(e.table)
		case k.holdsNetworks() && e.table != nil:
			r.setPrefixes(e, k.of(&r.config))
		case k.holdsWindows():
			r.setSchedule(e)
		case k.isTable(), k.holdsNetworks():
			r.report(e.name, "is %s, must be a table: write [%s]", kindOf(e.value), e.name)
		case e.table != nil:
			r.report(e.name, "is a table, must be %s", kindWanted(k.field.Type))
		default:
			r.set(k, e.name, e.value, k.of(&r.config))
		}
	}
}

// set takes over one value. The name is the key's, with an index for an element of a list.
func (r *reading) set(k key, name string, value any, into reflect.Value) {
	if err := r.convert(k, name, value, into); err != nil {
		r.report(name, "%v", err)
	}
}

// convert stores a TOML value in a field. Problems of a list's elements are reported on the way.
func (r *reading) convert(k key, name string, value any, into reflect.Value) error {
	switch target := into.Addr().Interface().(type) {
	case toml.Unmarshaler:
		return target.UnmarshalTOML(value)
	case *netip.AddrPort:
		if text, ok := value.(string); ok {
			return setAddress(text, target)
		}
	case *netip.Prefix:
		if text, ok := value.(string); ok {
			return setNetwork(text, target)
		}
	case encoding.TextUnmarshaler:
		if text, ok := value.(string); ok {
			return target.UnmarshalText([]byte(text))
		}
	case *int, *uint16:
		if number, ok := value.(int64); ok {
			return setInteger(k, number, into)
		}
	case *string:
		if text, ok := value.(string); ok {
			*target = text
			return nil
		}
	case *bool:
		if truth, ok := value.(bool); ok {
			*target = truth
			return nil
		}
	default:
		if list, ok := value.([]any); ok {
			r.setList(k, name, list, into)
			return nil
		}
	}
	return fmt.Errorf("is %s, must be %s", kindOf(value), kindWanted(into.Type()))
}

// setList takes over the elements of a list.
func (r *reading) setList(k key, name string, list []any, into reflect.Value) {
	slice := reflect.MakeSlice(into.Type(), len(list), len(list))
	for i, value := range list {
		r.set(k, fmt.Sprintf("%s[%d]", name, i), value, slice.Index(i))
	}
	into.Set(slice)
}

// setInteger stores a number that lies within the key's bounds, which are within those of the field's type.
func setInteger(k key, number int64, into reflect.Value) error {
	if least, most, ok := k.bounds(); !ok || number < least || number > most {
		return fmt.Errorf("%d is out of range: use %d to %d", number, least, most)
	}
	into.Set(reflect.ValueOf(number).Convert(into.Type()))
	return nil
}

// setAddress stores an address with a port.
func setAddress(text string, into *netip.AddrPort) error {
	address, err := netip.ParseAddrPort(text)
	if err != nil || address.Port() == 0 {
		return fmt.Errorf(`%q is not an IP address with a port: use one like "127.0.0.1:8086" or "[::1]:8086"`, text)
	}
	*into = address
	return nil
}

// setNetwork stores a network, or an address as the network of that one address.
func setNetwork(text string, into *netip.Prefix) error {
	network, err := netip.ParsePrefix(text)
	if addr, addrErr := netip.ParseAddr(text); addrErr == nil && addr.Zone() == "" {
		network, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	switch {
	case err != nil:
		return fmt.Errorf(`%q is not a network: use one like "10.0.0.0/8" or "2001:db8::/32", or an address`, text)
	case network.Addr().Is4In6():
		return fmt.Errorf("%q is IPv4 written as IPv6: write it as IPv4", text)
	case network != network.Masked():
		return fmt.Errorf("%q has bits set behind its /%d: did you mean %q?", text, network.Bits(), network.Masked())
	}
	*into = network
	return nil
}

// kindOf names the kind of a TOML value.
func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case int64:
		return "an integer"
	case float64:
		return "a number with a fraction"
	case bool:
		return "a boolean"
	case time.Time:
		return "a date"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	case []map[string]any:
		return "a list of tables"
	}
	return "of a kind of its own"
}

// kindWanted names the kind of value that a field takes.
func kindWanted(t reflect.Type) string {
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return "a string"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Slice:
		return `a list of lists: [["..."], ["..."]]`
	case t.Kind() == reflect.Slice:
		return `a list of strings: ["..."]`
	case t.Kind() == reflect.Int, t.Kind() == reflect.Uint16:
		return "an integer"
	case t.Kind() == reflect.Bool:
		return "true or false, without quotes"
	}
	return "a string"
}
