package ledger_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"sixseed/storage/ledger"
)

func TestLedger_Verified(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ledger.FileName)
	l := open(t, path, ledger.Config{})

	want := func(t *testing.T, l *ledger.Ledger, key string, value []byte, known bool) {
		t.Helper()
		got, ok, err := l.Verified(t.Context(), key)
		if err != nil || ok != known || !bytes.Equal(got, value) {
			t.Errorf("%s: got %q, %v, %v; want %q, %v", key, got, ok, err, value, known)
		}
	}
	set := func(t *testing.T, key string, value []byte) {
		t.Helper()
		if err := l.SetVerified(t.Context(), key, value); err != nil {
			t.Fatal(err)
		}
	}

	want(t, l, "a.iso", nil, false)
	set(t, "a.iso", []byte("first"))
	set(t, "a.iso", []byte("second"))
	set(t, "b.iso", nil)
	want(t, l, "a.iso", []byte("second"), true)
	want(t, l, "b.iso", nil, true)

	again := open(t, path, ledger.Config{})
	want(t, again, "a.iso", []byte("second"), true)

	for range 2 { // to forget what is forgotten is no error
		if err := l.ForgetVerified(t.Context(), "a.iso"); err != nil {
			t.Fatal(err)
		}
	}
	want(t, again, "a.iso", nil, false)
	want(t, again, "b.iso", nil, true)
}
