package announce

import (
	"net/netip"
	"time"

	"sixseed/policy/family"
)

// parseHTTPResponse reads the body of an HTTP tracker's answer: BEP 3, with the compact lists of BEP 23 and BEP 7 and
// the refusals of BEP 31. A refusal comes back as a *refusalError.
func parseHTTPResponse(body []byte) (response, error) {
	dict, err := decodeDict(body)
	if err != nil {
		return response{}, err
	}
	if refused := refusalIn(dict); refused != nil {
		return response{}, refused
	}
	return response{
		Interval:    seconds(dict.integer("interval")),
		MinInterval: seconds(dict.integer("min interval")),
		Peers:       append(peersIn(dict["peers"], family.V4), peersIn(dict["peers6"], family.V6)...),
		Warning:     printable(dict.text("warning message")),
		TrackerID:   trackerIDIn(dict),
	}, nil
}

// refusalIn returns the refusal that dict is, or nil. An empty reason is none: there are trackers that always send the key.
func refusalIn(dict bdict) *refusalError {
	reason := dict.text("failure reason")
	if reason == "" {
		return nil
	}
	refused := &refusalError{Reason: printable(reason)}
	switch retry := dict["retry in"].(type) {
	case int64:
		refused.RetryIn = min(max(0, time.Duration(min(retry, maxMinutes))*time.Minute), longestWait)
	case string:
		refused.Never = retry == "never"
	}
	return refused
}

// peersIn reads a list of peers in either of its forms: a string of addresses of family f, or a list of dictionaries.
func peersIn(value any, f family.Family) []netip.AddrPort {
	switch list := value.(type) {
	case string:
		return compactPeers([]byte(list), f)
	case []any:
		return listedPeers(list)
	}
	return nil
}

// listedPeers reads the long form of BEP 3. Its `ip` may be a host name, which is left out: a tracker does not get to
// choose what names are looked up here.
func listedPeers(list []any) []netip.AddrPort {
	var peers []netip.AddrPort
	for _, item := range list {
		dict, _ := item.(bdict)
		addr, err := netip.ParseAddr(dict.text("ip"))
		port := dict.integer("port")
		if err != nil || port < 1 || port > 65535 {
			continue
		}
		if peer := netip.AddrPortFrom(addr.Unmap(), uint16(port)); usable(peer) {
			peers = append(peers, peer)
		}
	}
	return peers
}

// maxTrackerID bounds what a tracker can make us carry along in every later announce.
const maxTrackerID = 256

func trackerIDIn(dict bdict) string {
	if id := dict.text("tracker id"); len(id) <= maxTrackerID {
		return id
	}
	return ""
}

// maxMinutes and maxSeconds keep a number of a tracker's far from the overflow of a time.Duration.
const (
	maxMinutes = 1 << 20
	maxSeconds = 1 << 26
)

// seconds returns n seconds, and 0 for what cannot be an interval.
func seconds(n int64) time.Duration {
	return time.Duration(min(max(0, n), maxSeconds)) * time.Second
}
