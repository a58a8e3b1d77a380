package content

import (
	"container/list"
	"os"
	"sync"
)

// Pool bounds how many files are open at a time, for all Data that share it. The one that was not read for the
// longest time is closed first, and never one that is being read.
type Pool struct {
	limit int

	mu    sync.Mutex
	open  map[place]*openFile
	count int        // open files, those in nobody's reach included
	idle  *list.List // of *openFile without users; the one used last in front
	queue queue      // of those who wait for a file
}

// place is a file of a Data.
type place struct {
	data *Data
	file int
}

// openFile is a place in the pool, and the file that takes it.
type openFile struct {
	at    place
	ready chan struct{} // closed once file or err is there
	file  *os.File
	err   error

	// Guarded by Pool.mu.
	users   int
	retired bool          // out of Pool.open; closed by its last user
	element *list.Element // in Pool.idle, while there are no users
}

// NewPool returns a pool of at most limit open files, and of one at least.
func NewPool(limit int) *Pool {
	return &Pool{limit: max(limit, 1), open: map[place]*openFile{}, idle: list.New()}
}

// acquire returns the open file at a place, which stays open until release. While as many as the limit are in use it
// waits; so who has one must release it before asking for the next.
func (p *Pool) acquire(at place) (*openFile, error) {
	p.mu.Lock()
	p.wait(at)
	// Under the lock, so that after retire no file of the data is opened again.
	if err := at.data.refusal(); err != nil {
		p.mu.Unlock()
		return nil, err
	}
	shared := p.open[at]
	if shared == nil {
		return p.fill(at)
	}
	p.use(shared)
	p.mu.Unlock()
	<-shared.ready
	if shared.err != nil {
		p.release(shared)
		return nil, shared.err
	}
	return shared, nil
}

// fill takes a place for a file and opens it. It is called with the lock held, and gives it up.
func (p *Pool) fill(at place) (*openFile, error) {
	mine := &openFile{at: at, ready: make(chan struct{}), users: 1}
	victim := p.evict()
	p.open[at] = mine
	p.count++
	p.mu.Unlock()
	// Both can take long: closing the last descriptor of a removed file frees its blocks.
	victim.close()
	mine.file, mine.err = at.data.openFile(at.file)
	if mine.err != nil {
		p.mu.Lock()
		p.retireLocked(mine)
		p.mu.Unlock()
	}
	close(mine.ready)
	if mine.err != nil {
		p.release(mine)
		return nil, mine.err
	}
	return mine, nil
}

// evict takes the file idle for the longest time out of a full pool, to be closed; of a pool with room, none.
func (p *Pool) evict() *openFile {
	if p.count < p.limit {
		return nil
	}
	victim := p.idle.Back().Value.(*openFile)
	p.retireLocked(victim)
	return victim
}

func (p *Pool) use(f *openFile) {
	f.users++
	if f.element != nil {
		p.idle.Remove(f.element)
		f.element = nil
	}
}

// release gives back what acquire returned.
func (p *Pool) release(f *openFile) {
	p.mu.Lock()
	f.users--
	last := f.users == 0 && f.retired
	if last {
		p.count--
	} else if f.users == 0 {
		f.element = p.idle.PushFront(f)
	}
	if f.users == 0 {
		p.queue.wakeFirst()
	}
	p.mu.Unlock()
	if last {
		f.close()
	}
}

// retire closes all files of data: the idle ones now, the others with their last user.
func (p *Pool) retire(data *Data) {
	var idle []*openFile
	p.mu.Lock()
	for i := range data.layout.files {
		if f := p.open[place{data, i}]; f != nil && p.retireLocked(f) {
			idle = append(idle, f)
		}
	}
	p.queue.wakeAll() // who waits for a file of data must hear of its end
	p.mu.Unlock()
	for _, f := range idle {
		f.close()
	}
}

// retireLocked takes a file out of everybody's reach. It says whether there are no users, so that the caller has to
// close it.
func (p *Pool) retireLocked(f *openFile) bool {
	f.retired = true
	delete(p.open, f.at)
	if f.element == nil {
		return false
	}
	p.idle.Remove(f.element)
	f.element = nil
	p.count--
	return true
}

func (f *openFile) close() {
	if f != nil && f.file != nil {
		_ = f.file.Close() // only read from
	}
}
