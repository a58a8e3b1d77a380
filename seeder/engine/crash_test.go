package engine_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/anacrolix/generics"
	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/metainfo"
	"github.com/anacrolix/torrent/storage"

	"sixseed/policy/family"
	"sixseed/seeder/wire/extension"
)

// crash is what a peer says that has killed, or still kills, a process with a bare client in it: the panic is in one of the
// client's own goroutines, where nothing can recover it.
type crash struct {
	attack func(*peer)
	panics string // the version in use dies of it, with this among its last words; "": it does not any more
	drop   bool   // it dies when the torrent is dropped
}

// wholePieces is the number of pieces of a torrent whose last one is as long as the others.
const wholePieces = 3

var crashes = map[string]crash{
	"MetadataPieceBelowZero": {attack: func(p *peer) { // BEP 9
		p.extended(p.extensions()["ut_metadata"], map[string]int{"msg_type": 0, "piece": -1})
	}},
	"HashesOfAVersion2Torrent": {attack: func(p *peer) { // BEP 52
		p.send(idHashes, make([]byte, 48)...)
	}},
	"HolepunchNobodyOffered": {panics: "ut_holepunch", attack: func(p *peer) { // BEP 55: rendezvous with 127.0.0.1:80
		id, ok := p.extensions()["ut_holepunch"]
		if !ok {
			id = extension.PEXID + 1
		}
		p.send(idExtended, id, 0, 0, 127, 0, 0, 1, 0, 80, 0, 0, 0, 0)
	}},
	"RequestOfNothing": {panics: "index out of range", attack: func(p *peer) { // kills if storage reads torrents, not pieces
		p.send(idInterested)
		p.next(idUnchoke)
		p.send(idRequest, words(wholePieces-1, pieceLength, 0)...)
	}},
	"HaveAllThenNone": {panics: "relative availability", drop: true, attack: func(p *peer) { // BEP 6
		p.send(idInterested)
		p.send(idHaveAll)
		p.send(idHaveNone)
		p.send(idHave, words(1)...)
	}},
}

func TestEngine_SurvivesCrashes(t *testing.T) {
	t.Parallel()
	for name, crash := range crashes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			survive(t, crash.attack)
		})
	}
}

// survive attacks an engine, and has an honest peer download from it then.
func survive(t *testing.T, attack func(*peer)) {
	t.Helper()
	s, r := newSeed(t), newReleaseOf(t, wholePieces*pieceLength, nil)
	s.add(t, r.Torrent)
	attacker := s.connect(t, family.V4, r.InfoHash)
	attack(attacker)
	attacker.settle()
	r.download(s.connect(t, family.V6, r.InfoHash))
	if err := s.Remove(r.InfoHash); err != nil {
		t.Error(err)
	}
}

// victimEnv names the crash that a process of this test binary is to bring upon a bare client, instead of running tests.
const victimEnv = "SIXSEED_TEST_CRASH"

// What is kept from the client is kept because of this: crashes that kill a bare one.
func TestBareClient_Dies(t *testing.T) {
	t.Parallel()
	if name := os.Getenv(victimEnv); name != "" {
		fallVictim(t, crashes[name])
		return
	}
	for name, crash := range crashes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			command := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestBareClient_Dies$")
			command.Env = append(os.Environ(), victimEnv+"="+name)
			output, err := command.CombinedOutput()
			switch {
			case crash.panics == "" && err != nil:
				t.Errorf("the bare client did not survive: %v\n%s", err, output)
			case crash.panics != "" && (err == nil || !strings.Contains(string(output), crash.panics)):
				t.Errorf("the bare client did not die with %q: %v\n%s", crash.panics, err, output)
			}
		})
	}
}

// fallVictim crashes a bare client. It returns if the client has survived.
func fallVictim(t *testing.T, crash crash) {
	config := torrent.NewDefaultClientConfig()
	config.DisableUTP, config.NoDHT, config.DisableTrackers, config.NoDefaultPortForwarding = true, true, true, true
	config.DisableIPv6, config.Seed, config.ListenPort = true, true, 0
	config.ListenHost = func(string) string { return "127.0.0.1" }
	config.PeerID = "-6S0000-000000000000"
	config.Slogger = slog.New(slog.DiscardHandler)
	r := newReleaseOf(t, wholePieces*pieceLength, nil)
	config.DefaultStorage = whole{bytes.NewReader(r.data)}
	client, err := torrent.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	info, err := r.Info()
	if err != nil {
		t.Fatal(err)
	}
	seeding, _ := client.AddTorrentOpt(torrent.AddTorrentOpts{
		InfoHash: r.InfoHash, InfoBytes: info, DisableInitialPieceCheck: true,
	})
	attacker := connect(t, family.V4, uint16(client.ListenAddrs()[0].(*net.TCPAddr).Port), r.InfoHash)
	crash.attack(attacker)
	attacker.settle()
	if crash.panics == "" {
		return
	}
	if crash.drop {
		seeding.Drop()
	}
	<-time.After(20 * time.Second) // it dies in its own time, and not at all if this ends before
}

// whole is a storage in memory that has all pieces and, unlike the engine's, a reader for the whole torrent.
type whole struct{ *bytes.Reader }

func (w whole) OpenTorrent(context.Context, *metainfo.Info, metainfo.Hash) (storage.TorrentImpl, error) {
	return storage.TorrentImpl{
		PieceWithHash: func(p metainfo.Piece, _ generics.Option[[]byte]) storage.PieceImpl {
			return wholePiece{io.NewSectionReader(w, int64(p.Index())*pieceLength, pieceLength)}
		},
		NewReader: func() storage.TorrentReader { return w },
		Close:     w.Close,
	}, nil
}

func (w whole) Close() error { return nil }

// wholePiece is a piece that is there.
type wholePiece struct{ io.ReaderAt }

func (wholePiece) WriteAt([]byte, int64) (int, error) { return 0, os.ErrPermission }
func (wholePiece) MarkComplete() error                { return nil }
func (wholePiece) MarkNotComplete() error             { return nil }
func (wholePiece) Completion() storage.Completion {
	return storage.Completion{Ok: true, Complete: true}
}
