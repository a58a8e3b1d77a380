package content_test

import (
	"errors"
	"io/fs"
	"testing"
	"testing/synctest"

	"sixseed/storage/content"
)

// hold opens a file of data in the background. What comes through the channel ends its use.
func hold(t *testing.T, data *content.Data, file int) <-chan func() {
	t.Helper()
	held := make(chan func(), 1)
	go func() {
		release, err := content.Hold(data, file)
		if err != nil {
			t.Error(err)
		}
		held <- release
	}()
	synctest.Wait()
	return held
}

// The users of one file overlap, so that it is never idle, while somebody waits for another one.
func TestPool_ServesWhoWaitsThoughAFileIsAlwaysInUse(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 1, 1)
	synctest.Test(t, func(t *testing.T) {
		data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
		defer data.Close()
		for round := range 2 {
			release := <-hold(t, data, 0)
			waiting := hold(t, data, 1)
			users, served := 0, false
			for ; !served && users < 1000; users++ {
				next := hold(t, data, 0)
				release()
				synctest.Wait()
				if served = len(waiting) == 1; served {
					(<-waiting)() // now it is the turn of who asked last
				}
				release = <-next
			}
			release()
			if users < 10 || !served {
				t.Fatalf("round %d: served is %v after %d users", round, served, users)
			}
		}
	})
}

func TestPool_ServesInOrder(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 1, 1, 1, 1)
	synctest.Test(t, func(t *testing.T) {
		data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
		defer data.Close()
		release := <-hold(t, data, 0)
		var waiting []<-chan func()
		for _, file := range []int{3, 1, 2} {
			waiting = append(waiting, hold(t, data, file))
		}
		for i := range waiting {
			release()
			synctest.Wait()
			for later, held := range waiting[i:] {
				if served := len(held) == 1; served != (later == 0) {
					t.Fatalf("after release %d: number %d served is %v", i, i+later, served)
				}
			}
			release = <-waiting[i]
		}
		release()
	})
}

func TestPool_ServesTogetherWhoWaitsForOneFile(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 1, 1)
	synctest.Test(t, func(t *testing.T) {
		data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
		defer data.Close()
		release := <-hold(t, data, 0)
		first, second := hold(t, data, 1), hold(t, data, 1)
		release()
		synctest.Wait()
		if len(first) != 1 || len(second) != 1 {
			t.Errorf("%d and %d of two served", len(first), len(second))
		}
		releaseFirst := <-first
		releaseFirst()
		(<-second)()
	})
}

func TestPool_IdleFileIsRoomForWhoWaits(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 1, 1)
	synctest.Test(t, func(t *testing.T) {
		data := content.Open(made.Layout, made.stamps(t), content.NewPool(1))
		defer data.Close()
		release := <-hold(t, data, 0)
		waiting := hold(t, data, 1)
		release()
		// Whether the one who waits has run by now or not, it is his turn.
		again := hold(t, data, 0)
		if len(again) != 0 {
			t.Error("the idle file was taken again")
		}
		(<-waiting)()
		(<-again)()
	})
}

func TestPool_CloseWakesWhoWaitsBehindOthers(t *testing.T) {
	t.Parallel()
	made := newTorrent(t, 16, 1, 1)
	synctest.Test(t, func(t *testing.T) {
		pool := content.NewPool(1)
		data := content.Open(made.Layout, made.stamps(t), pool)
		defer data.Close()
		other := content.Open(made.Layout, made.stamps(t), pool)
		release := <-hold(t, data, 0)
		waiting := hold(t, data, 1)
		read := make(chan error, 1)
		go func() {
			_, err := other.ReadAt(make([]byte, 1), 0)
			read <- err
		}()
		synctest.Wait()
		other.Close()
		if err := <-read; !errors.Is(err, fs.ErrClosed) {
			t.Errorf("error is %v", err)
		}
		release()
		(<-waiting)()
	})
}
