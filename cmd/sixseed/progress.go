package main

import (
	"io"
	"strings"
	"sync"
	"unicode"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progressBar shows on a terminal how far the hashing of a release is. The log has to be written through it: lines that
// come while there is a bar are put above it.
type progressBar struct {
	terminal io.Writer

	mu        sync.RWMutex
	container *mpb.Progress // nil while nothing is hashed
	bar       *mpb.Bar
}

var _ io.Writer = (*progressBar)(nil)

// newProgressBar returns a progressBar without a bar: there is one from Start to Done.
func newProgressBar(terminal io.Writer) *progressBar { return &progressBar{terminal: terminal} }

// Start shows a bar for the named release. One that is still there goes away.
func (p *progressBar) Start(name string, bytes int64) {
	p.Done()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.container = mpb.New(mpb.WithOutput(p.terminal), mpb.WithAutoRefresh())
	p.bar = p.container.AddBar(bytes,
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(printable(name)+" ")),
		mpb.AppendDecorators(
			decor.Percentage(decor.WCSyncSpace),
			decor.Counters(decor.SizeB1000(0), "% .1f of % .1f", decor.WCSyncSpace),
			decor.AverageSpeed(decor.SizeB1000(0), "% .0f", decor.WCSyncSpace),
			decor.AverageETA(decor.ET_STYLE_GO, decor.WCSyncSpace),
		),
	)
}

// Add counts bytes that were hashed. It may be called from many goroutines.
func (p *progressBar) Add(bytes int64) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.bar != nil {
		p.bar.IncrInt64(bytes)
	}
}

// Done takes the bar away, whether or not all was hashed: what came of it is in the log.
func (p *progressBar) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == nil {
		return
	}
	p.bar.Abort(true)
	p.container.Wait()
	p.container, p.bar = nil, nil
}

// Write writes lines of the log.
func (p *progressBar) Write(lines []byte) (int, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.container != nil {
		return p.container.Write(lines)
	}
	return p.terminal.Write(lines)
}

// printable replaces what a file name may hold and a terminal might obey.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, name)
}
