package library

import (
	"crypto/sha1"
	"encoding/hex"
	"net/url"
	"path/filepath"
	"strings"
)

// longestName is how much of a release's name goes into the name of its .torrent: file systems allow 255 bytes.
const longestName = 200

// ownName is the file name of the .torrent made for the data called name at path. It depends on the path alone, so
// that the .torrent of a replaced file replaces that of the file before.
func ownName(name, path string) string {
	if len(name) > longestName {
		name = strings.ToValidUTF8(name[:longestName], "")
	}
	sum := sha1.Sum([]byte(path))
	return name + "." + hex.EncodeToString(sum[:4]) + ".torrent"
}

// webseedsFor returns the web seeds of the file found at path. A URL that ends in a slash stands for a library
// directory, and the folders below it are added; the client adds the name itself (BEP 19).
func webseedsFor(bases, roots []string, path string) []string {
	var folders string
	for _, root := range roots {
		if relative, err := filepath.Rel(root, filepath.Dir(path)); err == nil && isWithin(path, root) && relative != "." {
			folders = escape(relative) + "/"
		}
	}
	webseeds := make([]string, 0, len(bases))
	for _, base := range bases {
		if strings.HasSuffix(base, "/") {
			base += folders
		}
		webseeds = append(webseeds, base)
	}
	return webseeds
}

func escape(path string) string {
	elements := strings.Split(path, "/")
	for i, element := range elements {
		elements[i] = url.PathEscape(element)
	}
	return strings.Join(elements, "/")
}
