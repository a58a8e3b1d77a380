package config

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// notation is how one kind of amount is written: a number and a unit.
type notation struct {
	kind    string   // in messages
	endings []string // of units, after the prefix; the first ones are preferred in writing
	suffix  string   // of every unit
	hint    string   // what to write instead of something wrong
}

// prefixes are those of SI (powers of 1000) and IEC (powers of 1024), the largest first.
var prefixes = []struct {
	name   string
	factor int64
}{
	{"P", 1e15},
	{"Pi", 1 << 50},
	{"T", 1e12},
	{"Ti", 1 << 40},
	{"G", 1e9},
	{"Gi", 1 << 30},
	{"M", 1e6},
	{"Mi", 1 << 20},
	{"k", 1e3},
	{"Ki", 1 << 10},
	{"", 1},
}

// bitsIn says how many bits there are to a unit's ending. A small b is a bit, as in "Mb/s", a large one a byte.
var bitsIn = map[string]int64{"bit": 1, "bits": 1, "b": 1, "B": 8}

// parse reads an amount and returns it in whole bytes. Spaces around the unit do not matter. The number has no sign
// and no exponent; only zero goes without a unit.
func (n notation) parse(text string) (int64, error) {
	trimmed := strings.TrimSpace(text)
	end := strings.IndexFunc(trimmed, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end < 0 {
		end = len(trimmed)
	}
	amount, ok := parseDecimal(trimmed[:end])
	name := strings.TrimSpace(trimmed[end:])
	switch {
	case strings.HasPrefix(trimmed, "-"):
		return 0, fmt.Errorf("%q is negative: %s", text, n.hint)
	case !ok:
		return 0, fmt.Errorf("%q is not a %s: %s", text, n.kind, n.hint)
	case name == "" && amount.Sign() == 0:
		return 0, nil
	case name == "":
		return 0, fmt.Errorf("%q has no unit: %s", text, n.hint)
	}
	bits, ok := n.bitsInUnit(name)
	if !ok {
		return 0, fmt.Errorf("%q has an unknown unit, %q: %s", text, name, n.suggestion(name))
	}
	bytes, err := wholeBytes(amount.Mul(amount, new(big.Rat).SetInt64(bits)))
	if err != nil {
		return 0, fmt.Errorf("%q is %w", text, err)
	}
	return bytes, nil
}

// bitsInUnit returns the bits in one unit.
func (n notation) bitsInUnit(name string) (int64, bool) {
	unit, ok := strings.CutSuffix(name, n.suffix)
	if !ok {
		return 0, false
	}
	for _, ending := range n.endings {
		prefix, ok := strings.CutSuffix(unit, ending)
		if !ok {
			continue
		}
		if prefix == "K" { // an unofficial spelling, and not an ambiguous one
			prefix = "k"
		}
		for _, p := range prefixes {
			if p.name == prefix {
				return p.factor * bitsIn[ending], true
			}
		}
	}
	return 0, false
}

// suggestion returns the units that were probably meant, or else the hint.
func (n notation) suggestion(name string) string {
	perSecond := strings.TrimSuffix(name, "ps") + n.suffix // "Mbps", or a rate that is not said to be one
	var meant []string
	for _, p := range prefixes {
		for _, ending := range n.endings {
			unit := p.name + ending + n.suffix
			if strings.EqualFold(unit, name) || strings.EqualFold(unit, perSecond) {
				meant = append(meant, strconv.Quote(unit))
			}
		}
	}
	if len(meant) == 0 {
		return n.hint
	}
	return "did you mean " + strings.Join(meant, " or ") + "?"
}

// format writes bytes in the largest unit in which they are a whole number.
func (n notation) format(bytes int64) string {
	if bytes == 0 {
		return "0"
	}
	bits := new(big.Int).Mul(big.NewInt(bytes), big.NewInt(8))
	for _, p := range prefixes[:len(prefixes)-1] {
		for _, ending := range n.endings {
			unit := big.NewInt(p.factor * bitsIn[ending])
			whole, rest := new(big.Int).QuoRem(bits, unit, new(big.Int))
			isOdd := strings.HasSuffix(p.name, "i") && ending != "B" // "Mibit": right, but nobody writes it
			if rest.Sign() == 0 && !isOdd {
				return fmt.Sprintf("%d %s%s%s", whole, p.name, ending, n.suffix)
			}
		}
	}
	return fmt.Sprintf("%d B%s", bytes, n.suffix)
}

// parseDecimal reads digits with at most one point between them.
func parseDecimal(number string) (*big.Rat, bool) {
	// More digits than any amount has that fits: refused before arithmetic is done on them.
	const maxDigits = 40
	if number == "" || len(number) > maxDigits || strings.HasPrefix(number, ".") || strings.HasSuffix(number, ".") {
		return nil, false
	}
	return new(big.Rat).SetString(number)
}

// wholeBytes rounds to the nearest byte. What is more than nothing may not become 0.
func wholeBytes(bits *big.Rat) (int64, error) {
	rounded := bits.Add(bits.Quo(bits, big.NewRat(8, 1)), big.NewRat(1, 2))
	bytes := new(big.Int).Quo(rounded.Num(), rounded.Denom())
	switch {
	case !bytes.IsInt64() || bytes.Int64() == math.MaxInt64: // math.MaxInt64 means unlimited
		return 0, errors.New("too large: the most is 9.2 million TB")
	case bytes.Sign() == 0 && rounded.Cmp(big.NewRat(1, 2)) > 0:
		return 0, errors.New("less than a byte")
	}
	return bytes.Int64(), nil
}
