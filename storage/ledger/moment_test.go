package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"sixseed/storage/ledger"
)

func TestParseMoment(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2026-01", "2026-01-31", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00+05:30"} {
		if m, err := ledger.ParseMoment(text); err != nil || m.IsZero() {
			t.Errorf("%q: got %+v, %v", text, m, err)
		}
	}
	if m, err := ledger.ParseMoment(""); err != nil || !m.IsZero() {
		t.Errorf("no text: got %+v, %v", m, err)
	}
	for _, text := range []string{"2026", "2026-13", "2026-02-30", "yesterday", "2026-01-31 12:00", "2026-01-31T12:00:00"} {
		_, err := ledger.ParseMoment(text)
		if !errors.Is(err, ledger.ErrQuery) || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: got error %v", text, err)
		}
	}
}

func TestMoment_UnmarshalText(t *testing.T) {
	t.Parallel()
	var m ledger.Moment
	if err := m.UnmarshalText([]byte("2026-01")); err != nil || m != moment(t, "2026-01") {
		t.Errorf("got %+v, %v", m, err)
	}
	if err := m.UnmarshalText([]byte("soon")); err == nil {
		t.Error("soon was accepted")
	}
}
