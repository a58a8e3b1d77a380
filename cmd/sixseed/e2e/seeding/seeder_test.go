package seeding_test

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/cmd/sixseed/e2e/rig"
	"sixseed/policy/family"
)

// seeder is a process that seeds a release over both families.
type seeder struct {
	name      string
	plainOnly bool // knows no encryption
	slow      bool // far behind the others: one turn is enough
	process   process
	port      uint16
}

// maker makes seeders of one make.
type maker struct {
	name      string
	plainOnly bool
	slow      bool
	command   func(t testing.TB, port uint16, r *rig.Release) *exec.Cmd
}

// makers lists all seeders, the one under test first.
var makers = []maker{
	{name: "sixseed", command: sixseed},
	{name: "libtorrent", command: libtorrent("usual")},
	{name: "tuned", command: libtorrent("tuned")}, // with libtorrent's preset for fast seeding
	{name: "anacrolix", slow: true, command: part("anacrolix")},
	{name: "transmission", slow: true, command: transmission},
	{name: "bare", command: part("bare"), plainOnly: true},
	{name: "corked", command: part("corked"), plainOnly: true},
}

// start starts a seeder and returns when a peer got the first pieces from it, over each family, and found them right.
func (m maker) start(t testing.TB, r *rig.Release) *seeder {
	t.Helper()
	s := &seeder{name: m.name, plainOnly: m.plainOnly, slow: m.slow, port: peers.FreePort(t)}
	command := m.command(t, s.port, r)
	pin(t, command)
	s.process = process{rig.Program{Name: m.name, Command: command}.Start(t)}
	for _, f := range family.All {
		s.await(t, r, f)
	}
	return s
}

// await waits until the seeder seeds over a family.
func (s *seeder) await(t testing.TB, r *rig.Release, f family.Family) {
	t.Helper()
	const patience = 2 * time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	torrent := r.Torrent
	torrent.Data = r.File
	plan := load.Plan{
		Torrent: torrent, Bytes: min(4*torrent.PieceLength, torrent.Length), Unchoked: true,
		Groups: []load.Group{{Seeder: s.address(f), Connections: 1, InFlight: 16}},
	}
	if err := s.process.Await(ctx, plan); err != nil {
		t.Fatalf("%s does not seed over %v within %v: %v", s.name, f, patience, err)
	}
}

func (s *seeder) address(f family.Family) netip.AddrPort {
	return netip.AddrPortFrom(peers.Loopback.Get(f), s.port)
}

// part has this binary play a part, with a process of its own.
func part(role string) func(testing.TB, uint16, *rig.Release) *exec.Cmd {
	return func(t testing.TB, port uint16, r *rig.Release) *exec.Cmd {
		t.Helper()
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		command := peers.Command(context.Background(), self, strconv.Itoa(int(port)), r.Metafile, r.Dir)
		command.Env = append(command.Env, roleKey+"="+role)
		return command
	}
}
