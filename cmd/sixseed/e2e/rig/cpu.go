package rig

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// CPU returns the user and system time that the process has used until now. Its threads are counted, but not the
// processes that it started.
func (p Process) CPU() (time.Duration, error) {
	stat, err := os.ReadFile(p.File("stat"))
	if err != nil {
		return 0, err
	}
	used, err := cpuTime(string(stat))
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", p.File("stat"), err)
	}
	return used, nil
}

// File returns the path of a file that the kernel has on the process, such as `status`.
func (p Process) File(name string) string { return fmt.Sprintf("/proc/%d/%s", p.PID, name) }

// cpuTime reads utime and stime from the text of /proc/PID/stat, fields 14 and 15 in proc(5).
func cpuTime(stat string) (time.Duration, error) {
	const tick = 10 * time.Millisecond                              // USER_HZ is 100 on Linux, whatever the kernel's own is
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:]) // the name before may hold anything
	if len(fields) < 13 {
		return 0, errors.New("too few fields")
	}
	var sum time.Duration
	for _, field := range fields[11:13] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ticks) * tick
	}
	return sum, nil
}
