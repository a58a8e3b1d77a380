package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/config"
)

// makeTree makes directories and files, whose names do not end in /, and returns the directory they are in.
func makeTree(t *testing.T, paths ...string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		full := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, "/") {
			err = os.MkdirAll(full, 0o755)
		} else {
			err = os.WriteFile(full, nil, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// writeConfig writes a configuration file in which ROOT stands for the directory.
func writeConfig(t *testing.T, root, text string) (file string) {
	t.Helper()
	file = filepath.Join(root, "config.toml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "ROOT", root)), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// textOf returns an error's text with ROOT for the directory.
func textOf(err error, root string) string {
	return strings.ReplaceAll(fmt.Sprint(err), root, "ROOT")
}

func TestLoad_LooksAtDirectories(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"OK": {
			"state_dir = \"ROOT/state\"\nlibrary.dirs = [\"ROOT/iso\", \"ROOT/other\"]",
			"<nil>",
		},
		"StateNeedNotExist": {
			"state_dir = \"ROOT/new/state\"\nlibrary.dirs = [\"ROOT/iso\"]",
			"<nil>",
		},
		"LibraryBesideTorrentsInState": {
			"state_dir = \"ROOT\"\nlibrary.dirs = [\"ROOT/iso\"]",
			"<nil>",
		},
		"Missing": {
			"library.dirs = [\"ROOT/iso\",\n \"ROOT/none\", \"ROOT/file\"]",
			`ROOT/config.toml:1: library.dirs[1]: "ROOT/none" does not exist` + "\n" +
				`ROOT/config.toml:1: library.dirs[2]: "ROOT/file" is not a directory`,
		},
		"BelowAFile": {
			"library.dirs = [\"ROOT/file/iso\"]",
			`ROOT/config.toml:1: library.dirs[0]: "ROOT/file/iso" cannot be looked at: not a directory`,
		},
		"StateIsAFile": {
			"state_dir = \"ROOT/file\"\nlibrary.dirs = [\"ROOT/iso\"]",
			`ROOT/config.toml:1: state_dir: "ROOT/file" is not a directory`,
		},
		"StateInLibrary": {
			"library.dirs = [\"ROOT/iso\"]\nstate_dir = \"ROOT/iso/new/state\"",
			`ROOT/config.toml:2: state_dir: "ROOT/iso/new/state" lies in the library directory "ROOT/iso", and a library is never written to: choose another place`,
		},
		"StateIsLibrary": {
			"library.dirs = [\"ROOT/iso/\"]\nstate_dir = \"ROOT/iso\"",
			`ROOT/config.toml:2: state_dir: "ROOT/iso" lies in the library directory "ROOT/iso", and a library is never written to: choose another place`,
		},
		"StateInLibraryBySymlink": {
			"library.dirs = [\"ROOT/iso\"]\nstate_dir = \"ROOT/link/new\"",
			`ROOT/config.toml:2: state_dir: "ROOT/link/new" lies in the library directory "ROOT/iso", and a library is never written to: choose another place`,
		},
		"LibraryIsTorrents": {
			"state_dir = \"ROOT/state\"\nlibrary.dirs = [\"ROOT/state/torrents\"]",
			`ROOT/config.toml:2: library.dirs[0]: "ROOT/state/torrents" is where made .torrent files are kept (state_dir): choose another place`,
		},
		"Twice": {
			"library.dirs = [\"ROOT/iso\", \"ROOT/iso/\", \"ROOT/link\"]",
			`ROOT/config.toml:1: library.dirs[1]: "ROOT/iso" is named twice` + "\n" +
				`ROOT/config.toml:1: library.dirs[2]: "ROOT/link" is the same directory as "ROOT/iso": name it once`,
		},
		"Nested": {
			"library.dirs = [\"ROOT/iso\", \"ROOT/iso/deep\", \"ROOT/iso2\"]",
			`ROOT/config.toml:1: library.dirs[1]: "ROOT/iso/deep" lies in "ROOT/iso", which is seeded with all below it: remove it`,
		},
		"NestedTheOtherWay": {
			"library.dirs = [\"ROOT/iso/deep\", \"ROOT/link\"]",
			`ROOT/config.toml:1: library.dirs[1]: "ROOT/link" is seeded with all below it, which includes "ROOT/iso/deep": remove that one`,
		},
		"ValuesToo": {
			"peers.port = 0\nlibrary.dirs = [5, \"ROOT/none\", \"iso\"]",
			`ROOT/config.toml:1: peers.port: 0 is out of range: use 1 to 65535` + "\n" +
				`ROOT/config.toml:2: library.dirs[0]: is an integer, must be a string` + "\n" +
				`ROOT/config.toml:2: library.dirs[2]: "iso" is not an absolute path: start it with /` + "\n" +
				`ROOT/config.toml:2: library.dirs[1]: "ROOT/none" does not exist`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := makeTree(t, "iso/deep/", "iso2/", "other/", "state/torrents/", "file")
			if err := os.Symlink("iso", filepath.Join(root, "link")); err != nil {
				t.Fatal(err)
			}
			_, err := config.Load(writeConfig(t, root, test.text), config.Overrides{})
			if diff := cmp.Diff(test.want, textOf(err, root)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestLoad_UnreadableDirectory(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root reads every directory")
	}
	root := makeTree(t, "iso/")
	dir := filepath.Join(root, "iso")
	if err := os.Chmod(dir, 0o444); err != nil {
		t.Fatal(err)
	}
	_, err := config.Load("", config.Overrides{Library: []string{dir}})
	want := fmt.Sprintf(`--library: "ROOT/iso" cannot be read by user %d: permission denied`, os.Getuid())
	if got := textOf(err, root); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLoad_FlagsTakeTheFilesPlace(t *testing.T) {
	t.Parallel()
	root := makeTree(t, "iso/", "state/")
	file := writeConfig(t, root, "state_dir = \"/none\"\nlibrary.dirs = [\"/none\"]\npeers.port = 1234")
	flags := config.Overrides{StateDir: root + "/state/", Library: []string{root + "/iso"}}
	got, err := config.Load(file, flags)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.StateDir, want.Library.Dirs, want.Peers.Port = root+"/state", []string{root + "/iso"}, 1234
	if diff := cmp.Diff(want, got, byValue); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

func TestLoad_NamesTheFlagThatIsWrong(t *testing.T) {
	t.Parallel()
	root := makeTree(t, "iso/")
	file := writeConfig(t, root, "state_dir = \"/none\"\nlibrary.dirs = [\"/none\"]\npeers.port = 0")
	flags := config.Overrides{StateDir: root + "/iso/state", Library: []string{root + "/iso", root + "/none"}}
	_, err := config.Load(file, flags)
	want := `--state: "ROOT/iso/state" lies in the library directory "ROOT/iso", and a library is never written to: choose another place` + "\n" +
		`--library: "ROOT/none" does not exist` + "\n" +
		`ROOT/config.toml:3: peers.port: 0 is out of range: use 1 to 65535`
	if diff := cmp.Diff(want, textOf(err, root)); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

func TestLoad_MakesFlagsAbsolute(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	got, err := config.Load("", config.Overrides{StateDir: "testdata/state", Library: []string{"."}})
	if err == nil {
		t.Fatalf("a state directory in the library was taken: %+v", got)
	}
	want := fmt.Sprintf(`--state: "%s/testdata/state" lies in the library directory "%s"`, here, here)
	if !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLoad_UnreadableFile(t *testing.T) {
	t.Parallel()
	root := makeTree(t, "dir/")
	for file, want := range map[string]string{
		"none.toml": "ROOT/none.toml: no such file or directory",
		"dir":       "ROOT/dir: is a directory",
	} {
		_, err := config.Load(filepath.Join(root, file), config.Overrides{})
		if got := textOf(err, root); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestRead_DoesNotLookAtDirectories(t *testing.T) {
	t.Parallel()
	root := makeTree(t)
	file := writeConfig(t, root, "state_dir = \"ROOT/none\"\nlibrary.dirs = [\"ROOT/none\"]")
	got, err := config.Read(file, config.Overrides{StateDir: root})
	if err != nil {
		t.Fatal(err)
	}
	if got.StateDir != root || got.Library.Dirs[0] != root+"/none" {
		t.Errorf("got %+v", got)
	}
	if _, err := config.Read(writeConfig(t, root, "peers.port = 0"), config.Overrides{}); err == nil {
		t.Error("a wrong value was taken")
	}
}
