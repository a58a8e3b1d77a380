package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

// editableTorrent is a .torrent that names one tracker.
const editableTorrent = "d8:announce26:http://a.example.org:6969/4:info" +
	"d6:lengthi1e4:name5:a.iso12:piece lengthi16384e6:pieces20:hhhhhhhhhhhhhhhhhhhhee"

func writeEditable(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(editableTorrent), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPrintEdits(t *testing.T) {
	t.Parallel()
	before := metafile.Editable{
		Announce: "http://stray.example.org/",
		Tiers:    [][]string{{"http://a.example.org/", "http://b.example.org/"}, {"http://gone.example.org/"}},
		Webseeds: []string{"https://w.example.org/"}, Comment: "old\x1b[2J",
	}
	after := metafile.Editable{
		Announce: "http://new.example.org/",
		Tiers:    [][]string{{"http://new.example.org/"}, {"http://a.example.org/", "http://b.example.org/"}},
		Webseeds: []string{"https://w.example.org/"}, Comment: "new",
	}
	v1 := metafile.Edited{HasV1: true, InfoHash: [20]byte{1}, Before: before, After: before}
	hybrid := metafile.Edited{HasV1: true, HasV2: true, InfoHash: [20]byte{2}, InfoHashV2: [32]byte{3}, Before: before, After: after, Changed: true}
	v2 := metafile.Edited{HasV2: true, InfoHashV2: [32]byte{4}, After: after, Changed: true}
	outcomes := []editOutcome{
		{path: "a.torrent", edited: v1},
		{path: "b\x1b.torrent", edited: hybrid},
		{path: "c.torrent", err: errors.New("c.torrent: no reason\x1b")},
		{path: "d.torrent", edited: v2},
	}
	for name, dryRun := range map[string]bool{"edit.golden": false, "edit-dry-run.golden": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := printEdits(&out, outcomes, dryRun); err != nil {
				t.Fatal(err)
			}
			golden(t, name, out.String())
		})
	}
}

func TestEditWarnings_AreToldOnce(t *testing.T) {
	t.Parallel()
	outcome := func(path string, warnings ...string) editOutcome {
		return editOutcome{path: path, edited: metafile.Edited{Warnings: warnings}}
	}
	got := editWarnings([]editOutcome{outcome("a", "x"), outcome("b", "y", "x"), outcome("c"), outcome("d", "x\x1b", "x")})
	want := "warning: a and 2 others: x\nwarning: b: y\nwarning: d: x?\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestEditCommand_ManyFilesOneLineEach(t *testing.T) {
	t.Parallel()
	const files = 200
	dir := t.TempDir()
	args := []string{"edit", "--add-tracker", "http://new.example.org/"}
	for i := range files {
		path := filepath.Join(dir, fmt.Sprintf("%d.torrent", i))
		writeEditable(t, path)
		args = append(args, path)
	}
	var out, errs bytes.Buffer
	if code := run(args, &streams{Out: &out, Err: &errs}); code != exitDone || errs.Len() > 0 {
		t.Fatalf("exit code %d, %s", code, &errs)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != files+1 || lines[files] != "200 files: 200 edited, 0 unchanged, 0 not edited" {
		t.Fatalf("%d lines, the last one %q", len(lines), lines[len(lines)-1])
	}
	for i, line := range lines[:files] {
		if !strings.HasPrefix(line, args[3+i]+": edited, info-hash ") {
			t.Errorf("line %d is %q", i, line)
		}
	}
}

func TestEditFiles_StopsWithItsContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.torrent")
	writeEditable(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	outcomes := editFiles(ctx, []string{path}, metafile.Changes{AddTiers: [][]string{{"http://new.example.org/"}}}, false)
	data, err := os.ReadFile(path)
	if !errors.Is(outcomes[0].err, context.Canceled) || err != nil || string(data) != editableTorrent {
		t.Errorf("%v; the file has %q, %v", outcomes[0].err, data, err)
	}
}

func TestEditCommand_JSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, none := filepath.Join(dir, "a.torrent"), filepath.Join(dir, "none.torrent")
	writeEditable(t, path)
	var out, errs bytes.Buffer
	args := []string{"edit", "--json", "--dry-run", "--add-webseed=https://w.example.org/", "--remove-tracker=http://a.example.org:6969/", path, none}
	if code := run(args, &streams{Out: &out, Err: &errs}); code != exitFailed || errs.String() != "sixseed: 1 of 2 files could not be edited\n" {
		t.Errorf("exit code %d, %q", code, &errs)
	}
	var got editsJSON
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := editsJSON{Version: 1, DryRun: true, editSum: editSum{Edited: 1, Failed: 1}, Files: []editJSON{
		{
			Path: path, Name: "a.iso", InfoHash: got.Files[0].InfoHash, Changed: true,
			Before: &editableJSON{Announce: "http://a.example.org:6969/", Tiers: [][]string{{"http://a.example.org:6969/"}}, Webseeds: []string{}},
			After:  &editableJSON{Tiers: [][]string{}, Webseeds: []string{"https://w.example.org/"}},
		},
		{Path: none, Error: "open " + none + ": no such file or directory"},
	}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(editsJSON{})); diff != "" || len(got.Files[0].InfoHash) != 40 {
		t.Errorf("info-hash %q; -want +got:\n%s", got.Files[0].InfoHash, diff)
	}
}

// BenchmarkEditFiles edits a thousand torrents of 60 kB each, and waits until the disk has them.
func BenchmarkEditFiles(b *testing.B) {
	const files = 1000
	dir, info := b.TempDir(), strings.Repeat("h", 60_000)
	paths := make([]string, files)
	for i := range paths {
		paths[i] = filepath.Join(dir, fmt.Sprintf("%d.torrent", i))
		if err := os.WriteFile(paths[i], fmt.Appendf(nil, "d4:infod4:name1:a6:pieces%d:%see", len(info), info), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	round := 0
	for b.Loop() {
		round++
		comment := fmt.Sprint(round)
		outcomes := editFiles(b.Context(), paths, metafile.Changes{Comment: &comment}, false)
		if sum := sumEdits(outcomes); sum.Edited != files {
			b.Fatalf("%+v", sum)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*files)*1e6, "µs/file")
}
