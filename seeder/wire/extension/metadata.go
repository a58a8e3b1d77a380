package extension

import (
	"fmt"
	"math"
)

// The kinds of ut_metadata message (BEP 9, "extension message").
const (
	metadataRequest = 0
	metadataReject  = 2
)

// ParseMetadataRequest reads the body of a ut_metadata message, without its extension id. If it is a request, it
// returns the piece of the info dictionary that is asked for; the torrent may have fewer. Other kinds are not ok: a
// seed asks for nothing, so the data and rejects that it gets are answers to nobody. It is an error if the body is not
// bencode, or asks for a piece that no torrent has.
func ParseMetadataRequest(body []byte) (piece int, ok bool, err error) {
	kind, asked := int64(-1), int64(-1)
	c := newCursor(body)
	for key := range c.dictionary() {
		switch string(key) {
		case "msg_type":
			kind = c.number(-1)
		case "piece":
			asked = c.number(-1)
		}
	}
	if c.err == nil && kind != metadataRequest { // and maybe more follows: BEP 9, "data"
		return 0, false, nil
	}
	if err := c.end(); err != nil {
		return 0, false, fmt.Errorf("parse ut_metadata message: %w", err)
	}
	if asked < 0 || asked > math.MaxInt32 {
		return 0, false, fmt.Errorf("parse ut_metadata request: no piece, or piece %d", asked)
	}
	return int(asked), true, nil
}

// AppendMetadataRequest appends to b the body of a request for a piece of the info dictionary: what the client is given
// in place of a peer's own.
func AppendMetadataRequest(b []byte, piece int) []byte {
	return appendMetadata(b, metadataRequest, piece)
}

// AppendMetadataReject appends to b the body that says that a piece of the info dictionary is not there to be had: the
// answer to a request for a piece past its end.
func AppendMetadataReject(b []byte, piece int) []byte {
	return appendMetadata(b, metadataReject, piece)
}

func appendMetadata(b []byte, kind int64, piece int) []byte {
	b = appendInteger(appendText(append(b, 'd'), "msg_type"), kind)
	b = appendInteger(appendText(b, "piece"), int64(piece))
	return append(b, 'e')
}
