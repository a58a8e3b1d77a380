// Package peers drives BitTorrent clients of other makes, so that tests can let them judge the daemon.
//
// A client is started for one download, over one address and so over one family, finds its peers through the trackers
// in the .torrent file and through nothing else (no DHT, no PEX, no local discovery), and ends by itself when the data
// are complete. Whether the data are right is for the test to say: a client that ends well has only claimed it. Started
// to seed, it does so until it is ended.
//
// The programs are Debian's packages; Need installs what is missing where it may.
package peers

import (
	"context"
	"fmt"
	"io"
	"net/netip"
)

// Job is one download, or what is seeded.
type Job struct {
	Torrent string     // path of the .torrent file
	Dir     string     // an existing folder, where the data go, or are
	Bind    netip.Addr // the only address that the client uses: its family is the family of the download
	And     netip.Addr // if set, another address, of the other family, that libtorrent uses beside it: no other client can
	UDP     bool       // the trackers are asked over UDP, which some clients have to be told
	Encrypt bool       // accept nothing but RC4; without it, prefer plain text
	Limit   int64      // what is downloaded at most, in bytes per second; 0: no limit
	Output  io.Writer  // if set, the client says more, of its peers too, and it goes here and not into an error
}

// run runs the job's client to its end.
func (j Job) run(ctx context.Context, program string, arguments ...string) error {
	if j.Output == nil {
		return run(ctx, program, arguments...)
	}
	return runInto(ctx, j.Output, program, arguments...)
}

// serve runs the job's client until ctx ends.
func (j Job) serve(ctx context.Context, program string, arguments ...string) error {
	err := j.run(ctx, program, arguments...)
	switch {
	case ctx.Err() != nil:
		return nil
	case err == nil:
		return fmt.Errorf("%s ended while it should seed", program)
	}
	return err
}

// Client is a BitTorrent client of another make.
type Client interface {
	// Name is the client's name, fit for the name of a subtest.
	Name() string

	// Program is what Need must be asked for before the first download.
	Program() string

	// Loopback says whether the client connects to peers on 127.0.0.1 and ::1. Some take these for martian addresses;
	// they need a routable one.
	Loopback() bool

	// Download fetches the data and returns when they are complete and the client has ended. The error holds what the
	// client printed. When ctx ends first, the client is killed.
	Download(ctx context.Context, job Job) error

	// Seed offers the data, which are complete in job.Dir, until ctx ends. It returns an error if the client ends before.
	Seed(ctx context.Context, job Job) error
}

// Clients lists all clients, those that are content with loopback addresses first.
func Clients() []Client {
	return []Client{aria2{}, libtorrent{}, rtorrent{}, transmission{}}
}
