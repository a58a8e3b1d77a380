package siphash_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"sixseed/seeder/tracker/siphash"
)

// The first is the vector for 24 bytes that was published with SipHash. The others are OpenSSL's:
// `openssl mac -macopt hexkey:KEY -macopt size:8 -in MESSAGE SIPHASH`.
func TestHash_Sum(t *testing.T) {
	t.Parallel()
	for _, vector := range []struct{ key, message, sum string }{
		{"000102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0f1011121314151617", "94af49f6c650adb8"},
		{"4bdf85b6401dfc0c7a33183e1b0a4050", "eb649ca08001e6cd64cf74836d2c8085b58e2c83d89f1589", "79695dd2a721ffd6"},
		{"af3d59a6945df85709a6d20d2e24812d", "25199faeb0e564f10a539a148052c926a4b60da44fe94e9d", "41f2badc151aa100"},
		{"200a8579820a23adb23a8ed909c3a1b0", "e2c2b9dafebb810896eb86d90874314e93acafd720c52011", "a43f71a517c99cb5"},
		{"0d2412f975e3d5514c69de32f14271f4", "0fdd901c7980913389d16fa419044a98c441ef9db0987082", "18d760da969adecd"},
	} {
		hash := siphash.New([16]byte(decode(t, vector.key)))
		sum := binary.LittleEndian.AppendUint64(nil, hash.Sum([siphash.Size]byte(decode(t, vector.message))))
		if got := hex.EncodeToString(sum); got != vector.sum {
			t.Errorf("sum of %s under %s = %s, want %s", vector.message, vector.key, got, vector.sum)
		}
	}
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	bytes, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// BenchmarkSum has HMAC-SHA256 beside it, the usual choice where messages are longer.
func BenchmarkSum(b *testing.B) {
	var message [siphash.Size]byte
	b.Run("mac=siphash", func(b *testing.B) {
		hash := siphash.New([16]byte{1})
		for b.Loop() {
			binary.LittleEndian.PutUint64(message[:], hash.Sum(message))
		}
	})
	b.Run("mac=hmac-sha256", func(b *testing.B) {
		hash := hmac.New(sha256.New, make([]byte, 16))
		sum := make([]byte, 0, sha256.Size)
		for b.Loop() {
			hash.Reset()
			hash.Write(message[:])
			copy(message[:], hash.Sum(sum))
		}
	})
}
