package wire

import "sync/atomic"

// Traffic is an amount of bytes on peer connections. IP and TCP headers are not in it.
type Traffic struct {
	Payload  int64 `json:"payload"`  // sent: the data of blocks
	Overhead int64 `json:"overhead"` // sent: everything else, handshakes and message headers
	Received int64 `json:"received"`
}

// Plus returns the sum of both.
func (t Traffic) Plus(other Traffic) Traffic {
	return Traffic{t.Payload + other.Payload, t.Overhead + other.Overhead, t.Received + other.Received}
}

// Minus returns what has come since other.
func (t Traffic) Minus(other Traffic) Traffic {
	return Traffic{t.Payload - other.Payload, t.Overhead - other.Overhead, t.Received - other.Received}
}

// Counter is a Traffic that many connections add to.
type Counter struct {
	payload, overhead, received atomic.Int64
}

// Add counts t.
func (c *Counter) Add(t Traffic) {
	c.payload.Add(t.Payload)
	c.overhead.Add(t.Overhead)
	c.received.Add(t.Received)
}

// Traffic returns what was counted so far.
func (c *Counter) Traffic() Traffic {
	return Traffic{c.payload.Load(), c.overhead.Load(), c.received.Load()}
}
