package metafile

import "time"

// readOuter reads the keys beside "info". Nothing in them changes the data, so what is wrong is a warning.
func (m *Metafile) readOuter(outer dictionary) {
	m.readText(outer, "comment", &m.Comment)
	m.readText(outer, "created by", &m.CreatedBy)
	m.readCreated(outer)
	m.readLayers(outer)
	m.readAnnounce(outer)
	m.readWebseeds(outer)
}

func (m *Metafile) readText(outer dictionary, key string, place *string) {
	if err := outer.decode(key, place); err != nil {
		m.warn("%v", err)
	}
}

// lastSecond is the last moment that has a date with four digits for the year, in seconds since 1970.
const lastSecond = 253402300799

// readCreated fills in when the torrent was made.
func (m *Metafile) readCreated(outer dictionary) {
	if _, ok := outer["creation date"]; !ok {
		return
	}
	var seconds int64
	if err := outer.decode("creation date", &seconds); err != nil {
		m.warn("%v", err)
		return
	}
	if seconds < 0 || seconds > lastSecond {
		m.warn(`key "creation date": %d is no date`, seconds)
		return
	}
	m.Created = time.Unix(seconds, 0).UTC()
}
