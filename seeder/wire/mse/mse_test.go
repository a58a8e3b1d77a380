package mse_test

import (
	"encoding/hex"
	"testing"

	"sixseed/seeder/wire/mse"
)

func TestKeyOf(t *testing.T) {
	t.Parallel()
	// printf 'req2aaaaaaaaaaaaaaaaaaaa' | sha1sum
	const want = "4d44ff5dc5bdcca34e457bfe7f00b6246ae5bfe2"
	if got := mse.KeyOf([20]byte([]byte("aaaaaaaaaaaaaaaaaaaa"))); hex.EncodeToString(got[:]) != want {
		t.Errorf("key %x, want %s", got, want)
	}
}

func TestMethod_String(t *testing.T) {
	t.Parallel()
	for method, want := range map[mse.Method]string{
		0:                     "none",
		mse.Plain:             "plain",
		mse.RC4:               "RC4",
		mse.Plain | mse.RC4:   "plain and RC4",
		0x80000000:            "0x80000000",
		mse.Plain | 0x10 | 32: "plain and 0x30",
	} {
		if got := method.String(); got != want {
			t.Errorf("method %#x is %q, want %q", uint32(method), got, want)
		}
	}
}
