package peers

import (
	"context"
	"fmt"
	"math/rand/v2"
)

// aria2 is aria2c, a downloader for the command line.
type aria2 struct{}

var _ Client = aria2{}

func (aria2) Name() string    { return "aria2" }
func (aria2) Program() string { return "aria2c" }
func (aria2) Loopback() bool  { return true }

func (aria2) Download(ctx context.Context, job Job) error {
	return job.run(ctx, "aria2c", append(aria2Arguments(job), "--seed-time=0", job.Torrent)...) // end when complete
}

func (aria2) Seed(ctx context.Context, job Job) error {
	const forever = "--seed-ratio=0"
	return job.serve(ctx, "aria2c", append(aria2Arguments(job), forever, "--check-integrity=true", job.Torrent)...)
}

func aria2Arguments(job Job) []string {
	firstPort := 20_000 + rand.IntN(39_000)
	arguments := []string{
		"--no-conf", "--quiet=false", "--show-console-readout=false", "--summary-interval=0",
		"--follow-torrent=mem", "--file-allocation=none", "--dir=" + job.Dir,
		// It has no socket for UDP trackers but that of its DHT, which knows nobody to ask.
		fmt.Sprintf("--enable-dht=%v", job.UDP), fmt.Sprintf("--dht-listen-port=%d-%d", firstPort, firstPort+200),
		"--enable-dht6=false", "--enable-peer-exchange=false", "--bt-enable-lpd=false",
		// A socket bound to an address of one family cannot reach the other: a tracker of the other fails at once.
		"--interface=" + job.Bind.String(),
		// aria2 draws a free port from the range. The default is 99 ports, which parallel tests would fight for. With one
		// family, it tries every port for the other.
		fmt.Sprintf("--listen-port=%d-%d", firstPort, firstPort+200),
	}
	if job.Output != nil {
		arguments = append(arguments, "--console-log-level=info")
	}
	if job.Limit > 0 {
		arguments = append(arguments, fmt.Sprintf("--max-overall-download-limit=%d", job.Limit))
	}
	if job.Encrypt {
		arguments = append(arguments, "--bt-require-crypto=true", "--bt-min-crypto-level=arc4")
	}
	return arguments
}
