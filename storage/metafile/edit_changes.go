package metafile

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Changes is what Edit is to change. URLs are compared in their normal form. What is removed or replaced need not be
// there, and what is added may be there already.
type Changes struct {
	RemoveTrackers  []string
	ReplaceTrackers []Replacement
	AddTiers        [][]string // trackers by tier
	Placement       Placement  // of AddTiers
	RemoveWebseeds  []string
	AddWebseeds     []string // behind those that are there
	Comment         *string  // empty: none; nil: the one that is there
	Force           bool     // give a private torrent other trackers and webseeds too
}

// Replacement is a tracker that takes the place of another, in its tier. If it is somewhere already, it stays there.
type Replacement struct{ Old, New string }

// Check returns what is wrong with the changes whatever the torrent: a URL nobody could ask, or one that is to come and
// to go.
func (c Changes) Check() error {
	gone, come := slices.Clone(c.RemoveTrackers), slices.Concat(c.AddTiers...)
	for _, r := range c.ReplaceTrackers {
		gone, come = append(gone, r.Old), append(come, r.New)
	}
	if err := tracker.checkChange(gone, come); err != nil {
		return err
	}
	if err := webseed.checkChange(c.RemoveWebseeds, c.AddWebseeds); err != nil {
		return err
	}
	if c.Comment != nil && !utf8.ValidString(*c.Comment) {
		return fmt.Errorf("comment %q is not UTF-8", *c.Comment)
	}
	return nil
}

func (k urlKind) checkChange(gone, come []string) error {
	for _, url := range come {
		normal, err := k.check(url)
		if err != nil {
			return err
		}
		if k.index(gone, normal) >= 0 {
			return fmt.Errorf("%s %q is to be added and to be removed", k.name, normal)
		}
	}
	return nil
}

// apply makes the changes, which Check has found no fault with. The lists that e has are not written to.
func (c Changes) apply(e *Editable) error {
	tiers := cloneTiers(e.Tiers)
	for _, url := range c.RemoveTrackers {
		tiers = withoutTracker(tiers, url)
	}
	for _, r := range c.ReplaceTrackers {
		tiers = replaceTracker(tiers, r)
	}
	tiers, err := c.add(tiers)
	if err != nil {
		return err
	}
	e.Announce = c.announce(*e, tiers)
	e.Tiers = tiers
	e.Webseeds = slices.Clone(e.Webseeds)
	for _, url := range c.RemoveWebseeds {
		e.Webseeds = webseed.without(e.Webseeds, url)
	}
	for _, url := range c.AddWebseeds {
		if webseed.index(e.Webseeds, url) < 0 {
			e.Webseeds = append(e.Webseeds, webseed.normal(url))
		}
	}
	if c.Comment != nil {
		e.Comment = *c.Comment
	}
	return nil
}

// announce returns the tracker of clients that know no tiers: the first one of the new tiers. If they stay as they were
// so does it, and if it was a stray one, in no tier, it can be replaced by itself.
func (c Changes) announce(before Editable, tiers [][]string) string {
	if before.stray() {
		for _, r := range c.ReplaceTrackers {
			if tracker.same(before.Announce, r.Old) {
				return tracker.normal(r.New)
			}
		}
	}
	if equalTiers(before.Tiers, tiers) && tracker.index(c.RemoveTrackers, before.Announce) < 0 {
		return before.Announce
	}
	return firstTracker(tiers)
}

// add adds the trackers that are in no tier yet.
func (c Changes) add(tiers [][]string) ([][]string, error) {
	var fresh [][]string
	for _, tier := range c.AddTiers {
		var urls []string
		for _, url := range tier {
			if !hasTracker(tiers, url) && !hasTracker(fresh, url) && tracker.index(urls, url) < 0 {
				urls = append(urls, tracker.normal(url))
			}
		}
		if len(urls) > 0 {
			fresh = append(fresh, urls)
		}
	}
	if len(fresh) == 0 {
		return tiers, nil
	}
	return c.Placement.place(tiers, fresh)
}

// unreached warns of trackers asked for behind a tier of others. BEP 12: the next tier is only tried when none of the one
// before answers, and many clients keep to that.
func (c Changes) unreached(tiers [][]string) (warnings []string) {
	wanted, behind := slices.Concat(c.AddTiers...), false
	for _, tier := range tiers {
		others := true
		for _, url := range tier {
			if tracker.index(wanted, url) < 0 {
				continue
			}
			others = false
			if behind {
				warnings = append(warnings, fmt.Sprintf("tracker %q stands behind a tier of others: "+
					"clients that stop at the first tier that answers never ask it (BEP 12)", url))
			}
		}
		behind = behind || others
	}
	return warnings
}
