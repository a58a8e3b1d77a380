package library

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"sixseed/storage/content"
)

// verdict is what hashing has found of a placement, good or bad. It holds for as long as the stamps do.
type verdict struct {
	Stamps  []content.Stamp `json:"stamps"`
	Problem string          `json:"problem,omitempty"` // empty: every piece is right
}

// failure is a placement that could not be hashed, or whose .torrent could not be written.
type failure struct {
	stamps   []content.Stamp
	text     string
	attempts int
	retry    time.Time
	made     []byte // the .torrent, so that only writing it is tried again
}

// verdicts remembers verdicts, in the store over restarts and in memory for the looks in between. All but save
// belongs to the goroutine of Library.Run.
type verdicts struct {
	store    Verifications
	log      *slog.Logger
	known    map[string]*verdict // nil: the store has none
	failures map[string]failure
	deaf     atomic.Bool // the store failed, and this was logged
}

func newVerdicts(store Verifications, log *slog.Logger) *verdicts {
	return &verdicts{store: store, log: log, known: make(map[string]*verdict), failures: make(map[string]failure)}
}

// opinion says what is known of the bytes at p as the data of a torrent.
func (v *verdicts) opinion(ctx context.Context, t *torrent, p *placement, now time.Time) (opinion, string) {
	key := p.key(t.meta.InfoHash)
	known := v.recall(ctx, key)
	switch {
	case known != nil && slices.Equal(known.Stamps, p.stamps) && known.Problem == "":
		return proven, ""
	case known != nil && slices.Equal(known.Stamps, p.stamps):
		return disproven, known.Problem
	case !p.settled:
		return unsettled, stillGrowing
	}
	if failed, ok := v.failed(key, p.stamps); ok && now.Before(failed.retry) {
		return unread, failed.text
	}
	return unproven, ""
}

// recall returns the verdict under key, from the store when it is asked for the first time. It may be nil.
func (v *verdicts) recall(ctx context.Context, key string) *verdict {
	if known, asked := v.known[key]; asked {
		return known
	}
	value, ok, err := v.store.Verified(ctx, key)
	v.heard(ctx, "look up", err)
	var found *verdict
	if err == nil && ok {
		found = new(verdict)
		// A value that is not ours, or an old one, is as good as none.
		if json.Unmarshal(value, found) != nil {
			found = nil
		}
	}
	if err == nil {
		v.known[key] = found
	}
	return found
}

// save puts a verdict into the store. It is called by the goroutine that hashes.
func (v *verdicts) save(ctx context.Context, key string, found verdict) {
	value, err := json.Marshal(found)
	if err == nil {
		err = v.store.SetVerified(ctx, key, value)
	}
	v.heard(ctx, "remember", err)
}

// learn notes a verdict that was saved.
func (v *verdicts) learn(key string, found verdict) {
	v.known[key] = &found
	delete(v.failures, key)
}

// forget takes back a verdict: the data are to be hashed anew.
func (v *verdicts) forget(ctx context.Context, key string) {
	delete(v.failures, key)
	v.known[key] = nil
	v.heard(ctx, "forget", v.store.ForgetVerified(ctx, key))
}

// failed returns the failure under key if the files are still the same.
func (v *verdicts) failed(key string, stamps []content.Stamp) (failure, bool) {
	failed, ok := v.failures[key]
	return failed, ok && slices.Equal(failed.stamps, stamps)
}

// fail notes that hashing did not come to an end. The next attempt is after pause, the ones after that ever later: a
// failing disk is not to be read from end to end all day.
func (v *verdicts) fail(key string, f failure, now time.Time, pause time.Duration) {
	const longest = 4 // doublings
	if before, ok := v.failed(key, f.stamps); ok {
		f.attempts = min(before.attempts+1, longest)
	}
	f.retry = now.Add(pause << f.attempts)
	v.failures[key] = f
}

// heard logs the first of a row of the store's errors. Without the store the library works, only restarts are slow.
func (v *verdicts) heard(ctx context.Context, attempt string, err error) {
	switch {
	case err == nil:
		v.deaf.Store(false)
	case ctx.Err() == nil && !v.deaf.Swap(true):
		v.log.Warn("verifications not available", slog.String("attempt", attempt), slog.Any("error", err))
	}
}

// badPieces is a verdict's problem: how many pieces are wrong, and where the first few are.
func badPieces(bad []content.BadPiece, pieces int) string {
	const named = 3
	text := fmt.Sprintf("%d of %d pieces are wrong", len(bad), pieces)
	for i, piece := range bad[:min(named, len(bad))] {
		text += [...]string{": ", "; ", "; "}[i] + piece.String()
	}
	if len(bad) > named {
		text += "; and others"
	}
	return text
}
