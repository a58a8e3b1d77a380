package main

import (
	"fmt"
	"math/bits"
	"strconv"

	"sixseed/cmd/sixseed/config"
)

// pieceLength is a piece length from the command line in bytes, 0 if there is none.
type pieceLength int64

// Exponents of 2 that a piece length can have: from one block of the protocol to the largest piece of any creator.
const (
	smallestExponent = 14
	largestExponent  = 28
)

// UnmarshalText reads "21", which is 2^21 as for mktorrent, or a size with a unit: "2MiB".
func (p *pieceLength) UnmarshalText(text []byte) error {
	const hint = "use N for 2^N bytes, %d to %d, or a power of two such as 2MiB, from 16KiB to 256MiB"
	bad := func() error {
		return fmt.Errorf("%q is no piece length: "+hint, text, smallestExponent, largestExponent)
	}
	if exponent, err := strconv.ParseUint(string(text), 10, 8); err == nil {
		if exponent < smallestExponent || exponent > largestExponent {
			return bad()
		}
		*p = 1 << exponent
		return nil
	}
	var size config.Size
	if err := size.UnmarshalText(text); err != nil || size < 1<<smallestExponent || size > 1<<largestExponent ||
		bits.OnesCount64(uint64(size)) != 1 { // BEP 52 wants a power of two, and BEP 3 suggests one
		return bad()
	}
	*p = pieceLength(size)
	return nil
}
