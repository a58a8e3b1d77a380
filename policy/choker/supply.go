package choker

import (
	"time"

	"sixseed/policy/family"
)

// service is how a family's interested peers are served.
type service struct {
	choked  int // without a slot, and would use one
	holders int
	rate    int64 // bytes per second the holders get together
	limited int   // holders that wait for us
	settled int   // holders that have had a slot for long enough to judge what they get

	settledLimited int   // those of them that wait for us
	settledRate    int64 // bytes per second these get together
	settledPoor    int   // those of these that get less than what is useful
}

// serve returns how the families are served.
func serve(peers []Peer, now time.Time) family.Pair[service] {
	var served family.Pair[service]
	for i := range peers {
		if peer := &peers[i]; peer.Interested {
			served.At(peer.Family).add(peer, now.Sub(peer.Since) >= settleTime)
		}
	}
	return served
}

func (s *service) add(peer *Peer, settled bool) {
	if !peer.Unchoked {
		if !peer.Idle { // what it would do with a slot is known
			s.choked++
		}
		return
	}
	s.holders++
	s.rate += peer.Rate
	if peer.Waits {
		s.limited++
	}
	if !settled {
		return
	}
	s.settled++
	if !peer.Waits {
		return
	}
	s.settledLimited++
	s.settledRate += peer.Rate
	if peer.Rate < UsefulRate {
		s.settledPoor++
	}
}

// supply is how a family's holders are supplied by us, from bad to good.
type supply uint8

const (
	starving supply = iota // most wait for us, and get on average less than half of what is useful
	scarce                 // too many get less than what is useful, or it cannot be told yet
	useful                 // everybody gets a useful rate or limits itself
	ample                  // there is enough for twice as many, or we limit nobody
)

func (s service) supply() supply {
	switch {
	case s.settledLimited*2 > s.settled && s.settledRate < int64(s.settledLimited)*UsefulRate/2:
		return starving
	case s.limited*accidentShare <= s.holders || s.rate >= int64(s.holders)*ampleRate:
		return ample
	case s.settled*2 >= s.holders && s.settledPoor*accidentShare <= s.settled:
		return useful
	}
	return scarce
}
