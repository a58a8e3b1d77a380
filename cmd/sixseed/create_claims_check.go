package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"hash"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// checkClaims compares the files with what is claimed of them, one after the other and abreast with the hashing. The
// error names the first that differs.
func checkClaims(ctx context.Context, claims []claim, pace *pace) error {
	for _, claim := range claims {
		pace.reached(claim.start)
		if err := claim.check(ctx, pace); err != nil {
			return err
		}
	}
	return nil
}

func (c claim) check(ctx context.Context, pace *pace) error {
	digest := c.algorithm.New()
	if err := c.read(ctx, digest, pace); err != nil {
		return err
	}
	sum := digest.Sum(nil)
	for _, said := range c.said {
		if !bytes.Equal(sum, said.sum) {
			return fmt.Errorf("%s: its %v is %x, but %s says %x (--no-checksums ignores that)",
				c.path, c.algorithm, sum, said.by, said.sum)
		}
	}
	return nil
}

// read feeds a file to digest.
func (c claim) read(ctx context.Context, digest hash.Hash, pace *pace) error {
	const bufferSize = 1 << 20
	// Without O_NONBLOCK opening a named pipe put there instead would wait for a writer.
	file, err := os.OpenFile(c.path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read from
	buffer := make([]byte, bufferSize)
	for at := c.start; ; {
		n, err := file.Read(buffer)
		digest.Write(buffer[:n])
		at += int64(n)
		if err == io.EOF {
			return nil
		}
		if err := cmp.Or(err, context.Cause(ctx)); err != nil {
			return err
		}
		pace.reached(at)
	}
}
