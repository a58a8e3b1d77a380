package main

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"sixseed/storage/metafile"
)

// editWorkers is how many files are edited at a time. Most of the time goes by waiting for the disk to have them, and
// waiting for several costs it hardly more than for one.
const editWorkers = 16

// editOutcome is what came of one file.
type editOutcome struct {
	path   string
	edited metafile.Edited
	err    error // nil if the file says what was asked for, or would
}

// editFiles edits files and returns the outcomes in their order. After ctx has ended no further file is begun.
func editFiles(ctx context.Context, paths []string, changes metafile.Changes, dryRun bool) []editOutcome {
	outcomes := make([]editOutcome, len(paths))
	var workers errgroup.Group
	workers.SetLimit(editWorkers)
	for i, path := range paths {
		workers.Go(func() error {
			outcomes[i] = editFile(ctx, path, changes, dryRun)
			return nil
		})
	}
	_ = workers.Wait() // what went wrong is in the outcomes
	return outcomes
}

func editFile(ctx context.Context, path string, changes metafile.Changes, dryRun bool) editOutcome {
	if err := ctx.Err(); err != nil {
		return editOutcome{path: path, err: fmt.Errorf("%s: %w", path, err)}
	}
	edited, err := metafile.EditFile(path, changes)
	if err == nil && !dryRun {
		err = edited.Save()
	}
	if errors.Is(err, metafile.ErrPrivate) {
		err = fmt.Errorf("%w; --force edits it all the same", err)
	}
	return editOutcome{path: path, edited: edited, err: err}
}

// editSum counts outcomes.
type editSum struct {
	Edited    int `json:"edited"`
	Unchanged int `json:"unchanged"`
	Failed    int `json:"failed"`
}

func sumEdits(outcomes []editOutcome) (sum editSum) {
	for _, o := range outcomes {
		switch {
		case o.err != nil:
			sum.Failed++
		case o.edited.Changed:
			sum.Edited++
		default:
			sum.Unchanged++
		}
	}
	return sum
}
