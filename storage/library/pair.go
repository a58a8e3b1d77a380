package library

import (
	"cmp"
	"path/filepath"
	"slices"
)

// opinion is what is known of a placement's bytes.
type opinion int

// The opinions, best first.
const (
	proven    opinion = iota // every piece is right
	unproven                 // not hashed yet
	unsettled                // still growing
	unread                   // could not be hashed, and will be tried again
	disproven                // pieces are wrong
)

// judge says what is known of a placement's bytes as the data of a torrent, and if that is bad, why.
type judge func(t *torrent, p *placement) (opinion, string)

// plan says which data belong to which torrent.
type plan struct {
	matches []match
	orphans []orphan
}

// match is what there is for one torrent.
type match struct {
	torrent *torrent
	at      *placement // nil if no data fit by name and size
	opinion opinion    // of at
	problem string     // what is wrong with at, or why there is none
	broken  bool       // there are data in the torrent's own place, but not its
}

// isMemory reports whether a torrent that was made here has outlived its data. It is kept for the day they come back, as
// they are seeded under the same info-hash then, and is nobody's concern until that day.
func (m match) isMemory() bool { return m.torrent.own && m.problem == noData }

// orphan is a file that no torrent names.
type orphan struct {
	file     *file
	metafile string   // the base name of the .torrent to be made for it
	held     string   // why that must wait
	replaces *torrent // of that name, made for what was there before
}

// pairing is the work of pair.
type pairing struct {
	snapshot
	judge   judge
	claimed map[identity]bool
}

// pair decides which data belong to which torrent, and which files are left. Torrents come in the order of their
// precedence; growing are the folders where a .torrent is still being written.
func pair(s snapshot, torrents []*torrent, growing map[string]bool, judge judge) plan {
	p := pairing{snapshot: s, judge: judge, claimed: make(map[identity]bool)}
	var result plan
	for _, t := range torrents {
		result.matches = append(result.matches, p.match(t))
	}
	result.orphans = p.orphans(growing)
	result.supersede()
	return result
}

// match finds the data of one torrent: beside it first, then anywhere by name and size. Of several that fit, those
// known to be right go first, those known to be wrong last.
func (p *pairing) match(t *torrent) match {
	fitting, wrong := p.candidates(t)
	m := match{torrent: t, opinion: disproven}
	for _, candidate := range fitting {
		known, problem := p.judge(t, candidate)
		if m.at == nil || known < m.opinion {
			m.at, m.opinion, m.problem = candidate, known, problem
		}
		if known == proven || candidate.beside && !t.own {
			p.claim(candidate.ids)
		}
	}
	if m.at != nil && m.opinion > proven && m.opinion < disproven {
		p.claimAll(t, fitting)
	}
	if wrong != nil {
		p.claim(wrong.ids) // what stands beside a .torrent is not made another torrent of
	}
	switch {
	case m.at == nil:
		m.explain(wrong)
	case m.opinion == disproven && t.own: // the file is another release by now
		m.at, m.problem = nil, noData
	case m.opinion >= unread:
		m.broken = true
	}
	return m
}

const noData = "no data for it in the library"

// explain says why no data fit. A wrong size beside a foreign .torrent is an error of somebody's; while the file
// grows, or others of the folder are missing, it may still come right.
func (m *match) explain(wrong *mismatch) {
	switch {
	case wrong == nil:
		m.problem = noData
	case !wrong.settled:
		m.problem = stillGrowing
	default:
		m.problem, m.broken = wrong.text, !wrong.missing
	}
}

const stillGrowing = "still growing"

// candidates returns where the data of t may be, in the order to try them, and what is wrong with those beside it.
func (p *pairing) candidates(t *torrent) (fitting []*placement, beside *mismatch) {
	home := filepath.Join(filepath.Dir(t.path), t.meta.Name)
	taken := make(map[string]bool)
	consider := func(found string, candidate *placement, wrong *mismatch) {
		if candidate == nil {
			if found == home {
				beside = wrong
			}
			return
		}
		candidate.beside = found == home || t.own && ownName(t.meta.Name, candidate.root) == filepath.Base(t.path)
		if !taken[candidate.root] {
			taken[candidate.root] = true
			fitting = append(fitting, candidate)
		}
	}
	if t.isSingle() {
		for _, f := range p.named[t.meta.Name] {
			candidate, wrong := fitFile(t, f)
			consider(f.seen, candidate, wrong)
		}
	} else {
		for _, dir := range p.dirNamed[t.meta.Name] {
			candidate, wrong := fitFolder(p.snapshot, t, p.dirs[dir])
			consider(dir, candidate, wrong)
		}
	}
	slices.SortStableFunc(fitting, func(a, b *placement) int { return cmp.Compare(rank(a), rank(b)) })
	return fitting, beside
}

func rank(p *placement) int {
	if p.beside {
		return 0
	}
	return 1
}

// claimAll claims what t may turn out to be: as long as nobody knows, nothing else is made of it.
func (p *pairing) claimAll(t *torrent, fitting []*placement) {
	for _, candidate := range fitting {
		if known, _ := p.judge(t, candidate); known != disproven {
			p.claim(candidate.ids)
		}
	}
}

func (p *pairing) claim(ids []identity) {
	for _, id := range ids {
		p.claimed[id] = true
	}
}

// orphans returns the files that nobody has claimed and that can be a release, each once, by path. A real name goes
// before a symlink's.
func (p *pairing) orphans(growing map[string]bool) []orphan {
	byID := make(map[identity]*file)
	for _, path := range sortedKeys(p.files) {
		f := p.files[path]
		if p.claimed[f.id] || f.hidden || f.stamp.Size == 0 || isCompanion(f.name()) {
			continue
		}
		if first, ok := byID[f.id]; !ok || first.seen != first.path && f.seen == f.path {
			byID[f.id] = f
		}
	}
	orphans := make([]orphan, 0, len(byID))
	for _, f := range byID {
		o := orphan{file: f, metafile: ownName(f.name(), f.path)}
		if !f.settled {
			o.held = stillGrowing
		} else if growing[filepath.Dir(f.path)] {
			o.held = "a .torrent beside it is still growing"
		}
		orphans = append(orphans, o)
	}
	slices.SortFunc(orphans, func(a, b orphan) int { return cmp.Compare(a.file.seen, b.file.seen) })
	return orphans
}

// supersede takes out the torrents of our own whose file was replaced: an orphan stands at the path they were made
// for. If such a torrent still has data elsewhere, the orphan waits until its .torrent has moved out of the way.
func (p *plan) supersede() {
	owned := make(map[string]match)
	for _, m := range p.matches {
		if m.torrent.own {
			owned[filepath.Base(m.torrent.path)] = m
		}
	}
	replaced := make(map[*torrent]bool)
	for i := range p.orphans {
		o := &p.orphans[i]
		m, ok := owned[o.metafile]
		switch {
		case !ok:
		case m.at == nil:
			o.replaces, replaced[m.torrent] = m.torrent, true
		case o.held == "":
			o.held = "its .torrent is taken by the file that was moved away"
		}
	}
	p.matches = slices.DeleteFunc(p.matches, func(m match) bool { return replaced[m.torrent] })
}
