package ledger_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/ledger"
)

func TestLedger_Downloads(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ledger.FileName)
	l := open(t, path, ledger.Config{})
	want := map[[20]byte]int64{}
	check := func(t *testing.T, l *ledger.Ledger) {
		t.Helper()
		got, err := l.Downloads(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("downloads (-want +got):\n%s", diff)
		}
	}
	check(t, l)
	for _, completed := range []map[[20]byte]int64{{{1}: 2, {2}: 1}, nil, {{1}: 3, {3}: 1}} {
		if err := l.AddDownloads(t.Context(), completed); err != nil {
			t.Fatal(err)
		}
		for infoHash, count := range completed {
			want[infoHash] += count
		}
		check(t, l)
	}
	reader, err := ledger.OpenReader(t.Context(), path, ledger.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeLedger(t, reader) })
	check(t, reader)
	if err := reader.AddDownloads(t.Context(), map[[20]byte]int64{{1}: 1}); err == nil {
		t.Error("a reader has written")
	}
	check(t, l)
}
