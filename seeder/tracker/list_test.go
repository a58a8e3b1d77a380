package tracker_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
)

var (
	hashA = strings.Repeat("aa", 20)
	hashB = strings.Repeat("bb", 20)
)

func TestParseList(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text    string
		hashes  []string
		problem string // all that the error says; the line is part of it
	}{
		"Empty":    {text: ""},
		"Hashes":   {text: hashA + "\n" + hashB, hashes: []string{hashA, hashB}},
		"Comments": {text: "# all\n\n  " + hashA + " # debian-13.iso\r\n", hashes: []string{hashA}},
		"Capitals": {text: strings.ToUpper(hashA), hashes: []string{hashA}},
		"V2":       {text: hashA + strings.Repeat("cc", 12), hashes: []string{hashA}},
		"Twice":    {text: hashA + "\n" + hashA, hashes: []string{hashA}},
		"TooShort": {text: "#\n" + hashA[1:], problem: `line 2: "` + hashA[1:] + `" is no info-hash: it takes 40 or 64 hex digits`},
		"NoHex":    {text: "debian.iso", problem: `line 1: "debian.iso" is no info-hash: it takes 40 or 64 hex digits`},
		"TwoBadLines": {text: "x\n" + hashA + "\ny", problem: "line 1: \"x\" is no info-hash: it takes 40 or 64 hex digits\n" +
			`line 3: "y" is no info-hash: it takes 40 or 64 hex digits`},
	} {
		got, err := tracker.ParseList(strings.NewReader(test.text))
		if (err == nil) != (test.problem == "") || err != nil && err.Error() != test.problem {
			t.Errorf("%s: %v, want %s", name, err, test.problem)
		}
		if err == nil && len(got) != len(test.hashes) {
			t.Errorf("%s: got %x", name, got)
		}
		for _, want := range test.hashes {
			if _, ok := got[parse(want)]; !ok {
				t.Errorf("%s: %s is missing", name, want)
			}
		}
	}
}

func FuzzList(f *testing.F) {
	f.Add([]byte("# all\n" + hashA + " # debian-13.iso\n" + hashB + "cccccccccccccccccccccccc\n"))
	f.Add([]byte("x\n\x00\xff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := tracker.ParseList(bytes.NewReader(text))
		if err != nil {
			return
		}
		for infoHash := range list {
			if !bytes.Contains(bytes.ToLower(text), []byte(hex.EncodeToString(infoHash[:]))) {
				t.Errorf("%x is not in the file", infoHash)
			}
		}
	})
}

func parse(text string) (infoHash swarm.InfoHash) {
	_, _ = hex.Decode(infoHash[:], []byte(text))
	return infoHash
}

func TestNew_ReportsAListThatCannotBeRead(t *testing.T) {
	t.Parallel()
	bad := filepath.Join(t.TempDir(), "list")
	write(t, bad, "x\n")
	for _, set := range []func(c *tracker.Config, path string){
		func(c *tracker.Config, path string) { c.ListFile = path },
		func(c *tracker.Config, path string) { c.DenyFile = path },
	} {
		config := open()
		set(&config, bad)
		if _, err := tracker.New(config); err == nil || !strings.Contains(err.Error(), bad+": line 1:") {
			t.Errorf("got %v", err)
		}
		set(&config, bad+"er")
		if _, err := tracker.New(config); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	}
}

func TestTracker_Run_ReadsTheListsAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	listFile, denyFile := filepath.Join(dir, "list"), filepath.Join(dir, "deny")
	write(t, listFile, hashA)
	write(t, denyFile, "")
	synctest.Test(t, func(t *testing.T) {
		var journal journal
		config := open()
		config.Access, config.ListFile, config.DenyFile, config.Log = tracker.Listed, listFile, denyFile, journal.log()
		tr := newTracker(t, config)
		stop := run(t, tr)
		defer stop()
		expect := func(hash, want string) {
			t.Helper()
			a := announceOf(family.V6, 1)
			a.InfoHash = parse(hash)
			var answer swarm.Answer
			got := ""
			if err := tr.Announce(noon, a, &answer); err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("%s: %q, want %q", hash, got, want)
			}
		}
		expectFaults := func(want ...string) {
			t.Helper()
			var got []string
			for _, fault := range tr.ListFaults() {
				got = append(got, filepath.Base(fault.Path)+": "+fault.Err.Error())
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		}
		const unlisted, denied = "torrent is not tracked here", "torrent is not wanted here"
		expect(hashA, "")
		expect(hashB, unlisted)

		write(t, listFile, hashA+"\n"+hashB)
		write(t, denyFile, hashA)
		time.Sleep(11 * time.Second)
		expect(hashA, denied)
		expect(hashB, "")
		expectFaults()

		write(t, listFile, hashA+"\nnonsense and more")
		time.Sleep(time.Minute)
		expect(hashB, "") // the last good list stays
		if got := journal.count("line 2"); got != 1 {
			t.Errorf("the bad line was logged %d times", got)
		}
		expectFaults(`list: line 2: "nonsense and more" is no info-hash: it takes 40 or 64 hex digits`)
		if err := os.Remove(listFile); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		expect(hashB, "")
		if got := journal.count("no such file"); got != 1 {
			t.Errorf("that there is no file was logged %d times", got)
		}
		expectFaults("list: no such file or directory")
		write(t, listFile, "")
		time.Sleep(11 * time.Second)
		expect(hashB, unlisted)
		expectFaults()
	})
}

// A fault may pass without a trace in the file's size and time, as one of its mode does.
func TestTracker_Run_ReadsAListWithAFaultAgain(t *testing.T) {
	t.Parallel()
	listFile := filepath.Join(t.TempDir(), "list")
	write(t, listFile, hashA)
	synctest.Test(t, func(t *testing.T) {
		config := open()
		config.Access, config.ListFile = tracker.Listed, listFile
		tr := newTracker(t, config)
		defer run(t, tr)()
		rewrite := func(text string) {
			write(t, listFile, text)
			if err := os.Chtimes(listFile, noon, noon); err != nil {
				t.Fatal(err)
			}
			time.Sleep(11 * time.Second)
		}
		rewrite(strings.Repeat("x", len(hashB)))
		if faults := tr.ListFaults(); len(faults) != 1 {
			t.Errorf("faults of a bad list: %v", faults)
		}
		rewrite(hashB)
		if faults := tr.ListFaults(); len(faults) > 0 {
			t.Errorf("faults of a list that was put right: %v", faults)
		}
		if _, tracked := tr.Scrape(parse(hashB)); !tracked {
			t.Error("what was added to the list is not tracked")
		}
	})
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
