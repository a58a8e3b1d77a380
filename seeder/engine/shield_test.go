package engine_test

import (
	"bytes"
	"testing"

	"github.com/anacrolix/torrent/peer_protocol"
	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder/engine"
	"sixseed/seeder/wire/extension"
)

func TestShield(t *testing.T) {
	t.Parallel()
	var heard []string
	for id := range peer_protocol.MessageType(255) {
		if engine.Shield(peer_protocol.Message{Type: id}) {
			heard = append(heard, id.String())
		}
	}
	if diff := cmp.Diff([]string{"Interested", "NotInterested", "Extended"}, heard); diff != "" {
		t.Errorf("what the client hears (-want +got):\n%s", diff)
	}
}

func TestEngine_OffersTheExtensionsOfASeed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		pex  bool
		want map[string]byte
	}{
		"PEX":   {pex: true, want: map[string]byte{"ut_metadata": extension.MetadataID, "ut_pex": extension.PEXID}},
		"NoPEX": {pex: false, want: map[string]byte{"ut_metadata": extension.MetadataID}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSeedOf(t, func(config *engine.Config) { config.PEX = tc.pex })
			r := newRelease(t, nil)
			s.add(t, r.Torrent)
			got := s.connect(t, family.V6, r.InfoHash).extensions()
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("extensions offered (-want +got):\n%s", diff)
			}
		})
	}
}

// nuisances are messages that a seed has no use for.
var nuisances = map[string]func(*peer){
	"PieceNobodyAskedFor": func(p *peer) {
		p.send(idPiece, append(words(0, 0), make([]byte, blockLength)...)...)
	},
	"PortFlood": func(p *peer) {
		flood := bytes.Repeat(append(words(3), idPort, 0x1a, 0xe1), 1000)
		_, _ = p.Write(flood) // the seed may hang up before its end
	},
	"HashReject": func(p *peer) { // BEP 52
		p.send(idHashReject, make([]byte, 48)...)
	},
}

func TestEngine_SurvivesNuisances(t *testing.T) {
	t.Parallel()
	for name, attack := range nuisances {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			survive(t, attack)
		})
	}
}
