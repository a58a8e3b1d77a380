// Package library finds the releases in a mirror's directories and says which of them can be seeded.
//
// # Looks
//
// A look takes three steps. scan walks the directories and takes a snapshot: every file with its stamp. pair decides
// from the snapshot and the .torrent files alone which data belong to which torrent, and which files have none.
// Library.apply then does what follows: queues data for hashing, takes back what has changed, hands over what is known
// to be right. Events of the file system and the clock do no more than start a look, so it does not matter which of
// them came, or were lost, or were about a network file system that sends none.
//
// One goroutine looks and calls the Sink. Hashing has a goroutine of its own, and no look waits for it.
//
// # What is never done
//
// Nothing is ever written, renamed or removed in a library directory. What is made goes into Config.TorrentsDir.
package library

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"sixseed/storage/content"
)

// Settings are what can change while the library runs.
type Settings struct {
	Dirs           []string   // the directories to look in, with all that is below
	CreateTorrents bool       // make a .torrent for every file that none names
	Trackers       [][]string // tiers of the .torrent files made (BEP 12)
	Webseeds       []string   // of the same; one that ends in a slash stands for the library's directories
}

// Config is what a library is made of.
type Config struct {
	Settings      Settings
	TorrentsDir   string // where created .torrent files go, and others are found
	CreatedBy     string // "name/version"; a .torrent whose creator has the same name is known as made here
	Verifications Verifications
	Sink          Sink
	Log           *slog.Logger     // nil: nothing is logged
	Now           func() time.Time // nil: time.Now
	Settle        time.Duration    // how long a file must not have changed to count as complete; 0: 5 s
	Rescan        time.Duration    // the time between two looks if nothing happens; 0: 5 min
	Workers       int              // goroutines that hash; 0: one per processor
	Progress      Progress         // nil: nobody is told
}

// Library keeps watch over the directories.
type Library struct {
	config   Config
	log      *slog.Logger
	catalog  *catalog
	verdicts *verdicts
	growth   growth
	hasher   hasher

	// These belong to the goroutine of Run.
	settings Settings
	roots    []string // of the last look
	queue    []*job
	revise   bool // something was found that may change who gets which data
	alarm    alarm
	rested   time.Time   // when events may start a look again
	results  chan result // room for one: the goroutine that hashes never waits

	wake chan struct{}

	mu       sync.RWMutex
	next     *Settings // what Reconfigure has left
	changed  []string  // what Refresh has left
	records  map[subject]*record
	running  *job // of which there is one at most
	problems []Problem
}

// subject names what a record is about: a torrent, or a file that has none.
type subject struct {
	infoHash [20]byte
	path     string
}

// record is a release and what the sink holds of it.
type record struct {
	release Release
	held    *placement    // nil: nothing
	page    content.Stamp // of the .torrent that was handed over with it
	logged  string        // the problem logged last
}

// New returns a library. Directories that are missing are a matter of Run, since they may come and go.
func New(config Config) (*Library, error) {
	config.Settle = cmp.Or(config.Settle, 5*time.Second)
	config.Rescan = cmp.Or(config.Rescan, 5*time.Minute)
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Progress == nil {
		config.Progress = silence{}
	}
	torrents, err := makeTorrentsDir(config.TorrentsDir)
	if err != nil {
		return nil, fmt.Errorf("open library: %w", err)
	}
	if err := checkApart(torrents, config.Settings.Dirs); err != nil {
		return nil, fmt.Errorf("open library: %w", err)
	}
	l := &Library{
		config: config, log: config.Log, settings: config.Settings,
		catalog:  newCatalog(torrents, config.CreatedBy),
		verdicts: newVerdicts(config.Verifications, config.Log),
		growth:   growth{settle: config.Settle},
		results:  make(chan result, 1),
		wake:     make(chan struct{}, 1),
		records:  make(map[subject]*record),
	}
	l.hasher = hasher{
		verdicts: l.verdicts, workers: config.Workers, progress: config.Progress, knows: l.knows,
	}
	return l, nil
}

// Run looks after the directories until ctx is done, and returns when nothing is hashed any more. What cannot be read
// is a problem, not an error: the rest goes on.
func (l *Library) Run(ctx context.Context) error {
	watch := newWatcher(l.config.Rescan)
	defer watch.close()
	l.alarm = newAlarm()
	defer l.alarm.stop()
	defer l.stopHashing()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-l.wake:
			l.takeOrders(ctx)
			l.alarm.within(0)
		case event := <-watch.events():
			if l.isNews(event) {
				l.lookSoon()
			}
		case err := <-watch.errors():
			l.log.Debug("file events lost", slog.Any("error", err))
			l.lookSoon()
		case <-l.alarm.timer.C:
			l.look(ctx, watch)
		case r := <-l.results:
			l.finish(ctx, r)
		}
	}
	return nil
}

// Reconfigure replaces the settings. A release in a directory that is still named stays as it is.
func (l *Library) Reconfigure(settings Settings) error {
	if err := checkApart(l.catalog.dir, settings.Dirs); err != nil {
		return fmt.Errorf("reconfigure library: %w", err)
	}
	l.mu.Lock()
	l.next = &settings
	l.mu.Unlock()
	l.nudge()
	return nil
}

// Refresh says that the file at path, of data that are available, was found changed by somebody reading it. The
// release is taken back, and verified anew once the file has settled.
func (l *Library) Refresh(path string) {
	l.mu.Lock()
	l.changed = append(l.changed, path)
	l.mu.Unlock()
	l.nudge()
}

// Releases returns all releases by name.
func (l *Library) Releases() []Release {
	l.mu.RLock()
	defer l.mu.RUnlock()
	releases := make([]Release, 0, len(l.records))
	for about, r := range l.records {
		release := r.release
		if l.running != nil && l.running.subject == about && release.State == Verifying {
			release.Checked = min(1, float64(l.running.done.Load())/float64(l.running.at.length()))
		}
		releases = append(releases, release)
	}
	slices.SortFunc(releases, byName)
	return releases
}

// Problems returns what an admin should look at, broken releases included, by subject.
func (l *Library) Problems() []Problem {
	l.mu.RLock()
	defer l.mu.RUnlock()
	problems := slices.Clone(l.problems)
	for _, r := range l.records {
		if r.release.State == Broken {
			problems = append(problems, r.release.asProblem())
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(problems)
}

func byName(a, b Release) int {
	if order := cmp.Compare(a.Name, b.Name); order != 0 {
		return order
	}
	return cmp.Or(cmp.Compare(a.DataPath, b.DataPath), slices.Compare(a.InfoHash[:], b.InfoHash[:]))
}

func (l *Library) nudge() {
	select {
	case l.wake <- struct{}{}:
	default: // somebody has, and nobody has woken up yet
	}
}

// knows reports whether there is a torrent of this info-hash.
func (l *Library) knows(infoHash [20]byte) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.records[subject{infoHash: infoHash}] != nil
}

// makeTorrentsDir makes the directory if it is not there, and returns its path free of symlinks.
func makeTorrentsDir(dir string) (string, error) {
	if dir == "" {
		return "", errors.New("no directory for created .torrent files")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // .torrent files are public
		return "", err
	}
	return realPath(dir)
}

// checkApart refuses library directories that hold the torrents directory: they are read-only, and it is not.
func checkApart(torrents string, dirs []string) error {
	var errs []error
	for _, dir := range dirs {
		if real, err := realPath(dir); err == nil && isWithin(torrents, real) {
			errs = append(errs, fmt.Errorf("library directory %s holds the directory of created .torrent files %s",
				dir, filepath.Clean(torrents)))
		}
	}
	return errors.Join(errs...)
}
