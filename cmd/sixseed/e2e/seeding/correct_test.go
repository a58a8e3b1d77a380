package seeding_test

import (
	"testing"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/cmd/sixseed/e2e/rig"
	"sixseed/policy/family"
)

// TestSeeders has peers take all of a release from every seeder that is compared, and compare each block with it. It
// judges the load as much as the seeders: seeders of four makes understand what the peers say.
func TestSeeders(t *testing.T) {
	t.Parallel()
	prepareNetwork(t)
	r := rig.NewRelease(t, 64<<20+1234)
	for _, m := range makers {
		if m.name == "transmission" {
			continue // lets peers wait ten seconds to be unchoked; the benchmark checks that its data are right
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			s := m.start(t, r)
			for _, f := range family.All {
				t.Run(f.String()+"/plain", func(t *testing.T) { s.check(t, r, f, false) })
				if !s.plainOnly {
					t.Run(f.String()+"/rc4", func(t *testing.T) { s.check(t, r, f, true) })
				}
			}
		})
	}
}

func (s *seeder) check(t *testing.T, r *rig.Release, f family.Family, encrypted bool) {
	torrent := r.Torrent
	torrent.Data = r.File
	const connections = 4 // together they go through all of the torrent
	result, err := load.Run(t.Context(), load.Plan{
		Torrent: torrent, Bytes: torrent.Length,
		Groups: []load.Group{{
			Seeder: s.address(f), Sources: sources(f, 0, connections), Connections: connections, InFlight: 200, RC4: encrypted,
		}},
	})
	if err == nil {
		err = result.Failures()
	}
	if err != nil {
		t.Error(err)
	}
}
