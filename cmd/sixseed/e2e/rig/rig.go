// Package rig has what labs and benchmarks of seeders need: the daemon, a release in memory, and seeders' processes.
//
// A rig measures seeders of several makes under the same load, which comes from package load. What is measured must not
// depend on who measures it: each seeder is started, watched and ended in one way, and all seed the same data.
package rig
