package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the binary stands alone: a machine without zone files knows every time_zone too
)

// Slots is a number of upload slots, or AutoSlots.
type Slots int

// AutoSlots leaves the number of slots to the program.
const AutoSlots Slots = 0

// UnmarshalTOML takes "auto" and integers from 1 on.
func (s *Slots) UnmarshalTOML(value any) error {
	if value == any(auto) {
		*s = AutoSlots
		return nil
	}
	const most = 1_000_000
	number, ok := value.(int64)
	if !ok || number < 1 || number > most {
		return fmt.Errorf(`%s is not a number of upload slots: use "auto" or 1 to %d`, formatValue(value), most)
	}
	*s = Slots(number)
	return nil
}

// Encryption is how plain and encrypted peer connections are treated.
type Encryption string

// The ways to treat them.
const (
	EncryptionAllow   Encryption = "allow"   // both kinds are taken
	EncryptionRequire Encryption = "require" // only encrypted ones
	EncryptionOff     Encryption = "off"     // only plain ones
)

// UnmarshalText reads one of the ways.
func (e *Encryption) UnmarshalText(text []byte) (err error) {
	*e, err = oneOf(text, EncryptionAllow, EncryptionRequire, EncryptionOff)
	return err
}

// Access says which torrents the embedded tracker tracks.
type Access string

// The kinds of access.
const (
	AccessListed Access = "listed" // what is seeded, and what a list names
	AccessOpen   Access = "open"   // every info-hash
)

// UnmarshalText reads one of the kinds.
func (a *Access) UnmarshalText(text []byte) (err error) {
	*a, err = oneOf(text, AccessListed, AccessOpen)
	return err
}

// Zone is a time zone.
type Zone struct{ *time.Location }

// UnmarshalText reads a name of the IANA database, such as "Europe/Berlin".
func (z *Zone) UnmarshalText(text []byte) error {
	location, err := time.LoadLocation(string(text))
	if err != nil || len(text) == 0 {
		return fmt.Errorf(`%q is not a time zone: use a name such as "UTC" or "Europe/Berlin"`, text)
	}
	*z = Zone{location}
	return nil
}

// MarshalText returns the zone's name.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// oneOf returns the choice that text names.
func oneOf[T ~string](text []byte, choices ...T) (T, error) {
	if choice := T(text); slices.Contains(choices, choice) {
		return choice, nil
	}
	return "", fmt.Errorf("%q is not one of the choices: use %s", text, anyOf(choices, "%q"))
}

// anyOf lists two or more choices for a sentence, each in the format.
func anyOf[T ~string](choices []T, format string) string {
	last := len(choices) - 1
	var list strings.Builder
	for i, choice := range choices {
		switch i {
		case 0:
		case last:
			list.WriteString(" or ")
		default:
			list.WriteString(", ")
		}
		fmt.Fprintf(&list, format, choice)
	}
	return list.String()
}
