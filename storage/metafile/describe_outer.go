package metafile

import (
	"net"
	"strconv"
	"time"
)

// readOuter fills in what the keys beside the info dictionary say.
func (d *Description) readOuter(outer members) {
	d.Announce = d.text(outer, "announce")
	d.readTiers(outer)
	d.Webseeds = append(d.Webseeds, withoutEmpty(d.texts(outer, "url-list"))...)
	d.HTTPSeeds = withoutEmpty(d.texts(outer, "httpseeds"))
	d.readNodes(outer)
	d.Comment = d.text(outer, "comment")
	d.CreatedBy = d.text(outer, "created by")
	d.readCreated(outer)
	d.UnknownKeys = unknown(outer, keys("info", "announce", "announce-list", "url-list", "httpseeds", "nodes", "comment",
		"created by", "creation date", "piece layers", "encoding"))
}

// readTiers fills in the tiers. A flat list of URLs, against BEP 12 but found in the wild, is one tier; and without a
// list "announce" is.
func (d *Description) readTiers(outer members) {
	value := outer.get("announce-list")
	items, ok := value.items()
	var flat []string
	for _, item := range items {
		urls, areTexts := item.texts()
		ok = ok && areTexts
		urls = withoutEmpty(urls)
		switch {
		case len(urls) == 0:
		case item[0] == 'l':
			d.Tiers = append(d.Tiers, urls)
		default:
			flat = append(flat, urls...)
		}
	}
	d.expect(value == nil || ok, "announce-list", "a list of lists of strings")
	if len(flat) > 0 {
		d.Tiers = append(d.Tiers, flat)
	}
	if len(d.Tiers) == 0 && d.Announce != "" {
		d.Tiers = [][]string{{d.Announce}}
	}
}

// readNodes fills in the nodes of the DHT: a list of lists of a host and a port.
func (d *Description) readNodes(outer members) {
	value := outer.get("nodes")
	items, ok := value.items()
	for _, item := range items {
		node, _ := item.items()
		if len(node) != 2 {
			ok = false
			continue
		}
		host, hostOK := node[0].text()
		port, portOK := node[1].number()
		ok = ok && hostOK && portOK
		d.Nodes = append(d.Nodes, net.JoinHostPort(host, strconv.FormatInt(port, 10)))
	}
	d.expect(value == nil || ok, "nodes", "a list of hosts and ports")
}

// readCreated fills in the date, if it is one that can be written with a year of four digits.
func (d *Description) readCreated(outer members) {
	if outer.get("creation date") == nil {
		return
	}
	seconds := d.number(outer, "creation date")
	created := time.Unix(seconds, 0).UTC()
	if year := created.Year(); year < 1970 || year > 9999 {
		d.note("impossible-date", `key "creation date" is before 1970 or after 9999: %d`, seconds)
		return
	}
	d.Created = &created
}

// withoutEmpty returns texts without the empty ones, which some creators write for none.
func withoutEmpty(texts []string) []string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}
