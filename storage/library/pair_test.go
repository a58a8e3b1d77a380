package library

import (
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

// TestPair_Properties makes small libraries up in which names, sizes and contents collide as often as they can.
func TestPair_Properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		torrents := drawTorrents(t)
		opinions := make(map[string]opinion)
		judge := func(torrent *torrent, p *placement) (opinion, string) {
			key := p.key(torrent.meta.InfoHash)
			if _, ok := opinions[key]; !ok {
				opinions[key] = opinion(rapid.IntRange(int(proven), int(disproven)).Draw(t, key))
			}
			return opinions[key], "because"
		}
		checkPlan(t, s, torrents, judge, pair(s, torrents, nil, judge))
	})
}

var (
	drawDir  = rapid.SampledFrom([]string{"/iso", "/iso/a", "/iso/b"})
	drawName = rapid.SampledFrom([]string{"x.iso", "y.iso", "SHA256SUMS"})
	drawSize = rapid.Int64Range(0, 2)
)

func drawSnapshot(t *rapid.T) snapshot {
	s := snapshot{files: make(map[string]*file), dirs: make(map[string]string)}
	for i := range rapid.IntRange(0, 6).Draw(t, "files") {
		path := filepath.Join(drawDir.Draw(t, "dir"), drawName.Draw(t, "name"))
		// An inode in common makes them hard links of each other.
		id := identity{inode: rapid.Uint64Range(1, 5).Draw(t, "inode")}
		size := drawSize.Draw(t, "size")
		for _, other := range s.files {
			if other.id == id {
				size = other.stamp.Size
			}
		}
		s.files[path] = &file{
			seen: path, path: path, id: id, stamp: content.Stamp{Size: size, Inode: id.inode},
			settled: rapid.Bool().Draw(t, fmt.Sprint("settled", i)),
		}
	}
	s.index()
	return s
}

func drawTorrents(t *rapid.T) []*torrent {
	torrents := make([]*torrent, rapid.IntRange(0, 4).Draw(t, "torrents"))
	for i := range torrents {
		name := rapid.SampledFrom([]string{"x.iso", "y.iso"}).Draw(t, "torrent")
		dir := drawDir.Draw(t, "place")
		path := filepath.Join(dir, fmt.Sprintf("%d.torrent", i))
		own := rapid.Bool().Draw(t, "own")
		if own {
			path = filepath.Join("/state/torrents", ownName(name, filepath.Join(dir, name)))
		}
		length := rapid.Int64Range(1, 2).Draw(t, "length")
		torrents[i] = &torrent{path: path, own: own, meta: &metafile.Metafile{
			InfoHash: [20]byte{byte(i + 1)}, Name: name,
			Files: []metafile.File{{Path: []string{name}, Length: length}},
		}}
	}
	return torrents
}

func checkPlan(t *rapid.T, s snapshot, torrents []*torrent, judge judge, p plan) {
	matched, replaced := make(map[*torrent]bool), make(map[*torrent]bool)
	served := make(map[identity]bool)
	for _, m := range p.matches {
		matched[m.torrent] = true
		if m.at == nil {
			continue
		}
		f := s.files[m.at.root]
		if f.name() != m.torrent.meta.Name || f.stamp.Size != m.torrent.meta.Files[0].Length {
			t.Errorf("%s has data at %s of %d bytes", m.torrent.path, m.at.root, f.stamp.Size)
		}
		if m.opinion != disproven || !m.torrent.own {
			served[f.id] = true
		}
	}
	seen := make(map[identity]bool)
	for _, o := range p.orphans {
		if o.replaces != nil {
			replaced[o.replaces] = true
		}
		if served[o.file.id] && !onlyDisproven(p, o.file.id) {
			t.Errorf("%s has a torrent and is an orphan", o.file.path)
		}
		if seen[o.file.id] || o.file.stamp.Size == 0 || isCompanion(o.file.name()) {
			t.Errorf("%s is no orphan", o.file.path)
		}
		seen[o.file.id] = true
	}
	for _, torrent := range torrents {
		if !matched[torrent] && !replaced[torrent] {
			t.Errorf("%s was lost", torrent.path)
		}
		checkBest(t, s, torrent, judge, p)
	}
}

// onlyDisproven reports whether the file is the data of nothing but torrents elsewhere that it is known not to fit.
func onlyDisproven(p plan, id identity) bool {
	for _, m := range p.matches {
		if m.at != nil && m.at.ids[0] == id && (m.opinion != disproven || m.at.beside) {
			return false
		}
	}
	return true
}

// checkBest checks that a torrent has the best data there are for it, and that its own place is not given away.
func checkBest(t *rapid.T, s snapshot, torrent *torrent, judge judge, p plan) {
	best := disproven + 1
	for _, f := range s.files {
		if f.name() == torrent.meta.Name && f.stamp.Size == torrent.meta.Files[0].Length {
			opinion, _ := judge(torrent, whole(f))
			best = min(best, opinion)
		}
	}
	for _, m := range p.matches {
		if m.torrent == torrent && m.at != nil && m.opinion != best {
			t.Errorf("%s: data of opinion %d, and there are better: %d", torrent.path, m.opinion, best)
		}
		if m.torrent == torrent && m.at == nil && best < disproven {
			t.Errorf("%s: no data, and there are some", torrent.path)
		}
	}
	home := s.files[filepath.Join(filepath.Dir(torrent.path), torrent.meta.Name)]
	for _, o := range p.orphans {
		if home != nil && o.file.id == home.id && !torrent.own {
			t.Errorf("%s stands beside %s and is an orphan", home.path, torrent.path)
		}
	}
}

func TestPair_Holds(t *testing.T) {
	t.Parallel()
	s := snapshot{files: map[string]*file{}, dirs: map[string]string{}}
	for i, path := range []string{"/iso/growing/a.iso", "/iso/b.iso", "/iso/c.iso"} {
		id := identity{inode: uint64(i + 1)}
		s.files[path] = &file{seen: path, path: path, id: id, stamp: content.Stamp{Size: 1}, settled: path != "/iso/c.iso"}
	}
	s.index()
	p := pair(s, nil, map[string]bool{"/iso/growing": true}, nil)
	want := map[string]string{
		"/iso/growing/a.iso": "a .torrent beside it is still growing", "/iso/b.iso": "", "/iso/c.iso": "still growing",
	}
	if len(p.orphans) != len(want) {
		t.Fatalf("orphans %+v", p.orphans)
	}
	for _, o := range p.orphans {
		if o.held != want[o.file.path] {
			t.Errorf("%s held because %q, want %q", o.file.path, o.held, want[o.file.path])
		}
	}
}
