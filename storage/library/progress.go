package library

import (
	"log/slog"
	"sync"
	"time"
)

// Progress is told how hashing goes. One release is hashed at a time, by several goroutines: Add may be called by
// many at once, between a Start and its Done.
type Progress interface {
	Start(name string, bytes int64)
	Add(bytes int64)
	Done()
}

// silence is the progress nobody wants to see.
type silence struct{}

func (silence) Start(string, int64) {}
func (silence) Add(int64)           {}
func (silence) Done()               {}

// logInterval is how often LogProgress writes a line.
const logInterval = time.Minute

var _ Progress = (*LogProgress)(nil)

// LogProgress writes a line a minute into a log for as long as there is something to hash. A short hashing leaves no
// line of its own, but many of them in a row do.
type LogProgress struct {
	log *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	name    string
	total   int64     // bytes of the release that is being hashed
	done    int64     // bytes of these that are
	hashed  int64     // bytes since the last line, of all releases
	line    time.Time // when the last one was written, or the first release begun
	resting time.Time // since when nothing is hashed; zero while something is
}

// NewLogProgress returns a LogProgress that writes to log, by the clock now; nil is time.Now.
func NewLogProgress(log *slog.Logger, now func() time.Time) *LogProgress {
	if now == nil {
		now = time.Now
	}
	return &LogProgress{log: log, now: now}
}

// Start begins a release of so many bytes.
func (p *LogProgress) Start(name string, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	// After a rest the minute begins anew, or the first line would come at once and tell of an empty minute.
	if p.line.IsZero() || now.Sub(p.resting) >= logInterval {
		p.line, p.hashed = now, 0
	}
	p.name, p.total, p.done, p.resting = name, bytes, 0, time.Time{}
}

// Add counts bytes that were hashed, and writes the line when it is time.
func (p *LogProgress) Add(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += bytes
	p.hashed += bytes
	now := p.now()
	passed := now.Sub(p.line)
	if passed < logInterval {
		return
	}
	p.log.Info("verifying data",
		slog.String("name", p.name),
		slog.Int64("bytes", p.done),
		slog.Int64("total_bytes", p.total),
		slog.Int64("bytes_per_second", int64(float64(p.hashed)/passed.Seconds())))
	p.line, p.hashed = now, 0
}

// Done ends the release.
func (p *LogProgress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resting = p.now()
}
