package library

import (
	"cmp"
	"context"
	"crypto/sha1"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

// job is data to hash: to verify them for a torrent, or to make a torrent of them.
type job struct {
	subject subject
	name    string
	size    int64 // bytes
	at      *placement
	torrent *torrent // nil: one is to be made
	recipe  metafile.Recipe
	target  string   // the path of the .torrent to be made
	made    []byte   // what to put there, if an attempt before has got so far
	old     *torrent // what is there now: the .torrent of the file before

	done    atomic.Int64 // bytes
	cancel  context.CancelFunc
	dropped bool // nobody wants it any more
}

// result is what came of a job.
type result struct {
	job      *job
	infoHash [20]byte
	verdict  verdict
	made     []byte // the .torrent that was made, also if writing it is what failed
	known    bool   // there is a .torrent of this info-hash, so none was written
	err      error  // content.ErrChanged: the data are no longer what was found at the look
}

// sameAs reports whether the other job does the same work.
func (j *job) sameAs(other *job) bool {
	return j.subject == other.subject && (j.torrent == nil) == (other.torrent == nil) && j.at.sameAs(other.at)
}

// key is what the outcome of the job is remembered under.
func (j *job) key() string {
	if j.torrent == nil {
		return makingKey(j.at)
	}
	return j.at.key(j.torrent.meta.InfoHash)
}

// makingKey stands in for the key of a placement that has no torrent.
func makingKey(at *placement) string { return "make " + at.root }

// smallestFirst is the order of jobs: a small release that has just come in does not wait for a day behind large ones.
func smallestFirst(a, b *job) int {
	return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.at.root, b.at.root))
}

// hasher does jobs.
type hasher struct {
	verdicts *verdicts
	workers  int
	progress Progress
	knows    func(infoHash [20]byte) bool
}

// do hashes the job's data and keeps what it finds: the verdict, and a .torrent if one was to be made.
func (h *hasher) do(ctx context.Context, j *job) result {
	h.progress.Start(j.name, j.size)
	defer h.progress.Done()
	r := result{job: j}
	if j.torrent == nil {
		h.make(ctx, &r)
	} else {
		h.verify(ctx, &r)
	}
	return r
}

func (h *hasher) verify(ctx context.Context, r *result) {
	meta, err := loadWhole(r.job.torrent)
	if err != nil {
		// The .torrent was replaced: the next look will find what it says now.
		r.err = fmt.Errorf("%w: %w", content.ErrChanged, err)
		return
	}
	r.infoHash = meta.InfoHash
	r.err = r.job.unchanged(meta.PieceLength, func(layout content.Layout) error {
		bad, err := content.Verify(ctx, layout, content.Digests{Pieces: meta.Pieces}, h.workers, h.count(r.job))
		if len(bad) > 0 {
			r.verdict.Problem = badPieces(bad, layout.Pieces())
		}
		return err
	})
	if r.err == nil {
		r.verdict.Stamps = r.job.at.stamps
		h.verdicts.save(ctx, r.job.key(), r.verdict)
	}
}

// make hashes a file and writes a .torrent for it. What was hashed for that needs no verification.
func (h *hasher) make(ctx context.Context, r *result) {
	j := r.job
	r.made = j.made
	if r.made == nil {
		r.err = j.unchanged(j.recipe.PieceLength, func(layout content.Layout) (err error) {
			r.made, err = h.build(ctx, j, layout)
			return err
		})
	}
	if r.err != nil {
		return
	}
	meta, err := metafile.Parse(r.made)
	if err != nil {
		r.err = err
		return
	}
	r.infoHash, r.verdict.Stamps = meta.InfoHash, j.at.stamps
	// The verdict goes first: a look may find the .torrent as soon as it is there.
	h.verdicts.save(ctx, j.at.key(r.infoHash), r.verdict)
	if r.known = h.knows(meta.InfoHash); !r.known {
		r.err = metafile.Write(j.target, r.made)
	}
}

func (h *hasher) build(ctx context.Context, j *job, layout content.Layout) ([]byte, error) {
	recipe := j.recipe
	// A name or URL that no .torrent can hold is found out now, not after an hour of hashing.
	recipe.Pieces = make([]byte, layout.Pieces()*sha1.Size)
	if _, err := metafile.Build(recipe); err != nil {
		return nil, err
	}
	pieces, err := content.Hash(ctx, layout, h.workers, h.count(j))
	if err != nil {
		return nil, err
	}
	recipe.Pieces = pieces
	return metafile.Build(recipe)
}

// count tells the job and the progress of what was hashed.
func (h *hasher) count(j *job) content.Progress {
	return func(bytes int64) {
		j.done.Add(bytes)
		h.progress.Add(bytes)
	}
}

// unchanged calls hash on the job's data and makes sure that they are, before and after it, what the look has found.
func (j *job) unchanged(pieceLength int64, hash func(content.Layout) error) error {
	layout, err := content.NewLayout(j.at.files, pieceLength)
	if err != nil {
		return err
	}
	if err := j.compare(layout); err != nil {
		return err
	}
	if err := hash(layout); err != nil {
		return err
	}
	return j.compare(layout)
}

func (j *job) compare(layout content.Layout) error {
	stamps, err := layout.Stamps()
	if err != nil {
		return fmt.Errorf("%w: %w", content.ErrChanged, err)
	}
	if !slices.Equal(stamps, j.at.stamps) {
		return fmt.Errorf("%s: %w", j.at.root, content.ErrChanged)
	}
	return nil
}

// reason is why the job failed, for people.
func (r *result) reason() string { return strings.TrimPrefix(r.err.Error(), "hash: ") }
