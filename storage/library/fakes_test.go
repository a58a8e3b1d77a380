package library_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"

	"sixseed/storage/content"
	"sixseed/storage/library"
	"sixseed/storage/metafile"
)

// logbook keeps what is logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logbook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logbook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// sink is a library.Sink that checks what it is handed: that it is data of that torrent, and that Available and Gone
// come in turn, the former before anybody is told that it is seeded.
type sink struct {
	t       *testing.T
	library *library.Library // that hands it over
	mu      sync.Mutex
	held    map[[20]byte]library.Release
	gone    int
	came    int
}

func newSink(t *testing.T) *sink { return &sink{t: t, held: make(map[[20]byte]library.Release)} }

func (s *sink) Available(r library.Release, m *metafile.Metafile, layout content.Layout, stamps []content.Stamp) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, twice := s.held[r.InfoHash]; twice {
		s.t.Errorf("%s became available twice", r.Name)
	}
	if r.State != library.Seeding || r.InfoHash != m.InfoHash || len(stamps) != len(layout.Files()) {
		s.t.Errorf("available: %+v with info-hash %x and %d stamps", r, m.InfoHash, len(stamps))
	}
	if len(m.Pieces) != 20*layout.Pieces() || layout.Length() != m.Length() {
		s.t.Errorf("%s: the layout is not that of the torrent", r.Name)
	}
	for _, shown := range s.library.Releases() {
		if shown.InfoHash == r.InfoHash && shown.State != library.Verifying {
			s.t.Errorf("%s is shown as %s before the sink has it", r.Name, shown.State)
		}
	}
	s.held[r.InfoHash] = r
	s.came++
}

func (s *sink) Gone(infoHash [20]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.held[infoHash]; !ok {
		s.t.Errorf("%x is gone and was not there", infoHash)
	}
	delete(s.held, infoHash)
	s.gone++
}

// names are those of what is available, sorted.
func (s *sink) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, len(s.held))
	for _, r := range s.held {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names
}

func (s *sink) has(infoHash [20]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.held[infoHash]
	return ok
}

func (s *sink) counts() (came, gone int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.came, s.gone
}

// memory is a library.Verifications.
type memory struct {
	mu     sync.Mutex
	values map[string][]byte
	err    error // of every call
}

func (m *memory) Verified(_ context.Context, key string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	return value, ok, m.err
}

func (m *memory) SetVerified(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[key] = value
	return m.err
}

func (m *memory) ForgetVerified(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
	return m.err
}

// progress counts what is hashed.
type progress struct {
	mu    sync.Mutex
	names []string
	bytes int64
	open  bool
	hold  chan struct{} // hashing waits for it to be closed, if it is not nil
}

func (p *progress) Start(name string, _ int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open {
		panic("two at a time")
	}
	p.open = true
	p.names = append(p.names, name)
}

func (p *progress) Add(bytes int64) {
	p.mu.Lock()
	p.bytes += bytes
	hold := p.hold
	p.mu.Unlock()
	if hold != nil {
		<-hold
	}
}

func (p *progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = false
}

// hashed returns the names of what was hashed, in order, and how many bytes of it.
func (p *progress) hashed() ([]string, int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.names), p.bytes
}
