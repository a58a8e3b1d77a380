package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"time"
)

//go:embed assets
var assetFiles embed.FS

// asset is one embedded file that the page asks for.
type asset struct {
	content     []byte
	contentType string
	etag        string
}

// contentTypes are fixed here: the table of package mime depends on files of the machine it runs on.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// readAssets returns the embedded files by name.
func readAssets() (map[string]asset, error) {
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		return nil, fmt.Errorf("list embedded assets: %w", err)
	}
	assets := make(map[string]asset, len(entries))
	for _, entry := range entries {
		content, err := assetFiles.ReadFile(path.Join("assets", entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("read embedded asset: %w", err)
		}
		assets[entry.Name()] = asset{
			content:     content,
			contentType: contentTypes[path.Ext(entry.Name())],
			etag:        `"` + mark(content) + `"`,
		}
	}
	return assets, nil
}

// mark returns a short text that another content would not have.
func mark(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// serveAsset answers with an embedded file. Browsers keep it, but ask each time whether it is still the same, so that a
// new version of the program never meets the old one's style.
func (s *Server) serveAsset(w http.ResponseWriter, r *http.Request) {
	file, ok := s.assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Type", file.contentType)
	w.Header().Set("Etag", file.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.content))
}
