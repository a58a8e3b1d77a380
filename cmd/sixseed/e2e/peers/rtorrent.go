package peers

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sixseed/policy/family"
)

// rtorrent is rTorrent as a daemon without a terminal.
type rtorrent struct{}

var _ Client = rtorrent{}

func (rtorrent) Name() string    { return "rtorrent" }
func (rtorrent) Program() string { return "rtorrent" }
func (rtorrent) Loopback() bool  { return true }

func (rtorrent) Download(ctx context.Context, job Job) error {
	return withRtorrent(job, func(arguments ...string) error { return job.run(ctx, "rtorrent", arguments...) },
		`method.set_key = event.download.finished, end_when_complete, "system.shutdown.normal="`)
}

func (rtorrent) Seed(ctx context.Context, job Job) error {
	return withRtorrent(job, func(arguments ...string) error { return job.serve(ctx, "rtorrent", arguments...) })
}

// withRtorrent calls run with rtorrent's arguments for a job, while the files exist that those name.
func withRtorrent(job Job, run func(arguments ...string) error, more ...string) error {
	state, err := os.MkdirTemp("", "rtorrent-")
	if err != nil {
		return fmt.Errorf("make rtorrent's session folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(state) }()
	settings := filepath.Join(state, "rtorrent.rc")
	if err := os.WriteFile(settings, []byte(rtorrentSettings(job, state, more)), 0o600); err != nil {
		return fmt.Errorf("write rtorrent's settings: %w", err)
	}
	return run("-n", "-o", "import="+settings, job.Torrent)
}

func rtorrentSettings(job Job, state string, more []string) string {
	lines := []string{
		"system.daemon.set = true",
		"session.path.set = " + state,
		"directory.default.set = " + job.Dir,
		"network.port_range.set = 20000-60000",
		"network.port_random.set = yes",
		"dht.mode.set = disable",
		"protocol.pex.set = no",
	}
	lines = append(lines, more...)
	if job.Limit > 0 {
		lines = append(lines, fmt.Sprintf("throttle.global_down.max_rate.set = %d", job.Limit))
	}
	if job.Output != nil {
		lines = append(lines, `log.open_file = "output", /proc/self/fd/2`)
		for _, group := range []string{"connection_debug", "peer_debug", "protocol_piece_events", "protocol_network_errors"} {
			lines = append(lines, fmt.Sprintf("log.add_output = %q, \"output\"", group))
		}
	}
	if job.Encrypt {
		lines = append(lines, "protocol.encryption.set = require, require_RC4")
	} else {
		lines = append(lines, "protocol.encryption.set = none")
	}
	return strings.Join(append(lines, onlyFamily(job)...), "\n") + "\n"
}

// onlyFamily keeps rtorrent to the family of job.Bind.
func onlyFamily(job Job) []string {
	if family.Of(job.Bind) == family.V4 {
		return []string{"network.bind_address.set = " + job.Bind.String()}
	}
	// It binds to IPv4 addresses only, but it can refuse IPv4 peers. Its filter sees every IPv6 peer as 0.0.0.0, so all
	// of IPv4 but 0.0.0.0/8 is refused. It announces over IPv4 all the same.
	var lines []string
	for _, prefix := range []string{
		"1.0.0.0/8", "2.0.0.0/7", "4.0.0.0/6", "8.0.0.0/5", "16.0.0.0/4", "32.0.0.0/3", "64.0.0.0/2", "128.0.0.0/1",
	} {
		lines = append(lines, "ipv4_filter.add_address = "+prefix+", unwanted")
	}
	return lines
}
