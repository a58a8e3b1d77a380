package library

import (
	"path"
	"strings"
)

// names is a set of file names. What it holds is in lower case; the names that are looked up may be in any.
type names struct {
	exact      []string
	beginnings []string
	endings    []string
	extensions map[string]bool // from the last dot on; by far the most names are told by it
}

// temporary are the names of files that some program is still writing, and of what a file system keeps for itself.
// They are left alone, folders too.
var temporary = names{
	exact:      []string{"lost+found"},
	beginnings: []string{"."}, // hidden; rsync's .name.XXXXXX and .~tmp~ among them
	endings:    []string{"~"},
	extensions: map[string]bool{
		".part": true, ".partial": true, ".tmp": true, ".temp": true,
		".crdownload": true,                 // Chromium
		".filepart":   true,                 // WinSCP
		".!qb":        true, ".aria2": true, // qBittorrent, aria2
	},
}

// control are the files whose presence says that the file of the same name without the ending is not finished.
var control = []string{".aria2", ".part"}

// companions are the names of files that stand beside a release and are never made a torrent of: checksums,
// signatures, other ways to the same data, lists and notes. A torrent that somebody else made may name them.
var companions = names{
	exact: []string{"checksum"},
	beginnings: []string{
		"sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "md5sum", "b2sum", "checksums", "readme",
	},
	endings: []string{"-checksum"},
	extensions: map[string]bool{
		".sha1": true, ".sha224": true, ".sha256": true, ".sha384": true, ".sha512": true,
		".sha1sum": true, ".sha224sum": true, ".sha256sum": true, ".sha384sum": true, ".sha512sum": true,
		".sha1sums": true, ".sha256sums": true, ".sha512sums": true,
		".md5": true, ".md5sum": true, ".md5sums": true, ".b2sum": true,
		".checksum": true, ".checksums": true, ".digest": true, ".digests": true,

		".asc": true, ".sig": true, ".gpg": true, ".sign": true, ".minisig": true, ".pem": true,

		".torrent": true, ".magnet": true, ".meta4": true, ".metalink": true, ".zsync": true, ".jigdo": true,
		".template": true,

		".manifest": true, ".list": true, ".packages": true, ".txt": true, ".md": true, ".html": true, ".htm": true,
		".css": true, ".json": true, ".xml": true, ".yaml": true, ".yml": true, ".csv": true, ".log": true,
	},
}

// has reports whether name is in the set.
func (n *names) has(name string) bool {
	name = strings.ToLower(name)
	if n.extensions[path.Ext(name)] {
		return true
	}
	for _, exact := range n.exact {
		if name == exact {
			return true
		}
	}
	for _, beginning := range n.beginnings {
		if strings.HasPrefix(name, beginning) {
			return true
		}
	}
	for _, ending := range n.endings {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

// isTemporary reports whether a file or folder of this name is left alone.
func isTemporary(name string) bool { return temporary.has(name) }

// isCompanion reports whether a file of this name is not a release by itself.
func isCompanion(name string) bool { return companions.has(name) }

// isUnfinished reports whether a control file among its siblings says that name is still being downloaded.
func isUnfinished(name string, siblings map[string]bool) bool {
	for _, ending := range control {
		if siblings[name+ending] {
			return true
		}
	}
	return false
}

// isMetafile reports whether a file of this name should be a .torrent.
func isMetafile(name string) bool { return strings.ToLower(path.Ext(name)) == ".torrent" }
