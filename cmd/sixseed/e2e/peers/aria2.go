package peers

import "context"

// aria2 is aria2c, a downloader for the command line.
type aria2 struct{}

var _ Client = aria2{}

func (aria2) Name() string    { return "aria2" }
func (aria2) Program() string { return "aria2c" }
func (aria2) Loopback() bool  { return true }

func (aria2) Download(ctx context.Context, job Job) error {
	arguments := []string{
		"--no-conf", "--quiet=false", "--console-log-level=notice", "--show-console-readout=false", "--summary-interval=0",
		"--follow-torrent=mem", "--file-allocation=none", "--dir=" + job.Dir,
		"--seed-time=0", // end when complete
		"--enable-dht=false", "--enable-dht6=false", "--enable-peer-exchange=false", "--bt-enable-lpd=false",
		// A socket bound to an address of one family cannot reach the other: a tracker of the other fails at once.
		"--interface=" + job.Bind.String(),
		// aria2 draws a free port from the range. The default is 99 ports, which parallel tests would fight for.
		"--listen-port=20000-60000",
	}
	if job.Encrypt {
		arguments = append(arguments, "--bt-require-crypto=true", "--bt-min-crypto-level=arc4")
	}
	return run(ctx, "aria2c", append(arguments, job.Torrent)...)
}
