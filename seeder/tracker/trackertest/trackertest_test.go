package trackertest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sixseed/seeder/tracker/swarm"
	"sixseed/seeder/tracker/trackertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTracker_Announce(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	fake := &trackertest.Tracker{Peers: 2, Counts: swarm.Counts{Seeders: 3}, Proven: true, Err: refused}
	if fake.Announced() {
		t.Error("it was announced to before anybody did")
	}
	var answer swarm.Answer
	for _, want := range []swarm.Announce{{NumWant: 1}, {NumWant: 2}} {
		answer = swarm.Answer{}
		if err := fake.Announce(time.Time{}, &want, &answer); !errors.Is(err, refused) {
			t.Errorf("announce: %v", err)
		}
		if got := fake.Last(t); got != want || !fake.Announced() {
			t.Errorf("noted %+v, want %+v", got, want)
		}
	}
	if len(answer.Peers4) != 2*6 || len(answer.Peers6) != 2*18 || answer.Seeders != 3 || !answer.Proven {
		t.Errorf("answered with %+v", answer)
	}
}

func TestTracker_Claim(t *testing.T) {
	t.Parallel()
	disbelieved := errors.New("not believed")
	fake := &trackertest.Tracker{ClaimErr: disbelieved}
	for _, claimed := range []int{1, 2} {
		err := fake.Claim(time.Time{}, &swarm.Announce{}, trackertest.Clients.V6)
		if !errors.Is(err, disbelieved) || len(fake.Claims()) != claimed {
			t.Errorf("%v claimed, %v", fake.Claims(), err)
		}
	}
}

func TestTracker_Scrape(t *testing.T) {
	t.Parallel()
	fake := &trackertest.Tracker{Counts: swarm.Counts{Leechers: 4}}
	if got, known := fake.Scrape(swarm.InfoHash{'a'}); !known || !cmp.Equal(got, fake.Counts) {
		t.Errorf("%+v, %v", got, known)
	}
	if got, known := fake.Scrape(swarm.InfoHash{'z'}); known || !cmp.Equal(got, swarm.Counts{}) {
		t.Errorf("what it does not know has %+v, %v", got, known)
	}
}

func TestTracker_Tag(t *testing.T) {
	t.Parallel()
	fake := new(trackertest.Tracker)
	if got := fake.Tag([20]byte([]byte(trackertest.PeerID)), 7); got != 7 {
		t.Errorf("the tag is %d, want 7", got)
	}
	if got := fake.Tag([20]byte{}, 7); got != 0 {
		t.Errorf("another's tag is %d, want 0", got)
	}
}

// server ends with its context and notes that.
type server struct{ ended bool }

func (s *server) Run(ctx context.Context) error {
	<-ctx.Done()
	s.ended = true
	return nil
}

func TestRun(t *testing.T) {
	t.Parallel()
	var s server
	t.Run("UntilTheTestEnds", func(t *testing.T) { trackertest.Run(t, &s) })
	if !s.ended {
		t.Error("the server runs on")
	}
}
