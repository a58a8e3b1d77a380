package announcetest

import (
	"encoding/binary"
	"hash/maphash"
	"net"
	"net/netip"

	"sixseed/policy/family"
)

// The words of BEP 15.
const (
	protocolID     = 0x41727101980
	actionConnect  = 0
	actionAnnounce = 1
	actionError    = 3
)

// connectionID ties an id to address and port, as the strictest trackers do.
func (t *Tracker) connectionID(remote netip.AddrPort) uint64 {
	return maphash.Comparable(t.idSeed, remote)
}

// serveUDP answers connects and announces (BEP 15) until the socket is closed.
func (t *Tracker) serveUDP(sock net.PacketConn, f family.Family) {
	buffer := make([]byte, 4096)
	for {
		n, addr, err := sock.ReadFrom(buffer)
		if err != nil {
			return
		}
		remote := addr.(*net.UDPAddr).AddrPort()
		if answer := t.answerPacket(buffer[:n], remote, f); answer != nil {
			_, _ = sock.WriteTo(answer, addr)
		}
	}
}

// answerPacket returns the answer to a packet; nil: none.
func (t *Tracker) answerPacket(packet []byte, remote netip.AddrPort, f family.Family) []byte {
	if len(packet) < 16 {
		return nil
	}
	id, action, transaction := binary.BigEndian.Uint64(packet), binary.BigEndian.Uint32(packet[8:]), packet[12:16]
	switch {
	case action == actionConnect && id == protocolID:
		return binary.BigEndian.AppendUint64(header(actionConnect, transaction), t.connectionID(remote))
	case action != actionAnnounce || len(packet) < 98:
		return append(header(actionError, transaction), "unknown request"...)
	case id != t.connectionID(remote):
		return append(header(actionError, transaction), "unknown connection id"...)
	}
	announce := readUDPAnnounce(packet, netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port()), f)
	reply, peers := t.handle(announce)
	if reply.Silent {
		return nil
	}
	if reply.Failure != "" {
		return append(header(actionError, transaction), reply.Failure...)
	}
	answer := binary.BigEndian.AppendUint32(header(actionAnnounce, transaction), reply.Interval)
	answer = append(answer, make([]byte, 8)...) // leechers, seeders
	return append(answer, compact(peers, f)...)
}

func header(action uint32, transaction []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, action), transaction...)
}

var eventNames = [...]string{"", "completed", "started", "stopped"}

// announceFields are the fixed part of an announce after its header.
type announceFields struct {
	InfoHash, PeerID           [20]byte
	Downloaded, Left, Uploaded int64
	Event, IP, Key             uint32
	NumWant                    int32
	Port                       uint16
}

func readUDPAnnounce(packet []byte, remote netip.AddrPort, f family.Family) Announce {
	var fields announceFields
	size, _ := binary.Decode(packet[16:], binary.BigEndian, &fields) // the caller has checked the length
	return Announce{
		Transport:  "udp",
		Family:     f,
		Remote:     remote,
		InfoHash:   fields.InfoHash,
		PeerID:     fields.PeerID,
		Downloaded: fields.Downloaded,
		Left:       fields.Left,
		Uploaded:   fields.Uploaded,
		Event:      eventNames[fields.Event%uint32(len(eventNames))],
		Key:        fields.Key,
		NumWant:    fields.NumWant,
		Port:       fields.Port,
		URL:        urlData(packet[16+size:]),
	}
}

// urlData joins the URL data among the options of an announce (BEP 41).
func urlData(options []byte) string {
	var data []byte
	for len(options) >= 2 && options[0] == 2 && len(options) >= 2+int(options[1]) {
		data = append(data, options[2:2+int(options[1])]...)
		options = options[2+int(options[1]):]
	}
	return string(data)
}
