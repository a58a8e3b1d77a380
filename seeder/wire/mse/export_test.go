package mse

import "io"

// What a stranger can have read.
const (
	MaxHandshake = maxHandshake
	MaxReceived  = maxReceived
)

// ReceiveWith is Receive with randomness of the test's choice.
func ReceiveWith(
	random func([]byte), rw io.ReadWriter, head []byte, find func(Key) ([20]byte, bool), choose func(Method) Method,
) (Stream, [20]byte, error) {
	h := newHandshake(rw, head)
	h.random = random
	return h.receive(find, choose)
}

// InitiateWith is Initiate with randomness of the test's choice.
func InitiateWith(
	random func([]byte), rw io.ReadWriter, infoHash [20]byte, payload []byte, offer Method,
) (Stream, error) {
	h := newHandshake(rw, nil)
	h.random = random
	return h.initiate(infoHash, payload, offer)
}
