package metafile

import (
	"net/url"
	"strings"
)

// magnet returns the magnet link of a torrent: its info-hashes in hex (BEP 9 "urn:btih", and BEP 52 "urn:btmh" with
// the prefix of a SHA-256 multihash), its name, trackers and webseeds. The order of the trackers is kept, their tiers
// cannot be.
func (d *Description) magnet() string {
	const sha256Multihash = "1220" // the code of SHA-256 and its 32 bytes
	var parameters []string
	add := func(key, value string) { parameters = append(parameters, key+"="+value) }
	if d.InfoHashV1 != "" {
		add("xt", "urn:btih:"+d.InfoHashV1)
	}
	if d.InfoHashV2 != "" {
		add("xt", "urn:btmh:"+sha256Multihash+d.InfoHashV2)
	}
	if d.Name != "" {
		add("dn", escapeParameter(d.Name))
	}
	for _, tier := range d.Tiers {
		for _, tracker := range tier {
			add("tr", escapeParameter(tracker))
		}
	}
	for _, webseed := range d.Webseeds {
		add("ws", escapeParameter(webseed))
	}
	return "magnet:?" + strings.Join(parameters, "&")
}

// escapeParameter escapes a space as "%20": not every client reads the "+" of HTML forms.
func escapeParameter(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
