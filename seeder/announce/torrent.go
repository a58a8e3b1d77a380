package announce

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"

	"sixseed/policy/family"
)

// torrent is a torrent that is announced, or that says goodbye.
type torrent struct {
	spec      Torrent
	key       uint32
	tiers     []*tier // those that still have something to do
	leaving   bool
	successor *Torrent // added anew while this one was leaving
}

// tier is one tier of a torrent over one family. It is at one place at a time: in the schedule, in a tracker's queue,
// or in an exchange.
type tier struct {
	torrent  *torrent
	family   family.Family
	listings []*listing // in the order of preference: the one that works moves to the front (BEP 12)

	due       time.Time
	index     int                // in the schedule, or unscheduled
	turn      *listing           // the one that is waited for or spoken to
	interrupt context.CancelFunc // ends the exchange; nil: there is none
}

// listing is a tier's standing with one of its trackers.
type listing struct {
	tracker   *tracker
	target    *target
	trackerID string    // what the tracker calls us
	tried     bool      // an announce to it has ended
	working   bool      // it accepted the last one
	listed    bool      // it may have us in its swarm: `stopped` is owed
	gaveUp    bool      // it asked never to be asked again (BEP 31)
	failures  int       // in a row
	after     time.Time // the end of its rest after a failure
}

// forget takes out a tier that has nothing left to say.
func (t *torrent) forget(done *tier) {
	t.tiers = slices.DeleteFunc(t.tiers, func(other *tier) bool { return other == done })
}

// choose returns the listing to announce to: the first in order that does not rest, preferably one whose tracker is not
// known to be failing. It returns nil if there is none.
func (t *tier) choose(now time.Time) *listing {
	var second *listing
	for _, l := range t.listings {
		switch {
		case l.gaveUp || l.after.After(now):
		case !l.tracker.failing:
			return l
		case second == nil:
			second = l
		}
	}
	return second
}

// rested returns when the first listing ends its rest. It returns false if all have given up.
func (t *tier) rested() (time.Time, bool) {
	var first time.Time
	found := false
	for _, l := range t.listings {
		if !l.gaveUp && (!found || l.after.Before(first)) {
			first, found = l.after, true
		}
	}
	return first, found
}

// owed returns a listing to which `stopped` is owed, or nil. A tracker that is failing is owed nothing any more: it will
// notice by itself.
func (t *tier) owed() *listing {
	for _, l := range t.listings {
		if l.listed && !l.tracker.failing {
			return l
		}
	}
	return nil
}

// event returns what to say in an announce to l.
func (t *tier) event(l *listing) event {
	switch {
	case t.torrent.leaving:
		return stopped
	case l.listed:
		return periodic
	}
	return started
}

// prefer moves l to the front.
func (t *tier) prefer(l *listing) {
	i := slices.Index(t.listings, l)
	t.listings = slices.Insert(slices.Delete(t.listings, i, i+1), 0, l)
}

// announceKey returns the key of a torrent: the same in all announces of one run, and unknown to other peers (BEP 7).
func announceKey(secret uint64, infoHash [20]byte) uint32 {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(infoHash[:], secret))
	return binary.BigEndian.Uint32(sum[:])
}

func hexOf(infoHash [20]byte) string { return hex.EncodeToString(infoHash[:]) }
