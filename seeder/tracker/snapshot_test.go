package tracker_test

import (
	"os"
	"path/filepath"
	"testing"

	"sixseed/policy/family"
)

func TestTracker_Save_LeavesTheOldOneIfTheDiskIsFull(t *testing.T) {
	t.Parallel()
	config, journal := open(), journal{}
	config.StateDir, config.Log = t.TempDir(), journal.log()
	path := filepath.Join(config.StateDir, "swarms.snapshot")
	tr := newTracker(t, config)
	announce(t, tr, announceOf(family.V6, 1))
	tr.Save()

	announce(t, tr, announceOf(family.V6, 2))
	if err := os.Symlink("/dev/full", path+".new"); err != nil {
		t.Fatal(err)
	}
	tr.Save()
	if journal.count("no space left on device") != 1 {
		t.Error("a full disk was not logged")
	}
	if counts, _ := newTracker(t, config).Scrape(infoHash); counts.Leechers != 1 {
		t.Errorf("the old snapshot has %+v", counts)
	}
	if _, err := os.Lstat(path + ".new"); !os.IsNotExist(err) {
		t.Errorf("what there was no room for is left behind: %v", err)
	}

	tr.Save()
	if counts, _ := newTracker(t, config).Scrape(infoHash); counts.Leechers != 2 {
		t.Errorf("the next snapshot has %+v", counts)
	}
}

func TestNew_StartsEmptyWithADamagedSnapshot(t *testing.T) {
	t.Parallel()
	config, journal := open(), journal{}
	config.StateDir, config.Log = t.TempDir(), journal.log()
	write(t, filepath.Join(config.StateDir, "swarms.snapshot"), "sixseed swarms 1\nand then nothing of use")
	tr := newTracker(t, config)
	if journal.count("snapshot is damaged") != 1 {
		t.Error("the damage was not logged")
	}
	announce(t, tr, announceOf(family.V6, 1))
	if counts, _ := tr.Scrape(infoHash); counts.Leechers != 1 {
		t.Errorf("there are %+v", counts)
	}
}
