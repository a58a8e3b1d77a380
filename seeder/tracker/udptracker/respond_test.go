package udptracker_test

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/policy/family"
	"sixseed/seeder/tracker"
	"sixseed/seeder/tracker/swarm"
	"sixseed/seeder/tracker/trackertest"
	"sixseed/seeder/tracker/udptracker"
)

// TestResponder_Golden has every kind of answer as it is on the wire, per family. The connection ids were made with
// OpenSSL's SipHash, the lowest 4 bits being those of slot 0.
func TestResponder_Golden(t *testing.T) {
	t.Parallel()
	announced := func(connection uint64) []byte {
		return announceWith{connection: connection, left: 1, numWant: 50, port: 6881}.packet()
	}
	for _, test := range []struct {
		name     string
		tracker  *trackertest.Tracker
		question func(connection uint64) []byte
		outcome  udptracker.Outcome
		want     family.Pair[string]
	}{{
		name:     "Connect",
		tracker:  new(trackertest.Tracker),
		question: func(uint64) []byte { return unhex(connectHex) },
		outcome:  udptracker.Connected,
		want: family.Pair[string]{
			V4: "00000000 cafef00d 734f3b90de9a2d10",
			V6: "00000000 cafef00d c0f553f324aaf790",
		},
	}, {
		name:     "Announce",
		tracker:  &trackertest.Tracker{Peers: 2, Counts: swarm.Counts{Seeders: 5, Leechers: 3}},
		question: announced,
		outcome:  udptracker.Announced,
		want: family.Pair[string]{
			V4: "00000001 cafef00d 00000708 00000003 00000005 c6336400 1ae1 c6336401 1ae1",
			V6: "00000001 cafef00d 00000708 00000003 00000005 " +
				"20010db8000000000000000000000000 1ae1 20010db8000000000000000000000001 1ae1",
		},
	}, {
		name:     "AnnounceToAnEmptySwarm",
		tracker:  new(trackertest.Tracker),
		question: announced,
		outcome:  udptracker.Announced,
		want: family.Pair[string]{
			V4: "00000001 cafef00d 00000708 00000000 00000000",
			V6: "00000001 cafef00d 00000708 00000000 00000000",
		},
	}, {
		name:     "AnnounceRefused",
		tracker:  &trackertest.Tracker{Err: fmt.Errorf("announce: %w", &tracker.Refusal{Reason: "not here"})},
		question: announced,
		outcome:  udptracker.Refused,
		want: family.Pair[string]{
			V4: "00000003 cafef00d 6e6f742068657265",
			V6: "00000003 cafef00d 6e6f742068657265",
		},
	}, {
		name:     "AnnounceFailed",
		tracker:  &trackertest.Tracker{Err: errors.New("open /var/lib/secret: no such file")},
		question: announced,
		outcome:  udptracker.Refused,
		want: family.Pair[string]{
			V4: "00000003 cafef00d 747261636b6572206572726f72",
			V6: "00000003 cafef00d 747261636b6572206572726f72",
		},
	}, {
		name:     "Scrape",
		tracker:  &trackertest.Tracker{Counts: swarm.Counts{Seeders: 5, Leechers: 3, Downloaded: 9}},
		question: func(connection uint64) []byte { return scrapePacket(connection, 0xaa, 'z', 0xaa) },
		outcome:  udptracker.Scraped,
		want: family.Pair[string]{
			V4: "00000002 cafef00d 000000050000000900000003 000000000000000000000000 000000050000000900000003",
			V6: "00000002 cafef00d 000000050000000900000003 000000000000000000000000 000000050000000900000003",
		},
	}} {
		for _, f := range family.All {
			t.Run(test.name+"/"+f.String(), func(t *testing.T) {
				t.Parallel()
				l := newLab(test.tracker)
				before := l.count(f, test.outcome)
				got := l.ask(f, test.question(l.connection(t, f)))
				want := strings.ReplaceAll(test.want.Get(f), " ", "")
				if diff := cmp.Diff(want, hex.EncodeToString(got)); diff != "" {
					t.Errorf("answer (-want +got):\n%s", diff)
				}
				if l.count(f, test.outcome) == before {
					t.Errorf("counted as %v, want %v", l.responders.Get(f).Counts(), test.outcome)
				}
			})
		}
	}
}

func TestResponder_AnnounceIsRead(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		l := newLab(new(trackertest.Tracker))
		base := announceWith{connection: l.connection(t, f), left: 700, numWant: 30, port: 6881}
		for _, test := range []struct {
			name   string
			change func(*announceWith)
			want   func(*swarm.Announce)
		}{
			{"Leecher", func(*announceWith) {}, func(*swarm.Announce) {}},
			{"Seed", func(a *announceWith) { a.left = 0 }, func(a *swarm.Announce) { a.Seed = true }},
			{"Completed", func(a *announceWith) { a.event = 1 }, func(a *swarm.Announce) { a.Event = swarm.Completed }},
			{"Started", func(a *announceWith) { a.event = 2 }, func(a *swarm.Announce) { a.Event = swarm.Started }},
			{"Stopped", func(a *announceWith) { a.event = 3 }, func(a *swarm.Announce) { a.Event = swarm.Stopped }},
			{"EventOfAnotherTime", func(a *announceWith) { a.event = 4 }, func(*swarm.Announce) {}},
			{"NumWantMinus1", func(a *announceWith) { a.numWant = -1 }, func(a *swarm.Announce) { a.NumWant = -1 }},
			{"NumWant0", func(a *announceWith) { a.numWant = 0 }, func(a *swarm.Announce) { a.NumWant = -1 }},
			{"NumWantTooMuch", func(a *announceWith) { a.numWant = 1 << 30 }, func(a *swarm.Announce) {
				a.NumWant = family.Pair[int]{V4: 200, V6: 66}.Get(f)
			}},
			{"HighPort", func(a *announceWith) { a.port = 65535 }, func(a *swarm.Announce) {
				a.Peer = withPort(clients.Get(f), 65535)
			}},
			{"URLData", func(a *announceWith) { a.options = "\x02\x0a/announce?" }, func(*swarm.Announce) {}},
			{"URLDataCutShort", func(a *announceWith) { a.options = "\x02\xff/" }, func(*swarm.Announce) {}},
		} {
			t.Run(test.name+"/"+f.String(), func(t *testing.T) {
				sent, want := base, swarm.Announce{
					InfoHash: swarm.InfoHash([]byte(strings.Repeat("\xaa", 20))),
					Peer:     withPort(clients.Get(f), 6881), Tag: 0x11223344, NumWant: 30,
				}
				test.change(&sent)
				test.want(&want)
				if answer := l.ask(f, sent.packet()); binary.BigEndian.Uint32(answer) != 1 {
					t.Errorf("answered with %x", answer)
				}
				if got := l.tracker.Last(t); got != want {
					t.Errorf("announce\n got %+v\nwant %+v", got, want)
				}
			})
		}
	}
}

func TestResponder_AnswersAreBounded(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		l := newLab(&trackertest.Tracker{Peers: 255})
		connection := l.connection(t, f)
		t.Run("Peers/"+f.String(), func(t *testing.T) {
			want := family.Pair[int]{V4: 20 + 200*6, V6: 20 + 66*18}.Get(f)
			answer := l.ask(f, announceWith{connection: connection, numWant: -1, port: 1}.packet())
			if len(answer) != want {
				t.Errorf("255 peers were answered with %d bytes, want %d", len(answer), want)
			}
		})
		t.Run("Reason/"+f.String(), func(t *testing.T) {
			l.tracker.Err = &tracker.Refusal{Reason: strings.Repeat("no ", 1000)}
			answer := l.ask(f, announceWith{connection: connection, port: 1}.packet())
			if len(answer) != udptracker.MaxAnswer {
				t.Errorf("a long reason was answered with %d bytes", len(answer))
			}
		})
		t.Run("Scrape/"+f.String(), func(t *testing.T) {
			answer := l.ask(f, scrapePacket(connection, make([]byte, 74)...))
			if len(answer) != 8+70*12 {
				t.Errorf("74 info-hashes were answered with %d bytes, want those of 70", len(answer))
			}
		})
	}
}

func TestResponder_Dropped(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		l := newLab(new(trackertest.Tracker))
		connection := l.connection(t, f)
		announce := announceWith{connection: connection, port: 1}.packet()
		scrape := scrapePacket(connection, 0xaa)
		for _, test := range []struct {
			name     string
			question []byte
			want     udptracker.Outcome
		}{
			{"Empty", nil, udptracker.TooShort},
			{"LessThanAHeader", unhex(connectHex)[:15], udptracker.TooShort},
			{"AnnounceCutShort", announce[:97], udptracker.TooShort},
			{"ScrapeOfNothing", scrape[:16], udptracker.TooShort},
			{"ScrapeCutShort", scrape[:35], udptracker.TooShort},
			{"TooLong", scrapePacket(connection, make([]byte, 75)...), udptracker.TooLong},
			{"ConnectWithoutMagic", unhex("00000417 27101981 00000000 cafef00d"), udptracker.Unknown},
			{"ErrorAction", unhex("00000417 27101980 00000003 cafef00d"), udptracker.Unknown},
			{"HighAction", unhex("00000417 27101980 80000001 cafef00d"), udptracker.Unknown},
			{"MagicAsConnection", announceWith{connection: 0x41727101980, port: 1}.packet(), udptracker.Forged},
			{"ForgedAnnounce", announceWith{connection: connection ^ 1<<40, port: 1}.packet(), udptracker.Forged},
			{"ForgedScrape", scrapePacket(connection^1<<4, 0xaa), udptracker.Forged},
		} {
			t.Run(test.name+"/"+f.String(), func(t *testing.T) {
				before := l.count(f, test.want)
				if answer := l.ask(f, test.question); len(answer) > 0 {
					t.Errorf("answered with %x", answer)
				}
				if got := l.count(f, test.want) - before; got != 1 {
					t.Errorf("counted %d times as %v", got, test.want)
				}
			})
		}
	}
}

// The hot path makes no garbage.
func TestResponder_AllocatesNothing(t *testing.T) {
	for _, f := range family.All {
		l := newLab(&trackertest.Tracker{Peers: 30})
		refusing := newLab(&trackertest.Tracker{Err: &tracker.Refusal{Reason: "not here"}})
		connection := l.connection(t, f)
		for name, question := range map[string][]byte{
			"connect":  unhex(connectHex),
			"announce": announceWith{connection: connection, port: 1}.packet(),
			"scrape":   scrapePacket(connection, 0xaa, 'z'),
			"forged":   announceWith{connection: connection ^ 1<<40, port: 1}.packet(),
		} {
			packet := make([]byte, udptracker.MaxQuestion)
			allocations := testing.AllocsPerRun(100, func() {
				copy(packet, question)
				l.responders.Get(f).RespondInPlace(clients.Get(f), packet, len(question))
				copy(packet, question)
				refusing.responders.Get(f).RespondInPlace(clients.Get(f), packet, len(question))
			})
			if allocations > 0 {
				t.Errorf("%s over %v allocates %v times", name, f, allocations)
			}
		}
	}
}
