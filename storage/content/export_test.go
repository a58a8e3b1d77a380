package content

import "context"

// What decides about the page cache.
var (
	Outgrows     = outgrows
	MemorySize   = memorySize
	IsCached     = isCached
	IsReadAtOnce = isReadAtOnce
)

// HashKeeping hashes for version 1 and leaves the data in the page cache, or takes them out of it.
func HashKeeping(ctx context.Context, l Layout, keep bool) error {
	h, err := newHashing(l, Versions{V1: true}, nil)
	if err != nil {
		return err
	}
	h.dropBehind = !keep
	return h.run(ctx, 0)
}

// Hold opens a file of data, which stays in use until release.
func Hold(data *Data, file int) (release func(), err error) {
	held, err := data.pool.acquire(place{data, file})
	if err != nil {
		return nil, err
	}
	return func() { data.pool.release(held) }, nil
}

// IsOpen says whether a file of data is in the pool.
func IsOpen(data *Data, file int) bool {
	data.pool.mu.Lock()
	defer data.pool.mu.Unlock()
	return data.pool.open[place{data, file}] != nil
}
