package content

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
