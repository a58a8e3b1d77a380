package library_test

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/library"
)

func TestLogProgress(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, work func(*library.LogProgress)) []string {
		t.Helper()
		book := &logbook{}
		synctest.Test(t, func(*testing.T) {
			work(library.NewLogProgress(slog.New(slog.NewTextHandler(book, nil)), nil))
		})
		var lines []string
		for line := range strings.Lines(book.String()) {
			_, line, _ = strings.Cut(strings.TrimSpace(line), "level=")
			lines = append(lines, line)
		}
		return lines
	}
	hash := func(p *library.LogProgress, seconds int) {
		for range seconds {
			time.Sleep(time.Second)
			p.Add(1000)
		}
	}

	t.Run("ALineAMinute", func(t *testing.T) {
		t.Parallel()
		got := run(t, func(p *library.LogProgress) {
			p.Start("a.iso", 130_000)
			hash(p, 130)
			p.Done()
		})
		want := []string{
			`INFO msg="verifying data" name=a.iso bytes=60000 total_bytes=130000 bytes_per_second=1000`,
			`INFO msg="verifying data" name=a.iso bytes=120000 total_bytes=130000 bytes_per_second=1000`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
	t.Run("ManySmallOnesInARow", func(t *testing.T) {
		t.Parallel()
		got := run(t, func(p *library.LogProgress) {
			for range 13 {
				p.Start("small.iso", 5000)
				hash(p, 5)
				p.Done()
			}
		})
		want := []string{`INFO msg="verifying data" name=small.iso bytes=5000 total_bytes=5000 bytes_per_second=1000`}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
	t.Run("NothingForShortOnesFarApart", func(t *testing.T) {
		t.Parallel()
		got := run(t, func(p *library.LogProgress) {
			for range 3 {
				p.Start("small.iso", 5000)
				hash(p, 5)
				p.Done()
				time.Sleep(time.Hour)
			}
		})
		if len(got) != 0 {
			t.Errorf("lines %q", got)
		}
	})
}
