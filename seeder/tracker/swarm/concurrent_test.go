package swarm_test

import (
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
)

// The race detector judges what goes on; when all have stopped nothing may be left.
func TestStore_ServesManyAtOnce(t *testing.T) {
	t.Parallel()
	s := swarm.New(config())
	var announcers, others sync.WaitGroup
	for i := range 4 {
		announcers.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			var entered []swarm.Announce
			for n := range 2_000 {
				a := announceOf(random, family.All[n%2])
				a.InfoHash[0] = byte(n % 5)
				entered = append(entered, a)
			}
			announceAll(s, entered)
			for n := range entered {
				entered[n].Event = swarm.Stopped
			}
			announceAll(s, entered)
		})
	}
	done := make(chan struct{})
	others.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			sweepAll(s, 1)
			s.Totals()
			s.Scrape(swarm.InfoHash{1})
			if err := s.Write(io.Discard, 1, written); err != nil {
				t.Error(err)
			}
		}
	})
	announcers.Wait()
	close(done)
	others.Wait()
	if totals := s.Totals(); totals != (swarm.Totals{}) {
		t.Errorf("there are %+v", totals)
	}
}
