package metafile

import "github.com/anacrolix/torrent/bencode"

// maxURLs is how many trackers, and how many webseeds, one torrent may name. More serve nobody and are only work.
const maxURLs = 200

// readAnnounce fills in the tiers. BEP 12: with an "announce-list" there, "announce" is ignored.
func (m *Metafile) readAnnounce(outer dictionary) {
	m.addTiers(m.announceList(outer))
	if len(m.Tiers) > 0 {
		return
	}
	var announce string
	if err := outer.decode("announce", &announce); err != nil {
		m.warn("%v", err)
	}
	m.addTiers([][]string{{announce}})
}

// announceList returns the tiers as they are written. A flat list of URLs, against BEP 12 but found in the wild, is
// one tier.
func (m *Metafile) announceList(outer dictionary) [][]string {
	var entries []bencode.Bytes
	if err := outer.decode("announce-list", &entries); err != nil {
		m.warn("%v", err)
	}
	var tiers [][]string
	var flat []string
	for i, entry := range entries {
		tier, err := stringOrList(entry)
		switch {
		case err != nil:
			m.warn(`key "announce-list": tier %d: %v`, i, err)
		case entry[0] == 'l':
			tiers = append(tiers, tier)
		default:
			flat = append(flat, tier...)
		}
	}
	return append(tiers, flat)
}

// stringOrList decodes a string, or a list of strings.
func stringOrList(raw bencode.Bytes) (list []string, err error) {
	if raw[0] == 'l' {
		err = bencode.Unmarshal(raw, &list)
		return list, err
	}
	var text string
	err = bencode.Unmarshal(raw, &text)
	return []string{text}, err
}

// addTiers adds the URLs that can be announced to and are not there yet. A tier of which nothing is left vanishes.
func (m *Metafile) addTiers(tiers [][]string) {
	seen := map[string]bool{}
	for _, tier := range tiers {
		if kept := m.usable(tier, seen, tracker); len(kept) > 0 {
			m.Tiers = append(m.Tiers, kept)
		}
	}
}

// readWebseeds fills in the webseeds. BEP 19: "url-list" is one URL or a list of them.
func (m *Metafile) readWebseeds(outer dictionary) {
	raw := outer["url-list"]
	if raw == nil {
		return
	}
	urls, err := stringOrList(raw)
	if err != nil {
		m.warn(`key "url-list": %v`, err)
		return
	}
	m.Webseeds = m.usable(urls, map[string]bool{}, webseed)
}

// usable returns those of urls that something can be asked of, without those in seen, and adds them to seen.
func (m *Metafile) usable(urls []string, seen map[string]bool, kind urlKind) []string {
	var kept []string
	for _, raw := range urls {
		if raw == "" {
			continue // some creators write an empty URL for none
		}
		if len(seen) == maxURLs {
			m.warn("more than %d %ss: the rest is left out", maxURLs, kind.name)
			break
		}
		normal, err := kind.check(raw)
		if err != nil {
			m.warn("%v", err)
			continue
		}
		if !seen[normal] {
			kept = append(kept, normal)
		}
		seen[normal] = true
	}
	return kept
}
