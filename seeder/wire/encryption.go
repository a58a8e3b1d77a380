package wire

import (
	"fmt"

	"sixseed/seeder/wire/mse"
)

// Encryption says which peer connections are spoken with, by message stream encryption (MSE).
type Encryption uint8

const (
	// EncryptionAllow takes plain and obfuscated handshakes and then sends plain where the peer offers it.
	EncryptionAllow Encryption = iota
	// EncryptionRequire takes and makes only connections that are RC4 from end to end.
	EncryptionRequire
	// EncryptionOff takes and makes only plain connections.
	EncryptionOff
)

var encryptionNames = [...]string{EncryptionAllow: "allow", EncryptionRequire: "require", EncryptionOff: "off"}

// String returns the configuration's word for e.
func (e Encryption) String() string { return encryptionNames[e] }

// MarshalText is String as encoding.TextMarshaler.
func (e Encryption) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads "allow", "require" or "off".
func (e *Encryption) UnmarshalText(text []byte) error {
	for value, name := range encryptionNames {
		if name == string(text) {
			*e = Encryption(value)
			return nil
		}
	}
	return fmt.Errorf(`%q is not an encryption policy: use "allow", "require" or "off"`, text)
}

// choose picks from what a peer offers to go on with after an obfuscated handshake; 0 is none of it. Plain comes first:
// it needs no pass over the data.
func (e Encryption) choose(offered mse.Method) mse.Method {
	switch {
	case e == EncryptionAllow && offered&mse.Plain != 0:
		return mse.Plain
	case offered&mse.RC4 != 0:
		return mse.RC4
	default:
		return 0
	}
}
