package rig

// CPUTime reads a process's processor time from the text of /proc/PID/stat.
var CPUTime = cpuTime
