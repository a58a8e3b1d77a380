package announcetest

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"sixseed/policy/family"
)

// serveHTTP answers announces (BEP 3) on any path that does not end in "scrape".
func (t *Tracker) serveHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "scrape") {
		http.NotFound(w, r)
		return
	}
	announce, err := readHTTPAnnounce(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	reply, peers := t.handle(announce)
	_, _ = w.Write(encodeReply(reply, peers))
}

func readHTTPAnnounce(r *http.Request) (Announce, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return Announce{}, err
	}
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return Announce{}, err
	}
	announce := Announce{
		Transport: "http",
		Family:    family.Of(remote.Addr()),
		Remote:    remote,
		Event:     query.Get("event"),
		NumWant:   -1,
		TrackerID: query.Get("trackerid"),
		URL:       r.URL.RequestURI(),
		UserAgent: r.UserAgent(),
	}
	infoHash, peerID := query.Get("info_hash"), query.Get("peer_id")
	if len(infoHash) != 20 || len(peerID) != 20 {
		return Announce{}, fmt.Errorf("info_hash of %d bytes, peer_id of %d", len(infoHash), len(peerID))
	}
	copy(announce.InfoHash[:], infoHash)
	copy(announce.PeerID[:], peerID)
	return announce, readNumbers(&announce, query)
}

// readNumbers reads the parameters that are numbers. Only the port has to be there.
func readNumbers(announce *Announce, query url.Values) error {
	port, err := strconv.ParseUint(query.Get("port"), 10, 16)
	if err != nil {
		return fmt.Errorf("port: %w", err)
	}
	announce.Port = uint16(port)
	announce.Uploaded, _ = strconv.ParseInt(query.Get("uploaded"), 10, 64)
	announce.Downloaded, _ = strconv.ParseInt(query.Get("downloaded"), 10, 64)
	announce.Left, _ = strconv.ParseInt(query.Get("left"), 10, 64)
	if wanted, err := strconv.ParseInt(query.Get("numwant"), 10, 32); err == nil {
		announce.NumWant = int32(wanted)
	}
	// Clients agree on hexadecimal digits here, not on how many.
	key, _ := strconv.ParseUint(query.Get("key"), 16, 32)
	announce.Key = uint32(key)
	return nil
}

// encodeReply writes a reply in bencoding, with the keys in order.
func encodeReply(reply Reply, peers []netip.AddrPort) []byte {
	var body strings.Builder
	text := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&body, "%d:%s%d:%s", len(key), key, len(value), value)
		}
	}
	number := func(key string, value uint64) {
		if value != 0 {
			fmt.Fprintf(&body, "%d:%si%de", len(key), key, value)
		}
	}
	body.WriteString("d")
	if reply.Failure != "" {
		text("failure reason", reply.Failure)
		if minutes, err := strconv.ParseUint(reply.RetryIn, 10, 32); err == nil {
			number("retry in", minutes)
		} else {
			text("retry in", reply.RetryIn)
		}
	} else {
		number("interval", uint64(reply.Interval))
		number("min interval", uint64(reply.MinInterval))
		peers4 := string(compact(peers, family.V4))
		fmt.Fprintf(&body, "5:peers%d:%s", len(peers4), peers4) // there even if empty: clients expect it
		text("peers6", string(compact(peers, family.V6)))
		text("tracker id", reply.TrackerID)
		text("warning message", reply.Warning)
	}
	body.WriteString("e")
	return []byte(body.String())
}
