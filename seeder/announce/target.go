package announce

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// transport is how a tracker is spoken to. HTTPS counts as HTTP.
type transport string

const (
	overHTTP transport = "http"
	overUDP  transport = "udp"
)

// maxURL bounds what a .torrent may name as a tracker. Real URLs stay below 200 bytes, passkeys included.
const maxURL = 2048

// target is a tracker's URL, found usable.
type target struct {
	url       *url.URL
	transport transport
	host      string // without port and brackets
	port      uint16
	shown     string // the URL without what may be a passkey
}

// parseTarget reads a tracker's URL. Its errors say what is wrong with the URL but do not repeat it: it may hold a passkey.
func parseTarget(raw string) (*target, error) {
	if len(raw) > maxURL {
		return nil, fmt.Errorf("longer than %d bytes", maxURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, withoutURL(err)
	}
	spoken, standardPort, err := transportOf(u.Scheme)
	if err != nil {
		return nil, err
	}
	if u.Hostname() == "" {
		return nil, errors.New("no host")
	}
	port, err := portOf(u, standardPort)
	if err != nil {
		return nil, err
	}
	return &target{url: u, transport: spoken, host: u.Hostname(), port: port, shown: redact(u)}, nil
}

func transportOf(scheme string) (spoken transport, standardPort uint16, err error) {
	switch scheme {
	case "http":
		return overHTTP, 80, nil
	case "https":
		return overHTTP, 443, nil
	case "udp":
		return overUDP, 0, nil
	}
	return "", 0, fmt.Errorf("unknown scheme %q", printable(scheme))
}

func portOf(u *url.URL, standard uint16) (uint16, error) {
	text := u.Port()
	if text == "" && standard != 0 {
		return standard, nil
	}
	if text == "" {
		return 0, errors.New("no port")
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return 0, fmt.Errorf("port %q is not between 1 and 65535", printable(text))
	}
	return uint16(port), nil
}

// harmless are the path segments that are shown. Any other segment may be a passkey.
var harmless = map[string]bool{"announce": true, "announce.php": true}

// redact returns u as it may be shown to anybody.
func redact(u *url.URL) string {
	var shown strings.Builder
	shown.WriteString(u.Scheme + "://" + printable(strings.ToLower(u.Host)))
	for _, segment := range strings.Split(strings.Trim(u.Path, "/"), "/") {
		switch {
		case segment == "":
		case harmless[segment]:
			shown.WriteString("/" + segment)
		default:
			shown.WriteString("/…")
		}
	}
	if u.RawQuery != "" {
		shown.WriteString("?…")
	}
	return shown.String()
}

// redactUnusable returns scheme and host of a URL that parseTarget refuses, so that a log line can name it.
func redactUnusable(raw string) string {
	scheme, rest, found := strings.Cut(raw, "://")
	if !found {
		scheme, rest = "", raw
	} else {
		scheme += "://"
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end] + "/…"
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	return printable(scheme + rest)
}

// withoutURL takes the URL out of an error of net/url or net/http, because it may hold a passkey.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
