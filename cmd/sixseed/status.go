package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"sixseed/seeder"
)

const (
	statusTimeout = 5 * time.Second // for one address to answer
	maxStatusSize = 64 << 20        // bytes; a hundred thousand torrents or peers take less
)

// statusCommand asks the running daemon what it is doing.
type statusCommand struct {
	configFlags

	URL   string `name:"url" placeholder:"URL" help:"Ask this daemon (http://HOST:PORT) instead of the addresses in web.listen."`
	Peers bool   `name:"peers" help:"List the peers, the fastest of each family first, instead of torrents and trackers."`
	JSON  bool   `name:"json" help:"Print the daemon's answer as JSON."`
}

// exitCodes implements exitCoder.
func (*statusCommand) exitCodes() exitCodes {
	return exitCodes{done: "a daemon answered", failed: "no daemon answered", wrong: "wrong usage or configuration"}
}

// Run prints the answer of the first address that gives one.
func (c *statusCommand) Run(ctx context.Context, out *streams) error {
	urls, err := c.urls()
	if err != nil {
		return err
	}
	answer, status, err := askFirst(ctx, urls, c.path())
	switch {
	case err != nil:
		return err
	case c.JSON:
		return printAnswer(out.Out, answer)
	case c.Peers:
		return printPeers(out.Out, status)
	}
	return printStatus(out.Out, status)
}

// path is what the daemon is asked for.
func (c *statusCommand) path() string {
	if c.Peers {
		return "/api/v1/status?peers=true"
	}
	return "/api/v1/status"
}

// printAnswer writes the daemon's JSON, indented, with what a terminal might obey escaped.
func printAnswer(out io.Writer, answer []byte) error {
	var indented bytes.Buffer
	if err := json.Indent(&indented, bytes.TrimSpace(answer), "", "  "); err != nil {
		return fmt.Errorf("indent status: %w", err)
	}
	_, err := fmt.Fprintln(out, escapeJSON(indented.String()))
	return err
}

// urls returns where a daemon may answer.
func (c *statusCommand) urls() ([]string, error) {
	if c.URL != "" {
		base, err := url.Parse(c.URL)
		if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
			return nil, usageError(fmt.Sprintf("--url: %q is no URL such as http://127.0.0.1:8086", c.URL))
		}
		return []string{strings.TrimSuffix(c.URL, "/")}, nil
	}
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	if len(cfg.Web.Listen) == 0 {
		return nil, errors.New("web.listen is empty: the daemon has no page to ask; name another with --url")
	}
	var urls []string
	for _, address := range cfg.Web.Listen {
		urls = append(urls, "http://"+reachable(address).String())
	}
	return urls, nil
}

// reachable returns where on this machine a listener at address is found: one at the unspecified address is everywhere.
func reachable(address netip.AddrPort) netip.AddrPort {
	switch address.Addr() {
	case netip.IPv6Unspecified():
		return netip.AddrPortFrom(netip.IPv6Loopback(), address.Port())
	case netip.IPv4Unspecified():
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), address.Port())
	}
	return address
}

// askFirst returns the status of the first daemon that answers at path, as it came and decoded. If none does, the error
// says of each why not.
func askFirst(ctx context.Context, urls []string, path string) (answer []byte, status seeder.Status, err error) {
	client := &http.Client{
		Timeout: statusTimeout,
		// No proxy: it would be asked for an address that means something else to it.
		Transport: &http.Transport{DialContext: (&net.Dialer{}).DialContext, DisableKeepAlives: true},
	}
	var reasons []string
	for _, base := range urls {
		answer, status, err = ask(ctx, client, base+path)
		if err == nil {
			return answer, status, nil
		}
		reasons = append(reasons, err.Error())
	}
	return nil, status, fmt.Errorf("no daemon answers: %s", strings.Join(reasons, "; "))
}

// ask gets one status.
func ask(ctx context.Context, client *http.Client, address string) ([]byte, seeder.Status, error) {
	var status seeder.Status
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, status, fmt.Errorf("ask daemon: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, status, err // net/http names the method and the URL
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(response.Body, maxStatusSize))
	if err != nil {
		return nil, status, fmt.Errorf("read %s: %w", address, err)
	}
	if response.StatusCode != http.StatusOK {
		line, _, _ := strings.Cut(string(body), "\n")
		return nil, status, fmt.Errorf("%s: %s: %s", address, response.Status, printable(line))
	}
	if err := json.Unmarshal(body, &status); err != nil {
		return nil, status, fmt.Errorf("%s: this is no answer of sixseed: %w", address, err)
	}
	return body, status, nil
}
