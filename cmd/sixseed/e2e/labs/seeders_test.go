package labs_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/cmd/sixseed/e2e/rig"
	"sixseed/policy/family"
)

// port is where seeders listen, each on a host that nobody else is on.
const port = 6881

// contender is a seeder with its settings, and with the kernel's help if it has any.
type contender struct {
	name    string
	command func(t testing.TB, r *rig.Release) *exec.Cmd
	ahead   shaper // of the seeder's host
	hangsUp bool   // on greedy peers, now and then: the lab goes on with the others
}

// daemon is sixseed with its default configuration, but for these lines of the section `policy`.
func daemon(policy string) contender {
	return contender{name: "sixseed", command: func(t testing.TB, r *rig.Release) *exec.Cmd {
		t.Helper()
		dir := t.TempDir()
		config := filepath.Join(dir, "config.toml")
		text := fmt.Sprintf("state_dir = %q\n[library]\ndirs = [%q]\n[policy]\n%s\n",
			filepath.Join(dir, "state"), r.Dir, policy)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return peers.Command(context.Background(), rig.Daemon(), "serve", "--config", config)
	}}
}

// rivals are libtorrent, which qBittorrent and Deluge are made of, as it comes and in the ways in which it can be had to
// serve IPv6 first on a link that carries a little more than rate.
func rivals(rate int64) []contender {
	const standard, noLimit = 8, -1 // upload slots
	limit := rate * 98 / 100        // libtorrent takes packets' heads for shorter than they are
	all := []contender{
		{name: "libtorrent", command: libtorrent(standard, 0)},
		{name: "libtorrent, all unchoked", command: libtorrent(noLimit, 0)},
		{name: "libtorrent, peer classes 255:1, all unchoked", command: libtorrent(noLimit, limit)},
		{name: "libtorrent, peer classes 255:1", command: libtorrent(standard, limit)},
		{name: "libtorrent, IPv6 first by HTB, all unchoked", command: libtorrent(noLimit, 0), ahead: favourIPv6(rate)},
	}
	for i := range all {
		all[i].hangsUp = true
	}
	return all
}

// libtorrent has so many upload slots, and if rate is not 0 that limit for all, with IPv6 peers in a class of their own.
func libtorrent(slots int, rate int64) func(t testing.TB, r *rig.Release) *exec.Cmd {
	return func(t testing.TB, r *rig.Release) *exec.Cmd {
		t.Helper()
		return rig.Libtorrent(t, port, r, strconv.Itoa(slots), strconv.FormatInt(rate, 10))
	}
}

// seeder is a contender's process, which seeds a release over both families.
type seeder struct {
	rig.Process
	network *network
	release *rig.Release
	hangsUp bool
}

// start starts a contender in a network and returns when peers of each family get something from it. What it printed is
// shown if the test fails or LAB_LOG is set.
func (c contender) start(t testing.TB, n *network, r *rig.Release) *seeder {
	t.Helper()
	command := c.command(t, r)
	program := rig.Program{Name: command.Path, Command: command, On: n.seeder().do, Show: os.Getenv("LAB_LOG") != ""}
	s := &seeder{program.Start(t), n, r, c.hangsUp}
	for _, f := range family.All {
		s.await(t, f)
	}
	return s
}

// await waits until the seeder seeds over a family.
func (s *seeder) await(t testing.TB, f family.Family) {
	t.Helper()
	const patience = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	plan := load.Plan{Torrent: s.release.Torrent, Bytes: 1 << 20, Groups: []load.Group{greedy(f, 1)}, Unchoked: true}
	if err := s.Await(ctx, plan); err != nil {
		t.Fatalf("nothing is seeded over %v within %v: %v", f, patience, err)
	}
}

// greedy are peers that take all that they get.
func greedy(f family.Family, connections int) load.Group {
	return load.Group{
		Seeder: netip.AddrPortFrom(seederAddress.Get(f), port), Sources: sources(f, connections),
		Connections: connections, InFlight: 200,
	}
}
