package web_test

import (
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestServer_Assets(t *testing.T) {
	t.Parallel()
	server := newServer(t, busy())
	seen := map[string]string{}
	for name, kind := range map[string]string{
		"style.css": "text/css; charset=utf-8",
		"live.js":   "text/javascript; charset=utf-8",
		"icon.svg":  "image/svg+xml",
	} {
		got := get(t, server, "/assets/"+name)
		if got.code != http.StatusOK || got.header.Get("Content-Type") != kind || got.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %v", name, got.code, got.header)
		}
		if other := seen[got.header.Get("Etag")]; other != "" {
			t.Errorf("%s passes for %s", name, other)
		}
		seen[got.header.Get("Etag")] = name
		again := get(t, server, "/assets/"+name, func(r *http.Request) { r.Header.Set("If-None-Match", got.header.Get("Etag")) })
		if again.code != http.StatusNotModified || again.body != "" {
			t.Errorf("%s asked for again: %d, %d bytes", name, again.code, len(again.body))
		}
		other := get(t, server, "/assets/"+name, func(r *http.Request) { r.Header.Set("If-None-Match", `"another"`) })
		if other.code != http.StatusOK || other.body != got.body {
			t.Errorf("%s of another version: %d, %d bytes", name, other.code, len(other.body))
		}
	}
}

// A mirror's page asks nobody else for anything, or they would learn who reads it.
func TestPage_AsksNobodyElse(t *testing.T) {
	t.Parallel()
	elsewhere := regexp.MustCompile(`(?i)(https?:)?//[a-z0-9.-]+\.[a-z]+|url\(|@import`)
	for _, folder := range []string{"assets", "templates"} {
		files := os.DirFS(folder)
		err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(files, path)
			// The namespace of SVG is a name that looks like an address.
			text := strings.ReplaceAll(string(content), "http://www.w3.org/2000/svg", "")
			if found := elsewhere.FindString(text); found != "" {
				t.Errorf("%s/%s names %s", folder, path, found)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
