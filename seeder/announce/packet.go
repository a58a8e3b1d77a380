package announce

import (
	"encoding/binary"
	"errors"

	"sixseed/policy/family"
)

// The words of BEP 15.
const (
	protocolID = 0x41727101980

	actionConnect  uint32 = 0
	actionAnnounce uint32 = 1
	actionError    uint32 = 3
)

// Sizes of BEP 15's packets, in bytes.
const (
	headerSize          = 8 // of any response: action, transaction id
	connectResponseSize = 16
	announceRequestSize = 98
	peersOffset         = 20 // of an announce response: after interval, leechers, seeders
)

// optionURLData carries the path and query of the tracker's URL (BEP 41).
const optionURLData = 2

// errStray marks a packet that does not answer our question: late, forged, or malformed. It is not an answer, so the
// wait for one goes on.
var errStray = errors.New("not an answer to this transaction")

// BEP 15, "Connect".
func connectPacket(transaction uint32) []byte {
	packet := binary.BigEndian.AppendUint64(nil, protocolID)
	packet = binary.BigEndian.AppendUint32(packet, actionConnect)
	return binary.BigEndian.AppendUint32(packet, transaction)
}

// BEP 15, "Announce". The IP address field stays 0: the tracker takes the packet's source.
func announcePacket(connection uint64, transaction uint32, req request) []byte {
	packet := make([]byte, 0, announceRequestSize)
	packet = binary.BigEndian.AppendUint64(packet, connection)
	packet = binary.BigEndian.AppendUint32(packet, actionAnnounce)
	packet = binary.BigEndian.AppendUint32(packet, transaction)
	packet = append(packet, req.InfoHash[:]...)
	packet = append(packet, req.PeerID[:]...)
	packet = binary.BigEndian.AppendUint64(packet, 0) // downloaded
	packet = binary.BigEndian.AppendUint64(packet, 0) // left
	packet = binary.BigEndian.AppendUint64(packet, uint64(max(0, req.Uploaded)))
	packet = binary.BigEndian.AppendUint32(packet, eventCode(req.Event))
	packet = binary.BigEndian.AppendUint32(packet, 0) // IP address
	packet = binary.BigEndian.AppendUint32(packet, req.Key)
	packet = binary.BigEndian.AppendUint32(packet, req.NumWant)
	packet = binary.BigEndian.AppendUint16(packet, req.Port)
	return appendURLData(packet, req.Target.url.RequestURI())
}

func eventCode(e event) uint32 {
	switch e {
	case started:
		return 2
	case stopped:
		return 3
	}
	return 0
}

// appendURLData appends the path and query as options of at most 255 bytes each (BEP 41). A bare host has neither.
func appendURLData(packet []byte, pathAndQuery string) []byte {
	if pathAndQuery == "/" {
		return packet
	}
	for len(pathAndQuery) > 0 {
		part := pathAndQuery[:min(len(pathAndQuery), 255)]
		packet = append(packet, optionURLData, byte(len(part))) //nolint:gosec // at most 255
		packet = append(packet, part...)
		pathAndQuery = pathAndQuery[len(part):]
	}
	return packet
}

// parseConnectResponse returns the connection id.
func parseConnectResponse(packet []byte, transaction uint32) (uint64, error) {
	if err := checkHeader(packet, actionConnect, transaction); err != nil {
		return 0, err
	}
	if len(packet) < connectResponseSize {
		return 0, errStray
	}
	return binary.BigEndian.Uint64(packet[headerSize:]), nil
}

// parseAnnounceResponse reads an announce response that came over family f. The peers in it are of that family
// (BEP 15, "IPv6").
func parseAnnounceResponse(packet []byte, transaction uint32, f family.Family) (response, error) {
	if err := checkHeader(packet, actionAnnounce, transaction); err != nil {
		return response{}, err
	}
	if len(packet) < peersOffset {
		return response{}, errStray
	}
	return response{
		Interval: seconds(int64(binary.BigEndian.Uint32(packet[headerSize:]))),
		Peers:    compactPeers(packet[peersOffset:], f),
	}, nil
}

// checkHeader returns nil for a response of the action and transaction wanted, a *refusalError for the tracker's error in
// that transaction, and errStray for everything else.
func checkHeader(packet []byte, action, transaction uint32) error {
	if len(packet) < headerSize || binary.BigEndian.Uint32(packet[4:]) != transaction {
		return errStray
	}
	switch binary.BigEndian.Uint32(packet) {
	case action:
		return nil
	case actionError:
		return &refusalError{Reason: printable(string(packet[headerSize:]))}
	}
	return errStray
}
