package httptracker

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
)

// errNameless is for clients, and for the admin of the proxy, who will see it first.
var errNameless = errors.New("the proxy does not say whose request it is")

// proxies are the networks of the proxies that are trusted to say whom they ask for.
type proxies []netip.Prefix

func (p proxies) trust(addr netip.Addr) bool {
	for _, network := range p {
		if network.Contains(addr) {
			return true
		}
	}
	return false
}

// client returns the address of the client that a request comes from. If the connection is a proxy's that is trusted,
// that is the last address in its header which is no such proxy's. Which of the two headers a proxy writes is not
// known here, and it may pass the other on as the client wrote it: if both are there, they have to agree.
func (p proxies) client(remote netip.Addr, header http.Header) (netip.Addr, error) {
	if !p.trust(remote) {
		return remote, nil
	}
	var clients []netip.Addr
	if lines := header["X-Forwarded-For"]; len(lines) > 0 {
		clients = append(clients, p.last(readForwardedFor(lines)))
	}
	if lines := header["Forwarded"]; len(lines) > 0 {
		clients = append(clients, p.last(readForwarded(lines)))
	}
	for _, client := range clients {
		if !client.IsValid() || client != clients[0] {
			return netip.Addr{}, errNameless
		}
	}
	return append(clients, remote)[0], nil // without a header the proxy asks for itself
}

// last returns the last address that is no trusted proxy's, or else the first. An address that could not be read is
// returned if it comes to that.
func (p proxies) last(nodes []netip.Addr) (addr netip.Addr) {
	for i := len(nodes) - 1; i >= 0; i-- {
		if addr = nodes[i]; !p.trust(addr) {
			break
		}
	}
	return addr
}

// readForwardedFor returns the addresses of X-Forwarded-For, in order, with zeros for those that cannot be read.
func readForwardedFor(lines []string) (nodes []netip.Addr) {
	for _, line := range lines {
		for text := range strings.SplitSeq(line, ",") {
			nodes = append(nodes, parseNode(strings.Trim(text, " \t")))
		}
	}
	return nodes
}

// readForwarded returns the `for` addresses of Forwarded (RFC 7239), in order, with zeros for those that are missing,
// hidden or cannot be read. What follows a line's first mistake may be in quotes or out of them, and is one zero.
func readForwarded(lines []string) (nodes []netip.Addr) {
	for _, line := range lines {
		for more := true; more; {
			var node netip.Addr
			node, line, more = readElement(line)
			nodes = append(nodes, node)
		}
	}
	return nodes
}

// readElement reads the parameters up to the next comma, and returns the rest behind that and whether there is one.
func readElement(line string) (node netip.Addr, rest string, more bool) {
	for {
		name, value, rest, ok := readParameter(line)
		if !ok {
			return netip.Addr{}, "", false
		}
		if strings.EqualFold(name, "for") {
			node = parseNode(value)
		}
		if rest == "" {
			return node, "", false
		}
		line = rest[1:]
		if rest[0] == ',' {
			return node, line, true
		}
	}
}

// readParameter reads one name=value, and returns the rest, which is empty or begins with a semicolon or a comma.
func readParameter(line string) (name, value, rest string, ok bool) {
	name, rest, ok = strings.Cut(strings.TrimLeft(line, " \t"), "=")
	if !ok || strings.ContainsAny(name, " \t\",;") {
		return "", "", "", false
	}
	if strings.HasPrefix(rest, `"`) {
		value, rest, ok = readQuoted(rest[1:])
	} else {
		end := strings.IndexAny(rest, "\",; \t")
		if end < 0 {
			end = len(rest)
		}
		value, rest = rest[:end], rest[end:]
	}
	rest = strings.TrimLeft(rest, " \t")
	return name, value, rest, ok && (rest == "" || rest[0] == ';' || rest[0] == ',')
}

// readQuoted reads up to the closing quote. No address has anything to be escaped in it, so a backslash only has its
// character passed over, and the value is one that no address is.
func readQuoted(text string) (value, rest string, ok bool) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			return text[:i], text[i+1:], true
		case '\\':
			i++
		}
	}
	return "", "", false
}

// parseNode reads an address that may have brackets and a port. What is none, such as `unknown` or a name that hides
// it, is the zero Addr.
func parseNode(text string) netip.Addr {
	if addr, err := netip.ParseAddr(text); err == nil {
		return plain(addr)
	}
	if addr, err := netip.ParseAddrPort(text); err == nil {
		return plain(addr.Addr())
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok {
			addr, _ := netip.ParseAddr(inner)
			return plain(addr)
		}
	}
	return netip.Addr{}
}

// plain is an address as swarms have it: unmapped, so that its family is certain, and without a zone.
func plain(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }
