package library

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

func TestOwnName(t *testing.T) {
	t.Parallel()
	if got, want := ownName("a.iso", "/srv/iso/a.iso"), "a.iso.f83f620c.torrent"; got != want {
		t.Errorf("got %q, want %q: a name that changes makes a second .torrent after an upgrade", got, want)
	}
	if ownName("a.iso", "/srv/one/a.iso") == ownName("a.iso", "/srv/two/a.iso") {
		t.Error("files of one name in two folders share a .torrent")
	}
	if got := ownName(strings.Repeat("ä", 120), "/srv/x"); len(got) > 255 || strings.ToValidUTF8(got, "") != got {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

func TestCatalog_IsOwn(t *testing.T) {
	t.Parallel()
	c := newCatalog("/state/torrents", "sixseed/2.0")
	for _, test := range []struct {
		path, createdBy string
		want            bool
	}{
		{"/state/torrents/a.torrent", "sixseed/2.0", true},
		{"/state/torrents/a.torrent", "sixseed/1.9", true},
		{"/state/torrents/a.torrent", "mktorrent 1.1", false},
		{"/state/torrents/a.torrent", "", false},
		{"/iso/a.torrent", "sixseed/2.0", false},
	} {
		if got := c.isOwn(test.path, &metafile.Metafile{CreatedBy: test.createdBy}); got != test.want {
			t.Errorf("%s by %q: own %v, want %v", test.path, test.createdBy, got, test.want)
		}
	}
}

func TestWebseedsFor(t *testing.T) {
	t.Parallel()
	bases := []string{"https://mirror.example.org/iso/", "https://mirror.example.org/one.iso"}
	roots := []string{"/srv/iso", "/srv/more iso"}
	for path, want := range map[string]string{
		"/srv/iso/a.iso":                    "https://mirror.example.org/iso/",
		"/srv/iso/debian/13 (trixie)/a.iso": "https://mirror.example.org/iso/debian/13%20%28trixie%29/",
		"/srv/more iso/x/a.iso":             "https://mirror.example.org/iso/x/",
	} {
		if diff := cmp.Diff([]string{want, bases[1]}, webseedsFor(bases, roots, path)); diff != "" {
			t.Errorf("%s: -want +got\n%s", path, diff)
		}
	}
}
