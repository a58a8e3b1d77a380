package library

import (
	"testing"
	"time"

	"sixseed/storage/content"
)

func TestVerdicts_FailTriesEverLater(t *testing.T) {
	t.Parallel()
	v := newVerdicts(nil, nil)
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	stamps := []content.Stamp{{Size: 1}}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 16} {
		v.fail("key", failure{stamps: stamps}, now, time.Minute)
		failed, ok := v.failed("key", stamps)
		if got := failed.retry.Sub(now); !ok || got != want*time.Minute {
			t.Errorf("pause %v, want %v", got, want*time.Minute)
		}
	}
	if _, ok := v.failed("key", []content.Stamp{{Size: 2}}); ok {
		t.Error("a failure outlives the file it was about")
	}
	v.fail("key", failure{stamps: []content.Stamp{{Size: 2}}}, now, time.Minute)
	if failed, _ := v.failed("key", []content.Stamp{{Size: 2}}); failed.retry.Sub(now) != time.Minute {
		t.Error("another file waits for the failures of the one before")
	}
}

func TestBadPieces(t *testing.T) {
	t.Parallel()
	bad := make([]content.BadPiece, 5)
	for i := range bad {
		bad[i] = content.BadPiece{Index: i, Parts: []content.Part{{Path: "/iso/a.iso", Offset: int64(i) * 10, Length: 10}}}
	}
	want := "1 of 9 pieces are wrong: piece 0: /iso/a.iso bytes 0 to 9"
	if got := badPieces(bad[:1], 9); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	want = "5 of 9 pieces are wrong: piece 0: /iso/a.iso bytes 0 to 9; piece 1: /iso/a.iso bytes 10 to 19; " +
		"piece 2: /iso/a.iso bytes 20 to 29; and others"
	if got := badPieces(bad, 9); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
