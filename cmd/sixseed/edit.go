package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"sixseed/storage/metafile"
)

// editCommand changes keys of .torrent files beside the info dictionary, so that their info-hashes stay.
type editCommand struct {
	Files []string `arg:"" name:"file" help:"The .torrent files to edit."`

	AddTracker     []string           `sep:"none" placeholder:"URL[,URL]" help:"Add a tier with this tracker; several with commas between them share it. Repeatable."`
	Tier           metafile.Placement `default:"new-first" placeholder:"WHERE" help:"Where --add-tracker puts tiers: new-first, new-last, or in the tier N that is there, as show counts them (default: new-first)."`
	RemoveTracker  []string           `sep:"none" placeholder:"URL" help:"Remove this tracker. Repeatable."`
	ReplaceTracker replacements       `placeholder:"OLD NEW" help:"Put a tracker in the place of another: two URLs, as two arguments. Repeatable."`
	AddWebseed     []string           `sep:"none" placeholder:"URL" help:"Add this webseed. Repeatable."`
	RemoveWebseed  []string           `sep:"none" placeholder:"URL" help:"Remove this webseed. Repeatable."`
	Comment        *string            `placeholder:"TEXT" help:"Set the comment; with an empty text, remove it."`
	DryRun         bool               `help:"Write nothing: show what would change."`
	Force          bool               `help:"Change the trackers and webseeds of private torrents too."`
	JSON           bool               `name:"json" help:"Print what was done as JSON, with all that was there before and after."`
}

// Help implements kong.HelpProvider.
func (*editCommand) Help() string {
	return `The info dictionary is copied byte for byte, and so is every other key that is not edited: the info-hash stays,
which is checked before a file is replaced. What is there already, or gone already, is left: a second run changes
nothing.

Many clients ask the trackers of the first tier that answers, and no others (BEP 12). That is why a new tracker gets a
tier of its own in front. If it is reached over IPv6 only, those clients that go through the tiers once for each address
family still ask the next tier over IPv4. Behind a tier that answers, the new tracker may never be asked: a warning says
so. Of the trackers that share a tier clients ask one, drawn by lot.

Private torrents name their own trackers (BEP 27): theirs, and their webseeds, are changed with --force only.`
}

// exitCodes implements exitCoder.
func (*editCommand) exitCodes() exitCodes {
	return exitCodes{
		done:   "every file now says what was asked for, or would with --dry-run",
		failed: "a file was not edited, for the reason printed, and is as it was",
		wrong:  "wrong usage: no file was touched",
	}
}

// Run edits the files and prints a line about each.
func (c *editCommand) Run(ctx context.Context, out *streams) error {
	changes := c.changes()
	if err := c.check(changes); err != nil {
		return err
	}
	outcomes := editFiles(ctx, c.Files, changes, c.DryRun)
	if c.JSON {
		if err := printEditsJSON(out.Out, outcomes, c.DryRun); err != nil {
			return err
		}
		return failedEdits(outcomes)
	}
	complain(out, "%s", editWarnings(outcomes))
	if len(outcomes) == 1 && outcomes[0].err != nil {
		return fmt.Errorf("edit torrent: %w", outcomes[0].err)
	}
	if err := printEdits(out.Out, outcomes, c.DryRun); err != nil {
		return err
	}
	return failedEdits(outcomes)
}

// changes returns what the flags ask for.
func (c *editCommand) changes() metafile.Changes {
	changes := metafile.Changes{
		RemoveTrackers: c.RemoveTracker, ReplaceTrackers: c.ReplaceTracker, Placement: c.Tier,
		RemoveWebseeds: c.RemoveWebseed, AddWebseeds: c.AddWebseed, Comment: c.Comment, Force: c.Force,
	}
	for _, tier := range c.AddTracker {
		changes.AddTiers = append(changes.AddTiers, strings.Split(tier, ","))
	}
	return changes
}

// check returns what is wrong with the flags whatever the files.
func (c *editCommand) check(changes metafile.Changes) error {
	if len(c.AddTracker)+len(c.RemoveTracker)+len(c.ReplaceTracker)+len(c.AddWebseed)+len(c.RemoveWebseed) == 0 && c.Comment == nil {
		return usageError("nothing to change: say what, as with --add-tracker URL")
	}
	if c.Tier != metafile.NewFirst && len(c.AddTracker) == 0 {
		return usageError("--tier is where --add-tracker adds to: there is none")
	}
	if err := changes.Check(); err != nil {
		return usageError(err.Error())
	}
	return nil
}

// failedEdits returns an error if some of several files could not be edited. Why was printed with the outcomes.
func failedEdits(outcomes []editOutcome) error {
	sum := sumEdits(outcomes)
	if sum.Failed == 0 {
		return nil
	}
	return fmt.Errorf("%d of %s could not be edited", sum.Failed, count(len(outcomes), "file"))
}

// replacements are the values of a flag that takes two arguments. A sign between the URLs could be part of either.
type replacements []metafile.Replacement

// Decode implements kong.MapperValue.
func (r *replacements) Decode(ctx *kong.DecodeContext) error {
	var pair metafile.Replacement
	for _, url := range []*string{&pair.Old, &pair.New} {
		if !ctx.Scan.Peek().IsValue() {
			return errors.New("takes two URLs: the old one and the new one")
		}
		*url = ctx.Scan.Pop().String()
	}
	*r = append(*r, pair)
	return nil
}
