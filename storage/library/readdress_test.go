package library_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/library"
	"sixseed/storage/metafile"
)

// TestLibrary_MadeTorrentsFollowTheSettings changes the trackers that .torrent files are made with, while the library runs
// and while it does not. Those that are there follow, under the same info-hash and without being hashed again.
func TestLibrary_MadeTorrentsFollowTheSettings(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.write("debian/a.iso", random(1, megabyte))
	foreign, _ := single(t, "b.iso", random(2, megabyte))
	lab.write("b.iso", random(2, megabyte))
	lab.write("b.iso.torrent", foreign)
	lab.start()
	first := lab.awaitRelease("a.iso", library.Seeding)
	lab.awaitRelease("b.iso", library.Seeding)

	expect := func(tiers [][]string, webseeds []string) {
		t.Helper()
		lab.await("the new trackers", func() bool {
			m, err := metafile.Load(first.MetafilePath)
			return err == nil && cmp.Equal(m.Tiers, tiers) && cmp.Equal(m.Webseeds, webseeds) && m.InfoHash == first.InfoHash
		})
	}
	settings := lab.config.Settings
	settings.Trackers = [][]string{{"http://a.example.org/announce"}, {"udp://b.example.org:6969"}}
	settings.Webseeds = []string{"https://mirror.example.org/iso/"}
	if err := lab.library.Reconfigure(settings); err != nil {
		t.Fatal(err)
	}
	expect(settings.Trackers, []string{"https://mirror.example.org/iso/debian/"})
	lab.await("handing over anew", func() bool { came, gone := lab.sink.counts(); return came == 3 && gone == 1 })

	if names, _ := lab.progress.hashed(); len(names) != 2 {
		t.Errorf("hashed %q, want each once", names)
	}

	lab.config.Settings = settings
	lab.config.Settings.Trackers = settings.Trackers[:1]
	lab.config.Settings.Webseeds = nil
	lab.restart()
	expect(lab.config.Settings.Trackers, nil)
	lab.awaitRelease("a.iso", library.Seeding)
	if names, _ := lab.progress.hashed(); len(names) != 0 {
		t.Errorf("hashed %q after a restart", names)
	}
	if m, err := metafile.Load(lab.path("b.iso.torrent")); err != nil || len(m.Tiers) != 0 {
		t.Errorf("a .torrent of somebody else's was edited: %+v, %v", m.Tiers, err)
	}
}
