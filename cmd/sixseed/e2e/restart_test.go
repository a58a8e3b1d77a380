package e2e_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/announce/announcetest"
)

// makeRelease writes a file of so many bytes that no other file has.
func makeRelease(t *testing.T, path string, size int) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i >> (i % 13))
	}
	copy(content, path)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// infoHash returns the info-hash of the release that comes first.
func (d *daemon) infoHash(t *testing.T) [20]byte {
	t.Helper()
	status, err := d.status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := hex.DecodeString(status.Torrents[0].InfoHash)
	if err != nil || len(raw) != 20 {
		t.Fatalf("%s has the info-hash %q", status.Torrents[0].Name, status.Torrents[0].InfoHash)
	}
	return [20]byte(raw)
}

// reported is the payload that `sixseed report` finds in the ledger.
func (d *daemon) reported(t *testing.T) family.Pair[int64] {
	t.Helper()
	var report struct {
		Sum family.Pair[struct{ Payload int64 }]
	}
	if err := json.Unmarshal(d.run(t, "report", "--json"), &report); err != nil {
		t.Fatal(err)
	}
	return family.Pair[int64]{V4: report.Sum.V4.Payload, V6: report.Sum.V6.Payload}
}

// readBytes is how much the daemon's process has read since it was started, from files and sockets.
func (d *daemon) readBytes(t *testing.T) (bytes int64) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", d.command.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(string(text), "rchar: %d", &bytes); err != nil {
		t.Fatal(err)
	}
	return bytes
}

// TestDaemon_Killed takes the daemon's life in the middle of a download: what the ledger had is there afterwards, what
// comes later is added to it, nothing is counted twice, and no release is hashed again.
func TestDaemon_Killed(t *testing.T) {
	t.Parallel()
	const size = 64 << 20
	library := t.TempDir()
	makeRelease(t, filepath.Join(library, "a.iso"), size)
	d := startDaemon(t, settings{library: library})
	d.await(t, "seeding", d.seeds(1))

	first := newLeecher(t, "::1", d.port, d.infoHash(t))
	var recorded family.Pair[int64]
	d.await(t, "a record of the download", func(context.Context) error {
		if err := first.fetch(100); err != nil {
			return err
		}
		if recorded = d.reported(t); recorded.V6 == 0 {
			return errors.New("nothing is recorded")
		}
		return nil
	})
	if err := first.fetch(100); err != nil {
		t.Fatal(err)
	}
	_ = d.command.Process.Kill()
	<-d.ended
	afterwards := d.reported(t)
	if afterwards.V6 < recorded.V6 || afterwards.V6 > first.received || afterwards.V4 != 0 {
		t.Errorf("after the kill the ledger has %+v: before it had %+v, and %d bytes were sent", afterwards, recorded, first.received)
	}

	d.start(t)
	d.await(t, "seeding again", d.seeds(1))
	if read := d.readBytes(t); read > size/2 {
		t.Errorf("%d bytes were read before the release was seeded again: it was hashed", read)
	}
	second := newLeecher(t, "127.0.0.1", d.port, d.infoHash(t))
	if err := second.fetch(50); err != nil {
		t.Fatal(err)
	}
	d.stop(t)
	if got, want := d.reported(t), (family.Pair[int64]{V4: second.received, V6: afterwards.V6}); got != want {
		t.Errorf("in the end the ledger has %+v, want %+v", got, want)
	}
}

// TestDaemon_ThousandReleases starts with many releases, again and for the second time.
func TestDaemon_ThousandReleases(t *testing.T) {
	t.Parallel()
	const releases = 1000
	library := t.TempDir()
	for i := range releases {
		makeRelease(t, filepath.Join(library, fmt.Sprint(i/100), fmt.Sprintf("release-%d.iso", i)), 64<<10)
	}
	tracker := announcetest.New(t, nil)
	d := startDaemon(t, settings{library: library, tiers: [][]string{
		{tracker.URL("http", family.V6)}, {tracker.URL("udp", family.V4)},
	}})
	d.await(t, "seeding", d.seeds(releases))
	d.stop(t)

	before := len(tracker.Announces())
	begin := time.Now()
	d.start(t)
	d.await(t, "seeding again", d.seeds(releases))
	t.Logf("%d releases are seeded %v after a restart", releases, time.Since(begin))
	tracker.Await("announces after the restart", func(announces []announcetest.Announce) bool {
		return announced(announces[before:]) == family.Pair[int]{V4: releases, V6: releases}
	})
	t.Logf("and announced after %v", time.Since(begin))
	if read := d.readBytes(t); read > releases*(64<<10)/2 {
		t.Errorf("%d bytes were read: the releases were hashed", read)
	}
	d.stop(t)
}

// TestDaemon_Reload changes the configuration of a daemon with a peer, which does not notice.
func TestDaemon_Reload(t *testing.T) {
	t.Parallel()
	library, other := t.TempDir(), t.TempDir()
	makeRelease(t, filepath.Join(library, "a.iso"), 1<<20)
	makeRelease(t, filepath.Join(other, "b.iso"), 1<<20)
	d := startDaemon(t, settings{library: library})
	d.await(t, "seeding", d.seeds(1))
	peer := newLeecher(t, "::1", d.port, d.infoHash(t))
	if err := peer.fetch(1); err != nil {
		t.Fatal(err)
	}

	old, err := os.ReadFile(d.config)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(d.config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d.hangUp(t)
	}
	write(strings.Replace(string(old), fmt.Sprintf("%q]", library), fmt.Sprintf("%q, %q]", library, other), 1))
	d.await(t, "seeding of both directories", d.seeds(2))
	write("[library]\ndirs = 7\n") // is refused, and changes nothing
	if err := peer.fetch(10); err != nil {
		t.Errorf("the peer did notice: %v", err)
	}
	d.await(t, "seeding of both directories", d.seeds(2))
	d.stop(t)
}
