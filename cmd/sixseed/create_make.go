package main

import (
	"context"
	"crypto/sha1"
	"fmt"

	"golang.org/x/sync/errgroup"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

// make hashes a release and returns the .torrent of it, and how many of its files have the sums that checksum files name.
func (o *createOrder) make(ctx context.Context, from *release, s *streams) (data []byte, sums int, err error) {
	recipe := o.recipeFor(from)
	layout, err := layoutOf(from, recipe)
	if err != nil {
		return nil, 0, err
	}
	if err := rehearse(recipe, layout); err != nil {
		return nil, 0, err
	}
	var claims []claim
	if o.checksums {
		if claims, err = claimsFor(from, layout); err != nil {
			return nil, 0, err
		}
	}
	bar := watcher(s, from)
	bar.start(layout.Length())
	digests, err := o.hash(ctx, layout, claims, bar.add)
	bar.done()
	if err != nil {
		return nil, 0, err
	}
	recipe.Pieces, recipe.Roots, recipe.Layers = digests.Pieces, digests.Roots, digests.Layers
	data, err = metafile.Build(recipe)
	return data, len(claims), err
}

// rehearse builds the torrent with hashes that are all zero: a name that no .torrent can hold is found out now, not after
// an hour of hashing.
func rehearse(recipe metafile.Recipe, layout content.Layout) error {
	recipe.Pieces = make([]byte, layout.Pieces()*sha1.Size)
	_, err := metafile.Build(recipe)
	return err
}

// hash hashes the data and, in the same pass, compares them with the sums that are claimed. Either ends with the first
// error of both.
func (o *createOrder) hash(ctx context.Context, layout content.Layout, claims []claim, progress content.Progress) (content.Digests, error) {
	stamps, err := layout.Stamps()
	if err != nil {
		return content.Digests{}, err
	}
	var digests content.Digests
	group, ctx := errgroup.WithContext(ctx)
	pace := newPace(ctx)
	group.Go(func() error {
		defer pace.release()
		return checkClaims(ctx, claims, pace)
	})
	group.Go(func() (err error) {
		defer pace.release()
		digests, err = content.Digest(ctx, layout, o.versions(), 0, func(bytes int64) {
			progress(bytes)
			pace.hashed(bytes)
		})
		return err
	})
	if err := group.Wait(); err != nil {
		return content.Digests{}, err
	}
	return digests, unchanged(layout, stamps)
}

// versions returns the versions whose hashes are needed.
func (o *createOrder) versions() content.Versions {
	return content.Versions{V1: o.version != versionTwo, V2: o.version != versionOne}
}

// unchanged wants the stamps of the files to be what they were: the sums may have been compared after all was hashed.
func unchanged(layout content.Layout, stamps []content.Stamp) error {
	now, err := layout.Stamps()
	if err != nil {
		return err
	}
	for i, file := range layout.Files() {
		if now[i] != stamps[i] {
			return fmt.Errorf("%s: %w", file.Path, content.ErrChanged)
		}
	}
	return nil
}
