package admission

import (
	"container/list"
	"iter"

	"sixseed/policy/family"
)

// guest is a connection on the books: dialled, a stranger or a peer.
type guest[C comparable] struct {
	conn    C
	origin  Origin
	around  neighbourhood
	torrent *torrent[C] // nil until it enters

	waiting   place[C] // among strangers or dialled connections
	ofAll     place[C] // among all peers
	ofTorrent place[C] // among the torrent's
}

// stopWaiting ends what came before the guest was a peer.
func (g *guest[C]) stopWaiting() {
	if g.waiting.leave() && !g.origin.Dialled {
		g.around.addStrangers(-1)
	}
}

// torrent is the peers of one torrent. It is on the books while it has any.
type torrent[C comparable] struct {
	infoHash InfoHash
	peers    family.Pair[line[C]]
}

// line is guests in the order in which they joined it.
type line[C comparable] struct{ guests list.List }

func (l *line[C]) len() int { return l.guests.Len() }

// both is the length of both families' lines.
func both[C comparable](lines *family.Pair[line[C]]) int { return lines.V4.len() + lines.V6.len() }

// join puts a guest at the end.
func (l *line[C]) join(g *guest[C]) place[C] {
	return place[C]{line: l, element: l.guests.PushBack(g)}
}

// oldestFirst yields the guests of the line.
func (l *line[C]) oldestFirst() iter.Seq[*guest[C]] {
	return func(yield func(*guest[C]) bool) {
		for e := l.guests.Front(); e != nil; e = e.Next() {
			if !yield(e.Value.(*guest[C])) {
				return
			}
		}
	}
}

// place is where a guest stands in a line. The zero value is nowhere.
type place[C comparable] struct {
	line    *line[C]
	element *list.Element
}

// leave gives the place up and reports whether there was one.
func (p *place[C]) leave() bool {
	if p.line == nil {
		return false
	}
	p.line.guests.Remove(p.element)
	*p = place[C]{}
	return true
}
