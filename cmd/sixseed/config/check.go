package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// checkValues finds what is wrong with values that could be read: on their own, and with each other.
func (r *reading) checkValues() {
	r.checkPaths()
	r.checkAnnounceURLs()
	r.checkWebseeds()
	r.checkAddresses()
	r.checkTracker()
	r.checkSchedule()
	r.checkFloors()
	r.checkUnbuilt()
}

// checkPaths wants absolute paths: a daemon's working directory is nobody's idea of a place.
func (r *reading) checkPaths() {
	r.checkPath("state_dir", &r.config.StateDir)
	if len(r.config.Library.Dirs) == 0 {
		r.report("library.dirs", "names no directory: there is nothing to seed")
	}
	for i := range r.config.Library.Dirs {
		r.checkPath(fmt.Sprintf("library.dirs[%d]", i), &r.config.Library.Dirs[i])
	}
}

// checkPath wants one absolute path and tidies it.
func (r *reading) checkPath(name string, path *string) {
	if !filepath.IsAbs(*path) {
		r.report(name, "%q is not an absolute path: start it with /", *path)
	}
	*path = filepath.Clean(*path)
}

// checkAnnounceURLs wants URLs that an announce can be sent to.
func (r *reading) checkAnnounceURLs() {
	for i, tier := range r.config.Library.Trackers {
		if len(tier) == 0 {
			r.report(fmt.Sprintf("library.trackers[%d]", i), "is an empty tier: name a tracker in it, or remove it")
		}
		for j, tracker := range tier {
			r.checkAnnounceURL(fmt.Sprintf("library.trackers[%d][%d]", i, j), tracker)
		}
	}
	for i, tracker := range r.config.Tracker.Publish {
		r.checkAnnounceURL(fmt.Sprintf("tracker.publish[%d]", i), tracker)
	}
}

func (r *reading) checkAnnounceURL(name, tracker string) {
	u, err := parseURL(tracker, "http", "https", "udp")
	switch {
	case err != nil:
		r.report(name, "%q is not the URL of a tracker: %v", tracker, err)
	case u.Scheme == "udp" && u.Port() == "": // BEP 15 names no default port
		r.report(name, "%q has no port, which udp needs: write it after the host, as in udp://HOST:6969", tracker)
	}
}

// checkWebseeds wants URLs of directories, since the same ones serve every release.
func (r *reading) checkWebseeds() {
	for i, webseed := range r.config.Library.Webseeds {
		name := fmt.Sprintf("library.webseeds[%d]", i)
		u, err := parseURL(webseed, "http", "https", "ftp")
		switch {
		case err != nil:
			r.report(name, "%q is not the URL of a web server: %v", webseed, err)
		case !strings.HasSuffix(u.Path, "/"): // BEP 19: only then is the release's name appended
			r.report(name, "%q would be one file for all releases: end it in / and their names are appended", webseed)
		}
	}
}

// parseURL reads a URL that other programs will take too: of one of the schemes, with a host, and nothing unusual.
func parseURL(text string, schemes ...string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("it cannot be read")
	}
	scheme, _, _ := strings.Cut(text, ":")
	port, portErr := strconv.Atoi(u.Port())
	switch {
	case !slices.Contains(schemes, scheme): // as written: "HTTP" is not taken everywhere
		return nil, fmt.Errorf("it must start with %s", anyOf(schemes, "%s://"))
	case u.Hostname() == "":
		return nil, errors.New("it names no host")
	case strings.HasSuffix(u.Host, ":"), u.Port() != "" && (portErr != nil || port < 1 || port > 65535):
		return nil, errors.New("its port must be 1 to 65535")
	case u.User != nil:
		return nil, errors.New("it must not hold a user name")
	case strings.Contains(text, "#"):
		return nil, errors.New("it must not hold a fragment (#)")
	}
	return u, nil
}

// checkAddresses wants every address to listen on to be free of the others.
func (r *reading) checkAddresses() {
	var taken []netip.AddrPort
	check := func(key string, addresses []netip.AddrPort) {
		for i, address := range addresses {
			if name := fmt.Sprintf("%s[%d]", key, i); !r.isBad(name) {
				r.checkFree(name, address, taken)
				taken = append(taken, address)
			}
		}
	}
	check("tracker.listen", r.config.Tracker.Listen)
	check("tracker.https.listen", r.config.Tracker.HTTPS.Listen)
	check("web.listen", r.config.Web.Listen)
}

// checkFree wants an address that is not taken by peers or by another listener.
func (r *reading) checkFree(name string, address netip.AddrPort, taken []netip.AddrPort) {
	if address.Port() == r.config.Peers.Port && !r.isBad("peers.port") {
		r.report(name, "%q has the port of peers.port, which is taken on every address: choose another port", address)
	}
	for _, other := range taken {
		switch {
		case address == other:
			r.report(name, "%q is named twice", address)
		case collide(address, other):
			r.report(name, "%q and %q are taken by the same listener: name one of them, or change its port", address, other)
		}
	}
}

// collide reports whether two addresses cannot be listened on at the same time. A wildcard takes its whole family,
// and only that.
func collide(a, b netip.AddrPort) bool {
	first, second := a.Addr().Unmap(), b.Addr().Unmap()
	sameFamily := first.Is4() == second.Is4()
	return a.Port() == b.Port() && sameFamily &&
		(first == second || first.IsUnspecified() || second.IsUnspecified())
}
