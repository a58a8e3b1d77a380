package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"sixseed/policy/family"
	"sixseed/storage/ledger"

	"github.com/google/go-cmp/cmp"
)

// schemaVersion is the newest one, of which -update leaves a ledger in testdata/upgrade. Those of older versions stay.
const schemaVersion = 2

// Every ledger that any version ever wrote must open, and be read and written.
func TestOpen_Upgrades(t *testing.T) {
	t.Parallel()
	if *update {
		leaveLedger(t, filepath.Join("testdata", "upgrade", fmt.Sprintf("v%d.db", schemaVersion)))
	}
	for version := 1; version <= schemaVersion; version++ {
		t.Run(fmt.Sprintf("FromVersion%d", version), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(filepath.Join("testdata", "upgrade", fmt.Sprintf("v%d.db", version)))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), ledger.FileName)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			now := at(t, "2026-12-01T00:00:00Z")
			l := open(t, path, ledger.Config{Now: now.now})
			record(t, l, sent(2, family.V4, 700))

			want := []string{"2026-10 1000 200", "2026-11 3000 0", "2026-12 0 700"}
			if diff := cmp.Diff(want, payloads(report(t, l, ledger.Query{}))); diff != "" {
				t.Errorf("months (-want +got):\n%s", diff)
			}
			totals, err := l.Totals(t.Context())
			if err != nil || totals[[20]byte{1}].V6.Payload != 4000 || totals[[20]byte{2}].V4.Payload != 900 {
				t.Errorf("totals: got %+v, %v", totals, err)
			}
			downloads, err := l.Downloads(t.Context())
			if want := int64(version-1) * 5; err != nil || downloads[[20]byte{1}] != want { // version 1 had none
				t.Errorf("downloads: got %v, %v, want %d", downloads, err, want)
			}
			value, ok, err := l.Verified(t.Context(), "release-1.iso")
			if err != nil || !ok || string(value) != "verified" {
				t.Errorf("verification: got %q, %v, %v", value, ok, err)
			}
		})
	}
}

// leaveLedger writes the ledger that later versions must open.
func leaveLedger(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	now := at(t, "2026-10-31T23:59:59Z")
	l, err := ledger.Open(t.Context(), path, ledger.Config{Now: now.now})
	if err != nil {
		t.Fatal(err)
	}
	record(t, l, sent(1, family.V6, 1000), sent(2, family.V4, 200))
	now.Time = at(t, "2026-11-22T12:00:00Z").Time
	record(t, l, sent(1, family.V6, 3000))
	if err := l.SetVerified(t.Context(), "release-1.iso", []byte("verified")); err != nil {
		t.Fatal(err)
	}
	if err := l.AddDownloads(t.Context(), map[[20]byte]int64{{1}: 5}); err != nil {
		t.Fatal(err)
	}
	closeLedger(t, l)
}
