package extension

import (
	"bytes"
	"fmt"
	"math"
)

// peek returns the next byte, or 0 if there is none or no reason to go on.
func (c *cursor) peek() byte {
	if c.err != nil || len(c.rest) == 0 {
		return 0
	}
	return c.rest[0]
}

// accept passes over the byte that must come next.
func (c *cursor) accept(want byte) {
	switch {
	case c.err != nil:
	case len(c.rest) == 0:
		c.fail(errTruncated)
	case c.rest[0] != want:
		c.fail(fmt.Errorf("%q where %q was to come", c.rest[0], want))
	default:
		c.rest = c.rest[1:]
	}
}

// until returns what comes before a delimiter, and passes over both.
func (c *cursor) until(delimiter byte) []byte {
	before, after, found := bytes.Cut(c.rest, []byte{delimiter})
	if !found {
		c.fail(errTruncated)
	}
	if c.err != nil {
		return nil
	}
	c.rest = after
	return before
}

func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = fmt.Errorf("byte %d: %w", c.whole-len(c.rest), err)
	}
}

// natural reads digits that have no needless zero in front. What int64 cannot hold becomes the greatest that it can.
func natural(digits []byte) (n int64, ok bool) {
	if len(digits) == 0 || len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	for _, d := range digits {
		if !isDigit(d) {
			return 0, false
		}
		if n > (math.MaxInt64-9)/10 {
			n = math.MaxInt64
			continue
		}
		n = 10*n + int64(d-'0')
	}
	return n, true
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }
