package httptracker_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/trackertest"
)

var (
	proxy   = netip.MustParseAddr("10.0.0.1")
	trusted = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
)

// clientOf is the client that a request is taken to be from, or empty.
func clientOf(remote netip.Addr, header http.Header) string {
	client, err := httptracker.Client(trusted, remote, header)
	if err != nil {
		return ""
	}
	return client.String()
}

func TestClient(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		forwardedFor, forwarded []string
		want                    string // empty: it is not known
	}{
		"NoHeader":        {nil, nil, "10.0.0.1"},
		"V4":              {[]string{"18.0.0.1"}, nil, "18.0.0.1"},
		"V6":              {[]string{"2003::1"}, nil, "2003::1"},
		"V6Bracketed":     {[]string{"[2003::1]"}, nil, "2003::1"},
		"V6Port":          {[]string{"[2003::1]:80"}, nil, "2003::1"},
		"V4Port":          {[]string{"18.0.0.1:80"}, nil, "18.0.0.1"},
		"Mapped":          {[]string{"::ffff:18.0.0.1"}, nil, "18.0.0.1"},
		"Zone":            {[]string{"fe80::1%eth0"}, nil, "fe80::1"},
		"LastCounts":      {[]string{"18.0.0.1, 18.0.0.2 ,\t18.0.0.3"}, nil, "18.0.0.3"},
		"LastLine":        {[]string{"18.0.0.1", "18.0.0.2"}, nil, "18.0.0.2"},
		"ThroughProxies":  {[]string{"18.0.0.1,18.0.0.2, 10.1.1.1", "fd00::5"}, nil, "18.0.0.2"},
		"ProxiesAlone":    {[]string{"10.1.1.1, 10.1.1.2"}, nil, "10.1.1.1"},
		"Unknown":         {[]string{"18.0.0.1, unknown"}, nil, ""},
		"UnknownOnTheWay": {[]string{"18.0.0.1, unknown, 10.0.0.9"}, nil, ""},
		"UnknownBefore":   {[]string{"unknown, 18.0.0.1"}, nil, "18.0.0.1"},
		"Empty":           {[]string{""}, nil, ""},
		"CommaAtTheEnd":   {[]string{"18.0.0.1,"}, nil, ""},

		"Forwarded":                 {nil, []string{"for=18.0.0.1"}, "18.0.0.1"},
		"ForwardedV6":               {nil, []string{`for="[2003::1]"`}, "2003::1"},
		"ForwardedV6Port":           {nil, []string{`For="[2003::1]:4711"`}, "2003::1"},
		"ForwardedMore":             {nil, []string{`proto=http; FOR=18.0.0.1 ;by="_x,;\"y"`}, "18.0.0.1"},
		"ForwardedLast":             {nil, []string{`for=18.0.0.1;proto=http, for=18.0.0.2;host="a, for=b"`}, "18.0.0.2"},
		"ForwardedThroughProxies":   {nil, []string{`for=18.0.0.1, for="[fd00::1]"`, `for=10.0.0.7`}, "18.0.0.1"},
		"ForwardedHidden":           {nil, []string{"for=18.0.0.1, for=_hidden"}, ""},
		"ForwardedUnknown":          {nil, []string{`for="unknown"`}, ""},
		"ForwardedWithoutFor":       {nil, []string{"for=18.0.0.1, proto=http"}, ""},
		"ForwardedEmpty":            {nil, []string{""}, ""},
		"ForwardedEscaped":          {nil, []string{`for="18.0.\0.1"`}, ""},
		"ForwardedQuoteOpen":        {nil, []string{`for=18.0.0.1;x="`}, ""},
		"ForwardedAfterQuote":       {nil, []string{`for="18.0.0.1"x`}, ""},
		"ForwardedWithoutSemicolon": {nil, []string{`for="18.0.0.1" x=y`}, ""},
		"ForwardedSemicolon":        {nil, []string{"for=18.0.0.1;"}, ""},
		"ForwardedSpaceInName":      {nil, []string{"x for=18.0.0.1"}, ""},
		"ForwardedMistakeFirst":     {nil, []string{`x`, "for=18.0.0.1"}, "18.0.0.1"},

		"BothAgree":     {[]string{"2003::1"}, []string{`for="[2003::1]:99"`}, "2003::1"},
		"BothDisagree":  {[]string{"2003::1"}, []string{`for="[2003::2]"`}, ""},
		"BothAndHidden": {[]string{"2003::1"}, []string{"for=_x"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := make(http.Header)
			for _, line := range test.forwardedFor {
				header.Add("X-Forwarded-For", line)
			}
			for _, line := range test.forwarded {
				header.Add("Forwarded", line)
			}
			if got := clientOf(proxy, header); got != test.want {
				t.Errorf("it is from %q, want %q", got, test.want)
			}
			if stranger := netip.MustParseAddr("18.9.9.9"); clientOf(stranger, header) != stranger.String() {
				t.Errorf("a stranger's headers are believed: %s", clientOf(stranger, header))
			}
		})
	}
}

// FuzzForwarded has a client write a header, to which its proxy appends where the client is. Whatever the client wrote, it
// is not taken for another.
func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{
		"", "for=1.2.3.4", `for="`, `for="[2003::1]";x="`, `for="\`, `for=1.2.3.4;`, "1.2.3.4,", "unknown", `a="b\"c",`,
		`for=1.2.3.4, x="\"`, "[", "[::1", "for=10.0.0.1", ",,,;;;===", "for = 1.2.3.4",
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	clients := family.Pair[[2]string]{
		V6: [2]string{"2003::7", `for="[2003::7]:80"`}, V4: [2]string{"18.0.0.7", "proto=https;for=18.0.0.7"},
	}
	f.Fuzz(func(t *testing.T, written string, oneLine bool) {
		for _, of := range family.All {
			client, element := clients.Get(of)[0], clients.Get(of)[1]
			for name, appended := range map[string]string{"X-Forwarded-For": client, "Forwarded": element} {
				lines := []string{written, appended}
				if oneLine {
					lines = []string{written + ", " + appended}
				}
				got := clientOf(proxy, http.Header{name: lines})
				if got != client && (got != "" || name == "X-Forwarded-For" || !oneLine) {
					t.Errorf("%s: %q is taken to be from %q", name, lines, got)
				}
				passedOn := http.Header{"X-Forwarded-For": {written}, "Forwarded": {written}}
				passedOn[name] = lines
				if got := clientOf(proxy, passedOn); got != client && got != "" {
					t.Errorf("%v is taken to be from %q", passedOn, got)
				}
			}
		}
	})
}

// Behind a proxy, a client is who it is: entered, counted and told so, over its own family.
func TestServer_BehindProxy(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		fake := new(trackertest.Tracker)
		server := open(t, httptracker.Config{Trusted: trusted}, fake)
		from := netip.AddrPortFrom(proxy, 1234)
		answer := ask(server, from, "/announce?"+announceQuery, "X-Forwarded-For: "+clients.Get(f).Addr().String())
		if got, want := body(t, answer), noCounts(answerTo(f, "5:peers0:6:peers60:")); got != want {
			t.Errorf("answered with %q, want %q", got, want)
		}
		if got := fake.Last(t).Peer; got != netip.AddrPortFrom(clients.Get(f).Addr(), 6881) {
			t.Errorf("the announce is of %v", got)
		}
		if got := server.Counts(); got.Get(f) != (httptracker.Counts{httptracker.Announced: 1}) {
			t.Errorf("counted %v", got)
		}
		if got := answer.Header().Get("Connection"); got != "" {
			t.Errorf("a proxy's connection is %q", got)
		}
	}
}

func TestServer_BehindProxyThatDoesNotSay(t *testing.T) {
	t.Parallel()
	fake := new(trackertest.Tracker)
	server := open(t, httptracker.Config{Trusted: trusted}, fake)
	for i, path := range []string{"/announce", "/scrape"} {
		got := body(t, ask(server, netip.AddrPortFrom(proxy, 1234), path+"?"+announceQuery, "Forwarded: for=_secret"))
		if !strings.HasPrefix(got, "d14:failure reason42:the proxy does not say whose request it is") {
			t.Errorf("%s is answered with %q", path, got)
		}
		if got := server.Counts().V4; got != (httptracker.Counts{httptracker.Nameless: uint64(i + 1)}) {
			t.Errorf("counted %v", got)
		}
	}
	if fake.Announced() {
		t.Error("the tracker was asked")
	}
}
