package udptracker_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/swarm"
	"sixseed/seeder/tracker/trackertest"
	"sixseed/seeder/tracker/udptracker"
)

// generous answers everything with as much as it can.
func generous() *trackertest.Tracker {
	counts := swarm.Counts{Seeders: 1 << 31, Leechers: 1 << 31, Downloaded: 1 << 31}
	return &trackertest.Tracker{Peers: 255, Counts: counts}
}

// unproven draws a question whose sender never got an id that is good now: noise, and questions that are right in
// everything else.
func unproven(rt *rapid.T, expired uint64) []byte {
	ids := []uint64{0, 0x41727101980, expired, expired + 1, expired ^ 1<<63}
	connection := rapid.SampledFrom(ids).Draw(rt, "connection")
	question := rapid.SampledFrom([][]byte{
		unhex(connectHex),
		announceWith{connection: connection, numWant: -1, port: 6881}.packet(),
		scrapePacket(connection, 0xaa), scrapePacket(connection, bytes.Repeat([]byte{0xaa}, 70)...),
		rapid.SliceOfN(rapid.Byte(), 0, 1600).Draw(rt, "noise"),
	}).Draw(rt, "question")
	if len(question) >= 16 && rapid.Bool().Draw(rt, "other action") {
		binary.BigEndian.PutUint32(question[8:], rapid.Uint32Range(0, 4).Draw(rt, "action"))
	}
	question = append(question, rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(rt, "more")...)
	return question[:rapid.IntRange(len(question)*9/10, len(question)).Draw(rt, "length")]
}

// Nobody can have more sent to an address that is not his own than he sends himself.
func TestResponder_DoesNotAmplify(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			l := newLab(generous())
			expired := l.connection(t, f)
			l.responders.Get(f).Tick(opened.Add(5 * time.Minute))
			ask := func(t rapid.TB, question []byte) {
				if answer := l.ask(f, question); len(answer) > len(question) {
					t.Errorf("%x was answered with %x", question, answer)
				}
			}
			// What must have been asked is not left to chance.
			for _, connection := range []uint64{expired, expired ^ 1<<63} {
				ask(t, announceWith{connection: connection, numWant: -1, port: 6881}.packet())
				ask(t, scrapePacket(connection, 0xaa))
			}
			ask(t, unhex(connectHex))
			rapid.Check(t, func(rt *rapid.T) { ask(rt, unproven(rt, expired)) })
			counts := l.responders.Get(f).Counts()
			if counts[udptracker.Announced]+counts[udptracker.Scraped]+counts[udptracker.Refused] > 0 {
				t.Errorf("the tracker was asked: %v", counts)
			}
			for _, o := range []udptracker.Outcome{udptracker.Connected, udptracker.Expired, udptracker.Forged} {
				if counts[o] == 0 {
					t.Errorf("no question was %v", o)
				}
			}
		})
	}
}

// FuzzPacket answers any packet, after the proof of address and before.
func FuzzPacket(f *testing.F) {
	for _, seed := range [][]byte{
		unhex(connectHex), announceWith{port: 6881}.packet(),
		announceWith{numWant: -1, event: 9, options: "\x02\x09/announce\x00"}.packet(),
		scrapePacket(0, 1, 2, 3), scrapePacket(0, make([]byte, 80)...),
		{},
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, input []byte, proven bool) {
		question := bytes.Clone(input)
		for _, fam := range family.All {
			l := newLab(generous())
			if proven && len(question) >= 8 {
				binary.BigEndian.PutUint64(question, l.connection(t, fam))
			}
			answer := l.ask(fam, question)
			switch {
			case len(answer) == 0:
			case len(answer) > udptracker.MaxAnswer, !proven && len(answer) > len(question):
				t.Errorf("%d bytes were answered with %d over %v", len(question), len(answer), fam)
			case len(answer) < 8 || !bytes.Equal(answer[4:8], question[12:16]):
				t.Errorf("the transaction id is not echoed in %x", answer)
			}
		}
	})
}
