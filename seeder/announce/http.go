package announce

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"sixseed/policy/family"
)

// Limits of one exchange with an HTTP tracker.
const (
	httpTimeout    = 30 * time.Second // all of it
	connectTimeout = 10 * time.Second
	maxBody        = 1 << 20 // bytes, after decompression
	maxRedirects   = 3
)

// dialFunc opens a connection to addr, which is an address, not a name.
type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// httpExchanger speaks to HTTP trackers, with one client per family.
type httpExchanger struct {
	clients   family.Pair[*http.Client]
	userAgent string
}

func newHTTPExchanger(names *resolver, dial dialFunc, userAgent string) *httpExchanger {
	return &httpExchanger{
		clients: family.Both(func(f family.Family) *http.Client {
			return &http.Client{
				Transport:     newHTTPTransport(names, dial, f),
				CheckRedirect: checkRedirect,
				Timeout:       httpTimeout,
			}
		}),
		userAgent: userAgent,
	}
}

// newHTTPTransport returns a transport whose every connection is in family f, redirects included. It takes no proxy from
// the environment: the tracker would see the proxy's address instead of ours.
func newHTTPTransport(names *resolver, dial dialFunc, f family.Family) *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			return dialTCP(ctx, names, dial, f, addr)
		},
		TLSHandshakeTimeout:    connectTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		// The announces of many torrents follow one another closely; then there is nothing for half an hour.
		MaxIdleConnsPerHost: 4,
		IdleConnTimeout:     10 * time.Second,
	}
}

// dialTCP connects to the first address of addr's host in family f that answers.
func dialTCP(ctx context.Context, names *resolver, dial dialFunc, f family.Family, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	addrs, err := names.addresses(ctx, host, f)
	if err != nil {
		return nil, err
	}
	for i, addr := range addrs {
		var conn net.Conn
		if conn, err = dialOne(ctx, dial, f, addr, port, len(addrs)-i); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// dialOne gives one address its share of the time that is left for it and those after it.
func dialOne(ctx context.Context, dial dialFunc, f family.Family, addr netip.Addr, port string, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
	}
	return dial(ctx, socketNetwork("tcp", f), net.JoinHostPort(addr.String(), port))
}

// socketNetwork returns "tcp6", "udp4" and so on.
func socketNetwork(protocol string, f family.Family) string {
	if f == family.V6 {
		return protocol + "6"
	}
	return protocol + "4"
}

func checkRedirect(next *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	if next.URL.Scheme != "http" && next.URL.Scheme != "https" {
		return fmt.Errorf("redirect to scheme %q", printable(next.URL.Scheme))
	}
	return nil
}

func (h *httpExchanger) announce(ctx context.Context, req request) (response, error) {
	httpReq, err := http.NewRequestWithContext(ctx, http.MethodGet, announceURL(req), http.NoBody)
	if err != nil {
		return response{}, withoutURL(err)
	}
	httpReq.Header.Set("User-Agent", h.userAgent)
	answer, err := h.clients.Get(req.Family).Do(httpReq)
	if err != nil {
		return response{}, withoutURL(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxBody+1))
	if err != nil {
		return response{}, fmt.Errorf("read response: %w", err)
	}
	if len(body) > maxBody {
		return response{}, fmt.Errorf("response is longer than %d bytes", maxBody)
	}
	return readAnswer(answer.StatusCode, body)
}

// readAnswer reads a response with any status: some trackers send a refusal's reason with a 4xx.
func readAnswer(status int, body []byte) (response, error) {
	resp, err := parseHTTPResponse(body)
	if _, refused := errors.AsType[*refusalError](err); refused || status == http.StatusOK {
		return resp, err
	}
	return response{}, fmt.Errorf("HTTP status %d %s", status, http.StatusText(status))
}

func (h *httpExchanger) close() {
	for _, f := range family.All {
		h.clients.Get(f).CloseIdleConnections()
	}
}

// announceURL returns the tracker's URL with the parameters of BEP 3, 7 and 23 behind those it has. There is no `ip`,
// `ipv4` or `ipv6` among them: the packet's source says it, and BEP 7 discourages the rest.
func announceURL(req request) string {
	var query strings.Builder
	if own := req.Target.url.RawQuery; own != "" {
		query.WriteString(strings.ReplaceAll(own, " ", "%20") + "&")
	}
	fmt.Fprintf(&query, "info_hash=%s&peer_id=%s&port=%d&uploaded=%d&downloaded=0&left=0&compact=1&numwant=%d&key=%08X",
		escape(string(req.InfoHash[:])), escape(string(req.PeerID[:])), req.Port, req.Uploaded, req.NumWant, req.Key)
	if req.Event != periodic {
		query.WriteString("&event=" + string(req.Event))
	}
	if req.TrackerID != "" {
		query.WriteString("&trackerid=" + escape(req.TrackerID))
	}
	u := *req.Target.url
	u.Fragment, u.RawFragment, u.RawQuery = "", "", query.String()
	return u.String()
}

// escape percent-encodes bytes for a query. Unlike url.QueryEscape it writes a space as %20: not every tracker reads "+"
// as one, and an info-hash may hold any byte.
func escape(raw string) string {
	var escaped strings.Builder
	for _, c := range []byte(raw) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
			escaped.WriteByte(c)
		default:
			escaped.WriteByte('%')
			escaped.WriteString(strings.ToUpper(strconv.FormatUint(0x100+uint64(c), 16)[1:]))
		}
	}
	return escaped.String()
}
