package main

import (
	"context"
	"testing"
	"testing/synctest"
)

// Neither reader goes further ahead of the other than it may.
func TestPace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		whole, pieces int64 // what has been read before
		ahead         func(*pace)
		free          func(*pace)
	}{
		"PiecesWaitForWhole": {
			10, 10, func(p *pace) { p.hashed(1) }, func(p *pace) { p.reached(11) },
		},
		"WholeWaitsForPieces": {
			10, 10, func(p *pace) { p.reached(maxLead + 11) }, func(p *pace) { p.hashed(1) },
		},
		"ReleaseFreesPieces": {0, 0, func(p *pace) { p.hashed(1) }, (*pace).release},
		"ReleaseFreesWhole":  {0, 0, func(p *pace) { p.reached(maxLead + 1) }, (*pace).release},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPace(t.Context())
				p.reached(test.whole)
				p.hashed(test.pieces)
				done := make(chan struct{})
				go func() {
					test.ahead(p)
					close(done)
				}()
				synctest.Wait()
				select {
				case <-done:
					t.Fatal("it did not wait")
				default:
				}
				test.free(p)
				<-done
			})
		})
	}
}

func TestPace_EndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := newPace(ctx)
		done := make(chan struct{})
		go func() {
			p.hashed(1)
			close(done)
		}()
		synctest.Wait()
		cancel()
		<-done
	})
}
