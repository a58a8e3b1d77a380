package metafile

import (
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

var (
	// ErrPrivate says that a private torrent would have got other trackers or webseeds.
	ErrPrivate = errors.New("the torrent is private, and names its trackers itself (BEP 27)")
	// ErrOtherTorrent says that an edit would have made another torrent of a .torrent.
	ErrOtherTorrent = errors.New("the info-hash would change")
)

// Editable is what Edit can change of a .torrent. URLs are as they are written there, usable or not; empty ones, which
// some creators write for none, are left out.
type Editable struct {
	Announce string     // the one tracker of clients that know no tiers
	Tiers    [][]string // tracker URLs by tier (BEP 12)
	Webseeds []string   // BEP 19
	Comment  string
}

func (e Editable) equal(other Editable) bool {
	return e.Announce == other.Announce && e.Comment == other.Comment &&
		equalTiers(e.Tiers, other.Tiers) && slices.Equal(e.Webseeds, other.Webseeds)
}

// stray returns whether "announce" is in no tier, so that clients that know tiers never ask it (BEP 12).
func (e Editable) stray() bool { return e.Announce != "" && !hasTracker(e.Tiers, e.Announce) }

// Edited is a .torrent before and after an edit. Its info-hashes are the same before and after: that was checked.
type Edited struct {
	Path         string // where it was read from; empty if it was not a file
	Name         string // of the torrent; empty if it has none that can be read
	HasV1, HasV2 bool   // which of the info-hashes are the torrent's: both for a hybrid (BEP 52)
	InfoHash     [20]byte
	InfoHashV2   [32]byte
	Before       Editable
	After        Editable
	Data         []byte   // the .torrent after the edit
	Changed      bool     // whether Data are others than those that were read
	Warnings     []string // what is odd about the torrent or the edit, a sentence each
}

// Edit changes keys beside the info dictionary. That one is copied byte for byte, whatever is in it, and so is every
// key that does not change. What Edit finds changed already it leaves: a second edit with the same changes is none.
//
// Keys that are not sorted, and bytes after the end, are warned of; the latter are left out if anything changes. Two
// outer keys of the same name, or a broken encoding, are errors that name the offset.
func Edit(data []byte, changes Changes) (Edited, error) {
	if err := changes.Check(); err != nil {
		return Edited{}, err
	}
	return rewrite(data, func(t *target) error {
		if err := changes.apply(&t.after); err != nil {
			return err
		}
		if t.private && !changes.Force && t.moves() {
			return ErrPrivate
		}
		t.warnings = append(t.warnings, changes.unreached(t.after.Tiers)...)
		return nil
	})
}

// rewrite is the way of every edit: it reads data, has change decide what they should say, and writes what differs.
func rewrite(data []byte, change func(*target) error) (Edited, error) {
	t, err := readTarget(data)
	if err != nil {
		return Edited{}, err
	}
	if err := change(t); err != nil {
		return Edited{}, err
	}
	if err := t.check(); err != nil {
		return Edited{}, err
	}
	info := t.outer.get("info")
	edited := Edited{
		Name: t.name, HasV1: t.hasV1, HasV2: t.hasV2, InfoHash: sha1.Sum(info), InfoHashV2: sha256.Sum256(info),
		Before: t.before, After: t.after, Data: data,
	}
	if !t.before.equal(t.after) {
		if err := t.set(); err != nil {
			return Edited{}, err
		}
		edited.Data, edited.Changed = t.outer.encode(), true
	}
	if err := edited.prove(); err != nil {
		return Edited{}, err
	}
	edited.Warnings = t.warnings
	return edited, nil
}

// prove reads what was written and checks that it is the same torrent, and a file that can be read again.
func (e *Edited) prove() error {
	if len(e.Data) > maxSize {
		return tooLarge()
	}
	again, _, err := readMembers(e.Data)
	if err != nil {
		return fmt.Errorf("read the edited torrent: %w", err)
	}
	info := again.get("info")
	if sha1.Sum(info) != e.InfoHash || sha256.Sum256(info) != e.InfoHashV2 {
		return ErrOtherTorrent
	}
	return nil
}
