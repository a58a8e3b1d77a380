package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// contentSecurityPolicy allows the page its own style, script, pictures and event stream, and nothing from anywhere else.
const contentSecurityPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// guard sets the security headers of every answer and refuses requests for hosts that are not this one.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", contentSecurityPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-store") // all but the assets is true for a moment only
		if !s.hosts.allow(r.Host) {
			message := fmt.Sprintf("%q is not a name of this server: ask by address, or list it in web.hosts", r.Host)
			http.Error(w, message, http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hosts are the configured names in lower case, without the dot of the root.
type hosts map[string]bool

func newHosts(names []string) hosts {
	h := hosts{"localhost": true}
	for _, name := range names {
		h[canonicalHost(name)] = true
	}
	return h
}

// allow reports whether a request with this Host header is meant for us. Addresses always are: a rebinding page comes
// with the name it was loaded under, never with an address.
func (h hosts) allow(hostport string) bool {
	host := hostport
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		host = name
	}
	host = canonicalHost(strings.Trim(host, "[]"))
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return h[host]
}

func canonicalHost(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
