package library_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anacrolix/torrent/bencode"
	"golang.org/x/sys/unix"

	"sixseed/storage/library"
)

func TestNew_Refuses(t *testing.T) {
	t.Parallel()
	t.Run("NoTorrentsDir", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		lab.config.TorrentsDir = ""
		if _, err := library.New(lab.config); err == nil {
			t.Error("no error")
		}
	})
	t.Run("TorrentsInsideLibrary", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		lab.config.TorrentsDir = lab.path("state/torrents")
		lab.mkdir("state/torrents")
		_, err := library.New(lab.config)
		if err == nil || !strings.Contains(err.Error(), lab.dir) || !strings.Contains(err.Error(), lab.config.TorrentsDir) {
			t.Errorf("error %v, want one that names both", err)
		}
	})
	t.Run("FileForTorrentsDir", func(t *testing.T) {
		t.Parallel()
		lab := newLab(t)
		if err := os.WriteFile(lab.torrents, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := library.New(lab.config); err == nil || !strings.Contains(err.Error(), lab.torrents) {
			t.Errorf("error %v, want one that names it", err)
		}
	})
}

func TestLibrary_BadTorrents(t *testing.T) {
	t.Parallel()
	data := random(1, 100*kilobyte)
	good, _ := single(t, "a.iso", data)
	hostile := multi(t, "release", part{[]string{"..", "..", "etc", "passwd"}, data})
	absolute := multi(t, "/etc", part{[]string{"passwd"}, data})
	outer := map[string]bencode.Bytes{}
	if err := bencode.Unmarshal(good, &outer); err != nil {
		t.Fatal(err)
	}
	outer["announce"] = bencode.MustMarshal("foo://tracker.example.org/announce")
	odd := bencode.MustMarshal(outer)

	lab := newLab(t)
	lab.write("a.iso", data)
	lab.write("a.torrent", odd)
	lab.write("twice.torrent", good)
	lab.write("random.torrent", random(2, 1000))
	lab.write("empty.torrent", nil)
	lab.write("hostile.torrent", hostile)
	lab.write("absolute.torrent", absolute)
	lab.write("v2.torrent", v2Only(t, "a.iso"))
	lab.write("fine.iso", random(3, 1000))
	lab.start()
	lab.await("what is fine", func() bool { return slices.Equal(lab.sink.names(), []string{"a.iso", "fine.iso"}) })

	problems := make(map[string]string)
	for _, p := range lab.library.Problems() {
		problems[filepath.Base(p.Subject)] = p.Text
	}
	for name, want := range map[string]string{
		"a.torrent":        "foo://tracker.example.org/announce",
		"twice.torrent":    "has the info-hash of " + lab.path("a.torrent"),
		"random.torrent":   "not a torrent",
		"empty.torrent":    "not a torrent",
		"hostile.torrent":  `".."`,
		"absolute.torrent": `"/etc"`,
		"v2.torrent":       `"a.iso" is a v2-only torrent, which sixseed does not seed yet`,
	} {
		if !strings.Contains(problems[name], want) {
			t.Errorf("%s: problem %q, want one with %q", name, problems[name], want)
		}
	}
	if len(problems) != 7 {
		t.Errorf("problems %q, want 7", problems)
	}
	lab.remove("random.torrent")
	lab.await("a problem less", func() bool { return len(lab.library.Problems()) == 6 })
	lab.awaitIdle()
	if got := strings.Count(lab.log.String(), "hostile.torrent"); got != 1 {
		t.Errorf("the problem was logged %d times:\n%s", got, lab.log)
	}
}

func TestLibrary_TorrentBesideWinsOverTorrentsDir(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	data := random(1, 100*kilobyte)
	torrent, infoHash := single(t, "a.iso", data)
	if err := os.MkdirAll(lab.torrents, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lab.torrents, "a.torrent"), torrent, 0o644); err != nil {
		t.Fatal(err)
	}
	lab.write("a.iso", data)
	lab.start()
	lab.awaitRelease("a.iso", library.Seeding)
	lab.write("z.torrent", torrent)
	lab.await("the one beside it", func() bool {
		return lab.awaitRelease("a.iso", library.Seeding).MetafilePath == lab.path("z.torrent")
	})
	if problems := lab.library.Problems(); len(problems) != 0 || !lab.sink.has(infoHash) {
		t.Errorf("problems %+v, seeding %q", problems, lab.sink.names())
	}
}

func TestLibrary_LeavesAlone(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	for _, name := range []string{
		".hidden.iso", ".tmp/a.iso", "a.iso.part", "b.iso.tmp", "c.iso~", "d.iso.aria2", "d.iso", "lost+found/e.iso",
		"SHA256SUMS", "f.iso.asc", "g-CHECKSUM", "README.html", "h.zsync",
	} {
		lab.write(name, random(1, 1000))
	}
	lab.write("zero.iso", nil)
	lab.write("release.iso", random(2, 1000))
	if err := unix.Mkfifo(lab.path("pipe.iso"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(lab.path("pipe.torrent"), 0o644); err != nil {
		t.Fatal(err)
	}
	lab.start()
	lab.awaitRelease("release.iso", library.Seeding)
	lab.awaitIdle()
	if r := lab.library.Releases(); len(r) != 1 {
		t.Errorf("releases %+v, want one", r)
	}
	if p := lab.library.Problems(); len(p) != 0 {
		t.Errorf("problems %+v", p)
	}
	lab.remove("d.iso.aria2")
	lab.awaitRelease("d.iso", library.Seeding)
}

func TestLibrary_Symlinks(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	outside := filepath.Join(filepath.Dir(lab.dir), "secret.iso")
	if err := os.WriteFile(outside, random(1, 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	torrent, infoHash := single(t, "latest.iso", random(2, 1000))
	lab.write("releases/1.0.iso", random(2, 1000))
	lab.write(".pool/data", random(3, 1000))
	lab.write("torrents/latest.iso.torrent", torrent)
	lab.symlink("releases/1.0.iso", "latest.iso")
	lab.symlink("releases", "current")
	lab.symlink("..", "releases/loop")
	lab.symlink(".pool/data", "pooled.iso")
	lab.symlink("../secret.iso", "out.iso")
	lab.symlink("/etc", "out")
	lab.symlink("round", "round")
	lab.symlink("nothing", "dangling.iso")
	lab.start()
	lab.await("what is inside", func() bool {
		return slices.Equal(lab.sink.names(), []string{"latest.iso", "pooled.iso"})
	})
	if !lab.sink.has(infoHash) {
		t.Error("the torrent of the symlink's name is not seeded")
	}
	if r := lab.awaitRelease("latest.iso", library.Seeding); r.DataPath != lab.path("releases/1.0.iso") {
		t.Errorf("data %s, want the symlink's target", r.DataPath)
	}
	want := []library.Problem{
		{Subject: lab.path("dangling.iso"), Text: "symlink cannot be followed: no such file or directory"},
		{Subject: lab.path("out"), Text: "symlink leads out of the library, to /etc"},
		{Subject: lab.path("out.iso"), Text: "symlink leads out of the library, to " + outside},
		{Subject: lab.path("round"), Text: "symlink cannot be followed: EvalSymlinks: too many links"},
	}
	if got := lab.library.Problems(); !slices.Equal(got, want) {
		t.Errorf("problems %+v\nwant %+v", got, want)
	}
}

func TestLibrary_SymlinkedFolderOfMultiFileTorrent(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	parts := []part{{[]string{"a.iso"}, random(1, 1000)}, {[]string{"sub", "b.iso"}, random(2, 1000)}}
	lab.write("release.torrent", multi(t, "release", parts...))
	lab.write("2026/a.iso", parts[0].data)
	lab.write("shared/b.iso", parts[1].data)
	lab.symlink("2026", "release")
	lab.symlink("../shared", "2026/sub")
	lab.start()
	if r := lab.awaitRelease("release", library.Seeding); r.DataPath != lab.path("2026") {
		t.Errorf("data %s", r.DataPath)
	}
}

func TestLibrary_Unreadable(t *testing.T) {
	if !withoutPrivileges(t) {
		return
	}
	lab := newLab(t)
	lab.config.Rescan = 100 * time.Millisecond
	torrent, _ := single(t, "b.iso", random(2, 1000))
	lab.write("a.iso", random(1, 1000))
	lab.write("b.iso", random(2, 1000))
	lab.write("b.iso.torrent", torrent)
	lab.write("c.torrent", torrent)
	lab.write("dir/d.iso", random(4, 1000))
	lab.write("fine.iso", random(5, 1000))
	locked := []string{"a.iso", "b.iso", "c.torrent", "dir"}
	for _, name := range locked {
		if err := os.Chmod(lab.path(name), 0); err != nil {
			t.Fatal(err)
		}
	}
	lab.start()
	lab.awaitRelease("fine.iso", library.Seeding)
	denied := func(name string) string { return "open " + lab.path(name) + ": permission denied" }
	lab.awaitProblem(library.Problem{Subject: lab.path("a.iso"), Text: denied("a.iso")})
	lab.awaitProblem(library.Problem{Subject: lab.path("b.iso"), Text: denied("b.iso")})
	lab.awaitProblem(library.Problem{Subject: lab.path("c.torrent"), Text: "cannot be read: permission denied"})
	lab.awaitProblem(library.Problem{Subject: lab.path("dir"), Text: "cannot be read: permission denied"})
	for _, name := range locked {
		if err := os.Chmod(lab.path(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	lab.await("all", func() bool {
		return slices.Equal(lab.sink.names(), []string{"a.iso", "b.iso", "d.iso", "fine.iso"})
	})
}

func TestLibrary_TorrentsDirFails(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.config.Rescan = 100 * time.Millisecond
	lab.start()
	if err := os.Remove(lab.torrents); err != nil {
		t.Fatal(err)
	}
	lab.write("a.iso", random(1, megabyte))
	r := lab.awaitRelease("a.iso", library.Broken)
	if !strings.Contains(r.Problem, lab.torrents) || !strings.Contains(r.Problem, "no such file or directory") {
		t.Errorf("problem %q", r.Problem)
	}
	if err := os.Mkdir(lab.torrents, 0o755); err != nil {
		t.Fatal(err)
	}
	lab.awaitRelease("a.iso", library.Seeding)
	if _, hashed := lab.progress.hashed(); hashed != megabyte {
		t.Errorf("hashed %d bytes: a .torrent that could not be written was made anew", hashed)
	}
}

func TestLibrary_ImpossibleTracker(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.config.Settings.Trackers = [][]string{{"foo://tracker.example.org"}}
	lab.write("a.iso", random(1, megabyte))
	lab.start()
	if r := lab.awaitRelease("a.iso", library.Broken); !strings.Contains(r.Problem, "foo://tracker.example.org") {
		t.Errorf("problem %q", r.Problem)
	}
	if _, hashed := lab.progress.hashed(); hashed != 0 {
		t.Errorf("hashed %d bytes for a .torrent that cannot be made", hashed)
	}
}

func TestLibrary_ForgetfulVerifications(t *testing.T) {
	t.Parallel()
	lab := newLab(t)
	lab.memory.err = errors.New("disk full")
	lab.write("a.iso", random(1, 1000))
	lab.write("b.iso", random(2, 1000))
	lab.start()
	lab.await("both", func() bool { return len(lab.sink.names()) == 2 })
	lab.awaitIdle()
	if got := strings.Count(lab.log.String(), "disk full"); got != 1 {
		t.Errorf("logged %d times:\n%s", got, lab.log)
	}
}
