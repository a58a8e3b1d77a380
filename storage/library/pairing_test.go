package library_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sixseed/storage/library"
)

func TestLibrary_TorrentBeside(t *testing.T) {
	t.Parallel()
	data := random(1, 300*kilobyte)
	torrent, infoHash := single(t, "a.iso", data)

	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		lab.write("a.torrent", torrent)
		lab.write("a.iso", data)
		lab.start()
		lab.awaitRelease("a.iso", library.Seeding)
		if !lab.sink.has(infoHash) || len(lab.metafiles()) != 0 {
			t.Errorf("seeding %q, made %q", lab.sink.names(), lab.metafiles())
		}
	})
	t.Run("Edited", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		lab.write("a.torrent", torrent)
		lab.write("a.iso", data)
		lab.start()
		lab.awaitRelease("a.iso", library.Seeding)
		edited := append([]byte("d8:announce31:http://t.example.org/announce/x"), torrent[1:]...)
		if infoHashOf(t, edited) != infoHash {
			t.Fatal("the edited .torrent is another torrent")
		}
		lab.write("a.torrent", edited)
		lab.await("the new trackers", func() bool { came, gone := lab.sink.counts(); return came == 2 && gone == 1 })
		if names, _ := lab.progress.hashed(); len(names) != 1 {
			t.Errorf("hashed %q, want once", names)
		}
	})
	t.Run("DataElsewhere", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		lab.write("torrents/a.torrent", torrent)
		lab.write("other/a.iso", random(2, len(data))) // same name, same size
		lab.write("right/a.iso", data)
		lab.start()
		lab.await("both", func() bool { return len(lab.sink.names()) == 2 })
		if !lab.sink.has(infoHash) {
			t.Error("the right one was not found")
		}
		for _, r := range lab.library.Releases() {
			if want := lab.path("right/a.iso"); r.InfoHash == infoHash && r.DataPath != want {
				t.Errorf("data %s, want %s", r.DataPath, want)
			}
		}
	})
	t.Run("InTorrentsDir", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		lab.write("sub/a.iso", data)
		if err := os.MkdirAll(lab.torrents, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(lab.torrents, "x.torrent"), torrent, 0o644); err != nil {
			t.Fatal(err)
		}
		lab.start()
		lab.awaitRelease("a.iso", library.Seeding)
		if !lab.sink.has(infoHash) || len(lab.metafiles()) != 1 {
			t.Errorf("seeding %q, made %q", lab.sink.names(), lab.metafiles())
		}
	})
}

func TestLibrary_TorrentBeforeItsData(t *testing.T) {
	t.Parallel()
	data := random(1, 300*kilobyte)
	torrent, infoHash := single(t, "a.iso", data)
	lab := newLab(t)
	lab.config.Settings.CreateTorrents = false
	lab.write("a.torrent", torrent)
	lab.start()
	if r := lab.awaitRelease("a.iso", library.Waiting); r.Problem != "no data for it in the library" {
		t.Errorf("release %+v", r)
	}
	lab.write("deep/down/a.iso", data)
	lab.awaitRelease("a.iso", library.Seeding)
	lab.remove("a.torrent")
	lab.await("the torrent to be gone", func() bool { return !lab.sink.has(infoHash) })
}

func TestLibrary_WrongDataBeside(t *testing.T) {
	t.Parallel()
	data := random(1, 300*kilobyte)
	torrent, _ := single(t, "a.iso", data)

	t.Run("OneByteShort", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		lab.write("a.torrent", torrent)
		lab.write("a.iso", data[1:])
		lab.start()
		lab.awaitRelease("a.iso", library.Broken)
		lab.awaitProblem(library.Problem{
			Subject: lab.path("a.torrent"), Text: "a.iso is 307199 bytes, the torrent says 307200",
		})
		lab.awaitIdle()
		if names := lab.sink.names(); len(names) != 0 || len(lab.metafiles()) != 0 {
			t.Errorf("seeding %q, made %q", names, lab.metafiles())
		}
	})
	t.Run("OneByteWrong", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		wrong := bytes.Clone(data)
		wrong[pieceLength]++
		lab.write("a.torrent", torrent)
		lab.write("a.iso", wrong)
		lab.start()
		r := lab.awaitRelease("a.iso", library.Broken)
		want := "1 of 19 pieces are wrong: piece 1: " + lab.path("a.iso") + " bytes 16384 to 32767"
		if r.Problem != want {
			t.Errorf("problem %q, want %q", r.Problem, want)
		}
		lab.restart()
		lab.awaitRelease("a.iso", library.Broken)
		if names, _ := lab.progress.hashed(); len(names) != 0 {
			t.Errorf("a broken file was hashed again at the restart: %q", names)
		}
		lab.write("a.iso", data)
		lab.awaitRelease("a.iso", library.Seeding)
	})
}

func TestLibrary_MultiFileTorrent(t *testing.T) {
	t.Parallel()
	files := []part{
		{[]string{"disc 1.iso"}, random(1, 100*kilobyte)},
		{[]string{"sub", "disc 2.iso"}, random(2, 100*kilobyte)},
		{[]string{"sub", "empty"}, nil},
		{[]string{".disk", "info"}, []byte("hidden\n")},
		{[]string{"SHA256SUMS"}, []byte("sums\n")},
	}
	torrent := multi(t, "release", files...)
	put := func(lab *lab, folder string) {
		for _, f := range files {
			lab.write(filepath.Join(append([]string{folder}, f.path...)...), f.data)
		}
	}

	t.Run("OK", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		lab.write("release.torrent", torrent)
		put(lab, "release")
		lab.start()
		r := lab.awaitRelease("release", library.Seeding)
		if r.DataPath != lab.path("release") || r.Size != 200*kilobyte+7+5 {
			t.Errorf("release %+v", r)
		}
		if got := lab.metafiles(); len(got) != 0 {
			t.Errorf("made %q of files that a torrent names", got)
		}
		lab.remove("release/sub/empty")
		if r := lab.awaitRelease("release", library.Waiting); r.Problem != "sub/empty is missing" {
			t.Errorf("release %+v", r)
		}
	})
	t.Run("FolderElsewhere", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		lab.write("torrents/x.torrent", torrent)
		put(lab, "a/b/release")
		lab.start()
		lab.awaitRelease("release", library.Seeding)
	})
	t.Run("WrongSize", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		lab.write("release.torrent", torrent)
		put(lab, "release")
		lab.write("release/sub/disc 2.iso", random(3, 7))
		lab.start()
		r := lab.awaitRelease("release", library.Broken)
		if r.Problem != "sub/disc 2.iso is 7 bytes, the torrent says 102400" {
			t.Errorf("problem %q", r.Problem)
		}
	})
	t.Run("HiddenFileChanges", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		lab.config.Rescan = 50 * time.Millisecond // hidden folders are not watched
		lab.write("release.torrent", torrent)
		put(lab, "release")
		lab.start()
		lab.awaitRelease("release", library.Seeding)
		lab.write("release/.disk/info", []byte("HIDDEN\n"))
		lab.awaitRelease("release", library.Broken)
	})
}
