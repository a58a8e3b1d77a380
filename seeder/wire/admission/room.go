package admission

import "sixseed/policy/family"

// full reports whether there are as many peers as there may be.
func (d *Door[C]) full() bool { return reached(both(&d.peers), d.limits.Connections) }

// refusal is why a newcomer is turned away when nothing is known of it but where it is from; nil if it is not.
func (d *Door[C]) refusal(origin Origin) error {
	switch {
	case d.blocks.full(origin.Addr, d.limits.PerAddress):
		return ErrAddress
	case d.full() && !displaces(origin.Family, &d.peers): // whatever torrent it is for
		return ErrFull
	}
	return nil
}

// rival is the peer that has to go for a newcomer to a torrent, nil if none has to. The error says why there is no
// place for the newcomer.
func (d *Door[C]) rival(f family.Family, infoHash InfoHash) (*guest[C], error) {
	peers, reason := &d.peers, ErrFull
	if t, ok := d.torrents[infoHash]; ok && reached(both(&t.peers), d.limits.PerTorrent) {
		peers, reason = &t.peers, ErrTorrentFull // who leaves the torrent leaves a place in all, too
	} else if !d.full() {
		return nil, nil
	}
	if !displaces(f, peers) {
		return nil, reason
	}
	return leastUseful(&peers.V4), nil
}

// displaces reports whether one of the peers would go for a newcomer: one over IPv4 for one over IPv6, and no other.
func displaces[C comparable](f family.Family, peers *family.Pair[line[C]]) bool {
	return f == family.V6 && peers.V4.len() > 0
}

// leastUseful is the peer that ranks lowest, and of several the oldest. The search ends at the first of no use.
func leastUseful[C Conn](peers *line[C]) *guest[C] {
	var found *guest[C]
	least := 0
	for g := range peers.oldestFirst() {
		if u := use(g.conn); found == nil || u < least {
			found, least = g, u
		}
		if least == 0 {
			break
		}
	}
	return found
}

// use ranks a peer: an unchoked one takes data, an interested one would.
func use[C Conn](conn C) int {
	rank := 0
	if conn.Unchoked() {
		rank += 2
	}
	if conn.Interested() {
		rank++
	}
	return rank
}

// intruder is the stranger that has to go for another of its family, nil if none has to.
func (d *Door[C]) intruder(f family.Family) *guest[C] {
	strangers := d.strangers.At(f)
	if !reached(strangers.len(), d.limits.Strangers) {
		return nil
	}
	return mostCrowded(strangers)
}

// mostCrowded is the stranger with the most strangers around it, and of several the oldest.
func mostCrowded[C comparable](strangers *line[C]) *guest[C] {
	var found *guest[C]
	most := 0
	for g := range strangers.oldestFirst() {
		if crowd := g.around.crowd(); found == nil || crowd > most {
			found, most = g, crowd
		}
	}
	return found
}
