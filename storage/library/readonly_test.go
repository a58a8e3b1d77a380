package library_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sixseed/storage/content"
	"sixseed/storage/library"
	"sixseed/storage/metafile"
)

// tracedCalls are the system calls that open a file, and those that change one without opening it. A question mark is
// before those that not every strace knows.
const tracedCalls = "open,openat,?openat2,creat,truncate,rename,renameat,?renameat2,link,linkat,symlink,symlinkat," +
	"unlink,unlinkat,rmdir,mkdir,mkdirat,mknod,mknodat,chmod,fchmod,fchmodat,?fchmodat2,chown,fchown,lchown,fchownat," +
	"utime,utimes,utimensat,futimesat,setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr"

// TestLibrary_NeverWrites runs the whole life of a library in a process of its own under strace, while this one
// changes the files.
func TestLibrary_NeverWrites(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skip(err)
	}
	lab := newLab(t)
	data := random(1, megabyte)
	torrent, _ := single(t, "foreign.iso", data)
	trace := filepath.Join(t.TempDir(), "trace")
	traced := startTraced(t, lab, strace, trace)

	lab.write("foreign.torrent", torrent)
	lab.write("foreign.iso", data)
	traced.await("available foreign.iso")
	lab.write("sub/a.iso", random(2, megabyte))
	traced.await("available a.iso")
	lab.write("sub/a.iso", random(3, megabyte))
	traced.await("gone a.iso")
	traced.await("available a.iso")
	if err := os.Truncate(lab.path("foreign.iso"), 1000); err != nil {
		t.Fatal(err)
	}
	traced.await("gone foreign.iso")
	if err := os.Rename(lab.path("sub/a.iso"), lab.path("a.iso")); err != nil {
		t.Fatal(err)
	}
	traced.await("gone a.iso")
	traced.await("available a.iso")
	lab.symlink("/etc/passwd", "out.iso")
	lab.remove("a.iso")
	traced.await("gone a.iso")
	traced.stop()

	checkTrace(t, trace, lab.dir, lab.torrents)
}

// reading is what an open of a file looks like that cannot change it.
var reading = regexp.MustCompile(`\bopen(at|at2)?\(.*\bO_RDONLY\b`)

// changing are the flags that change a file even if it is opened for reading.
var changing = regexp.MustCompile(`\bO_(CREAT|TRUNC|WRONLY|RDWR|APPEND|TMPFILE)\b`)

// checkTrace looks for a call that names the library and may change it. To know that the trace shows anything, it
// wants to see the data opened for reading, and a .torrent created elsewhere.
func checkTrace(t *testing.T, trace, dir, torrents string) {
	t.Helper()
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	var read, created bool
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.Contains(line, torrents) && strings.Contains(line, "O_CREAT"):
			created = true
		case !strings.Contains(line, dir) || strings.Contains(line, " resumed>"):
			// The second half of a line says what came of the call; what was called is in the first.
		case reading.MatchString(line) && !changing.MatchString(line):
			read = read || strings.Contains(line, "a.iso")
		default:
			t.Errorf("in the library: %s", line)
		}
	}
	if !read || !created {
		t.Errorf("read %v, created %v: the trace does not show what was done", read, created)
	}
}

// traced is a library in another process.
type traced struct {
	t       *testing.T
	command *exec.Cmd
	stdin   io.Closer
	lines   chan string
}

func startTraced(t *testing.T, lab *lab, strace, trace string) *traced {
	t.Helper()
	command := exec.CommandContext(t.Context(), strace, "-f", "-y", "-qq", "-s", "4096", "-o", trace,
		"-e", "trace="+tracedCalls, os.Args[0], "-test.run=^TestTraced$")
	command.Env = append(os.Environ(), tracedDir+"="+lab.dir, tracedTorrents+"="+lab.torrents)
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	p := &traced{t: t, command: command, stdin: stdin, lines: make(chan string, 100)}
	go func() {
		defer close(p.lines)
		for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
			if line, ok := strings.CutPrefix(scanner.Text(), sinkPrefix); ok {
				p.lines <- line
			}
		}
	}()
	return p
}

// await waits for the next line and compares it.
func (p *traced) await(want string) {
	p.t.Helper()
	select {
	case got := <-p.lines:
		if got != want {
			p.t.Fatalf("got %q, want %q", got, want)
		}
	case <-time.After(2 * deadline):
		p.t.Fatalf("waited for %q", want)
	}
}

func (p *traced) stop() {
	p.t.Helper()
	_ = p.stdin.Close()
	for line := range p.lines {
		p.t.Errorf("unexpected %q", line)
	}
	if err := p.command.Wait(); err != nil {
		p.t.Fatal(err)
	}
}

// The environment of a process that is a traced library.
const (
	tracedDir      = "SIXSEED_TEST_LIBRARY"
	tracedTorrents = "SIXSEED_TEST_TORRENTS"
)

// TestTraced is the other process: a library until the end of its input, that prints what its sink gets.
func TestTraced(t *testing.T) {
	if os.Getenv(tracedDir) == "" {
		return // there is nobody to trace it
	}
	l, err := library.New(library.Config{
		Settings:    library.Settings{Dirs: []string{os.Getenv(tracedDir)}, CreateTorrents: true},
		TorrentsDir: os.Getenv(tracedTorrents), CreatedBy: "sixseed/test",
		Verifications: &memory{values: make(map[string][]byte)},
		Sink:          &printer{names: make(map[[20]byte]string)},
		Settle:        50 * time.Millisecond, Rescan: time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Run(untilEOF(t, os.Stdin)); err != nil {
		t.Fatal(err)
	}
}

// sinkPrefix tells the sink's lines from those of the testing package.
const sinkPrefix = "sink: "

// printer is a library.Sink that prints what it gets.
type printer struct{ names map[[20]byte]string }

func (p *printer) Available(r library.Release, _ *metafile.Metafile, _ content.Layout, _ []content.Stamp) {
	p.names[r.InfoHash] = r.Name
	_, _ = fmt.Fprintln(os.Stdout, sinkPrefix+"available", r.Name)
}

func (p *printer) Gone(infoHash [20]byte) {
	_, _ = fmt.Fprintln(os.Stdout, sinkPrefix+"gone", p.names[infoHash])
}

// untilEOF is a context that ends with the input.
func untilEOF(t *testing.T, input io.Reader) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _ = io.Copy(io.Discard, input)
		cancel()
	}()
	return ctx
}
