package metafile_test

import (
	"fmt"
	"strings"

	"sixseed/storage/metafile"
)

// The shapes of torrents found in the wild, built here: none of them is a real one.

// str bencodes a string.
func str(text string) string { return fmt.Sprintf("%d:%s", len(text), text) }

// list bencodes a list of values that are bencoded already.
func list(values ...string) string { return "l" + strings.Join(values, "") + "e" }

// ordered bencodes a dictionary with its keys in the order given, each followed by its bencoded value.
func ordered(keysAndValues ...string) string {
	var text strings.Builder
	for i, part := range keysAndValues {
		if i%2 == 0 {
			part = str(part)
		}
		text.WriteString(part)
	}
	return "d" + text.String() + "e"
}

var (
	hashes     = str(strings.Repeat("h", 20))
	plainInfo  = ordered("length", "i1e", "name", str("a.iso"), "piece length", "i16384e", "pieces", hashes)
	paddedInfo = ordered("files", list(
		ordered("length", "i1e", "path", list(str("sub"), str("a.iso"))),
		ordered("attr", str("p"), "length", "i16383e", "path", list(str(".pad"), str("16383"))),
		ordered("length", "i1e", "path", list(str("b.iso"))),
	), "name", str("release"), "piece length", "i16384e", "pieces", str(strings.Repeat("h", 40)))
	unsortedInfo = ordered("pieces", hashes, "name", str("a.iso"), "x_cross_seed", str("\x00\xff"), "piece length", "i16384e", "length", "i1e")
	privateInfo  = ordered("length", "i1e", "name", str("a.iso"), "piece length", "i16384e", "pieces", hashes, "private", "i1e")
	hybridInfo   = ordered("file tree", ordered("a.iso", ordered("", ordered("length", "i1e", "pieces root", str(strings.Repeat("r", 32))))),
		"length", "i1e", "meta version", "i2e", "name", str("a.iso"), "piece length", "i16384e", "pieces", hashes)
	v2Info = ordered("file tree", ordered("a.iso", ordered("", ordered("length", "i1e", "pieces root", str(strings.Repeat("r", 32))))),
		"meta version", "i2e", "name", str("a.iso"), "piece length", "i16384e")
)

// shapes are sorted and sound, but for what their names say.
var shapes = map[string]string{
	"Debian": ordered("announce", str(trackerA), "comment", str(`"A CD image"`), "created by", str("mktorrent 1.1"),
		"creation date", "i1717236020e", "httpseeds", list(str("https://m.example.org/a.iso"), str("https://n.example.org/a.iso")),
		"info", plainInfo),
	"PaddedFiles":         ordered("announce", str(trackerA), "info", paddedInfo, "publisher", str("a mirror")),
	"UnsortedInfo":        ordered("announce", str(trackerA), "announce-list", list(list(str(trackerA))), "info", unsortedInfo),
	"ListWithoutAnnounce": ordered("announce-list", list(list(str(trackerB), str(trackerA))), "info", plainInfo),
	"WebseedString":       ordered("info", plainInfo, "url-list", str("http://m.example.org/")),
	"WebseedList":         ordered("info", plainInfo, "url-list", list(str("http://m.example.org/"))),
	"Nodes":               ordered("info", plainInfo, "nodes", list(list(str("router.example.org"), "i6881e"))),
	"UnknownKeys": ordered("", "i-7e", "azureus_properties", ordered("a", "le", "z", "de"), "info", plainInfo,
		"x\xff", str("\x00\xff"), "~", list("i0e", ordered())),
	"Hybrid": ordered("info", hybridInfo, "piece layers", ordered()),
	"V2":     ordered("announce", str(trackerA), "info", v2Info, "piece layers", ordered()),
	"Unusable": ordered("announce", str("wss://w.example.org"), "announce-list", list(list(str("wss://w.example.org"), str("")), list(), list(str("HTTP://A.example.org"))),
		"info", plainInfo),
}

const fresh = "http://ipv6.example.org:6969/announce"

func comment(text string) *string { return &text }

// addFresh is the edit the command is for.
func addFresh() metafile.Changes { return metafile.Changes{AddTiers: [][]string{{fresh}}} }
