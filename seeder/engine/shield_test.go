package engine_test

import (
	"testing"

	"sixseed/policy/family"
)

// hostile are messages that make the bare client panic in a goroutine of its own, where nothing can recover it, or
// that a seed has no use for. A test that fails here takes the whole test binary with it.
var hostile = map[string]func(*peer){
	"HolepunchNobodyOffered": func(p *peer) { // BEP 55: rendezvous with 127.0.0.1:80
		p.send(idInterested)
		p.extended(0, map[string]any{"m": map[string]int{"ut_metadata": 1}})
		for id := range byte(4) { // whichever the client gave it
			p.send(idExtended, id+2, 0, 0, 127, 0, 0, 1, 0, 80, 0, 0, 0, 0)
		}
	},
	"EmptyRequest": func(p *peer) {
		p.send(idInterested)
		p.next(idUnchoke)
		p.send(idRequest, words(2, pieceLength, 0)...)
		p.send(idRequest, words(3, 1000, 0)...)
	},
	"HaveAllThenNone": func(p *peer) { // harms when the torrent is removed
		p.send(idInterested)
		p.send(idHaveAll)
		p.send(idHaveNone)
		p.send(idHave, words(1)...)
	},
	"MetadataPieceBelowZero": func(p *peer) {
		p.extended(0, map[string]any{"m": map[string]int{"ut_metadata": 1}})
		p.extended(1, map[string]int{"msg_type": 0, "piece": -1})
	},
	"HashesOfAVersion2Torrent": func(p *peer) {
		p.send(idHashes, make([]byte, 48)...)
		p.send(idHashReject, make([]byte, 48)...)
	},
	"PieceNobodyAskedFor": func(p *peer) {
		p.send(idPiece, append(words(0, 0), make([]byte, blockLength)...)...)
	},
	"PortFlood": func(p *peer) {
		for range 1000 {
			p.send(idPort, 0x1a, 0xe1)
		}
	},
}

func TestEngine_SurvivesHostileMessages(t *testing.T) {
	t.Parallel()
	for name, attack := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, r := newSeed(t), newRelease(t, nil)
			s.add(t, r)
			attacker := connect(t, family.V4, s.port, r.InfoHash)
			attack(attacker)
			attacker.settle()
			r.download(connect(t, family.V6, s.port, r.InfoHash))
			if err := s.Remove(r.InfoHash); err != nil {
				t.Error(err)
			}
		})
	}
}
