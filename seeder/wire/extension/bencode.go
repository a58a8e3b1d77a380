package extension

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
)

// maxDepth is how deep lists and dictionaries may nest. Known messages need two.
const maxDepth = 8

var (
	errDepth     = fmt.Errorf("nested deeper than %d", maxDepth)
	errTruncated = errors.New("the message ends too early")
	errFollowed  = errors.New("something follows")
	errInteger   = errors.New("malformed integer")
	errLength    = errors.New("malformed length of a string")
)

// cursor reads bencode (BEP 3) from its front. The first error stays and ends all reading, so that it need be looked at
// only once, at the end.
type cursor struct {
	rest  []byte
	whole int // length of the message, to tell where an error is
	depth int
	err   error
}

func newCursor(body []byte) *cursor {
	c := &cursor{rest: body, whole: len(body)}
	if len(body) > MaxLength {
		c.fail(fmt.Errorf("%d bytes, more than %d", len(body), MaxLength))
	}
	return c
}

// dictionary yields the keys of the dictionary that comes next. The loop's body reads the key's value, or leaves it to
// be skipped. Keys may be in any order.
func (c *cursor) dictionary() iter.Seq[[]byte] {
	return func(yield func(key []byte) bool) {
		c.enter('d')
		for !c.leave() {
			key := c.str()
			before := len(c.rest)
			if c.err != nil || !yield(key) {
				return
			}
			if len(c.rest) == before {
				c.skip()
			}
		}
	}
}

// number reads an integer, or skips another kind of value and returns otherwise. What int64 cannot hold becomes the
// nearest that it can.
func (c *cursor) number(otherwise int64) int64 {
	if c.peek() != 'i' {
		c.skip()
		return otherwise
	}
	return c.integer()
}

// text reads a string, or skips another kind of value and returns nil. The result is part of the message.
func (c *cursor) text() []byte {
	if !isDigit(c.peek()) {
		c.skip()
		return nil
	}
	return c.str()
}

// skip passes over one value of any kind, and returns what it was made of.
func (c *cursor) skip() []byte {
	start := c.rest
	switch c.peek() {
	case 'i':
		c.integer()
	case 'd':
		for range c.dictionary() { // which skips the values
		}
	case 'l':
		c.enter('l')
		for !c.leave() {
			c.skip()
		}
	default:
		c.str()
	}
	return start[:len(start)-len(c.rest)]
}

// end makes sure that nothing follows, and returns the first error there was.
func (c *cursor) end() error {
	if len(c.rest) > 0 {
		c.fail(errFollowed)
	}
	return c.err
}

// enter passes over the opening of a list or dictionary.
func (c *cursor) enter(opening byte) {
	if c.depth == maxDepth {
		c.fail(errDepth)
	}
	c.depth++
	c.accept(opening)
}

// leave passes over the closing of a list or dictionary, and reports whether it is over: closed or broken.
func (c *cursor) leave() bool {
	if c.err == nil && c.peek() != 'e' {
		return false
	}
	c.depth--
	c.accept('e')
	return true
}

// integer reads `i`, a number without needless digits, and `e`.
func (c *cursor) integer() int64 {
	c.accept('i')
	digits := c.until('e')
	unsigned, negative := bytes.CutPrefix(digits, []byte{'-'})
	n, ok := natural(unsigned)
	if !ok || negative && n == 0 {
		c.fail(errInteger)
		return 0
	}
	if negative {
		return -n
	}
	return n
}

// str reads a length, `:`, and as many bytes.
func (c *cursor) str() []byte {
	length, ok := natural(c.until(':'))
	switch {
	case !ok:
		c.fail(errLength)
	case length > int64(len(c.rest)):
		c.fail(errTruncated)
	}
	if c.err != nil {
		return nil
	}
	text := c.rest[:length:length]
	c.rest = c.rest[length:]
	return text
}
