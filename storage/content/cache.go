package content

import (
	"os"

	"golang.org/x/sys/unix"
)

// announceSize is how much is announced to the kernel at a time, in bytes: what it reads ahead by default. Of a longer
// range it takes no more than one request of the disk.
const announceSize = 128 << 10

// outgrows says whether data are too long to stay in the page cache, with memory of this size, both in bytes. Such data
// are taken out of the cache behind the reads: they would push out everything else and then each other. What is shorter
// stays, since a torrent just hashed is a torrent about to be seeded.
func outgrows(length, memory int64) bool { return length > memory/2 }

// memorySize returns the memory of this computer in bytes.
func memorySize() int64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 0 // and then nothing stays in the cache
	}
	return int64(info.Totalram) * int64(info.Unit) //nolint:gosec // no computer has 2^63 bytes
}

// announce tells the kernel that a range of file will be read, so that it begins with that. To do so for what is in the
// page cache already would cost a twentieth of the speed of hashing.
func announce(file *os.File, off, length int64) {
	for end := off + length; off < end; off += announceSize {
		advise(file, off, min(announceSize, end-off), unix.FADV_WILLNEED)
	}
}

// isCached says whether all pages of a range of file are in the page cache. Linux says so from 6.5 on, and of late only
// to who owns the file or may write to it.
func isCached(file *os.File, off, length int64) (bool, error) {
	var found unix.Cachestat_t
	place := unix.CachestatRange{Off: uint64(off), Len: uint64(length)} //nolint:gosec // neither is negative
	err := unix.Cachestat(uint(file.Fd()), &place, &found, 0)
	page := int64(os.Getpagesize())
	pages := (off+length-1)/page - off/page + 1
	return found.Cache >= uint64(pages), err //nolint:gosec // nor is their number
}

// advise is a hint to the kernel; nothing depends on it.
func advise(file *os.File, off, length int64, advice int) {
	_ = unix.Fadvise(int(file.Fd()), off, length, advice)
}
