package udptracker_test

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/trackertest"
	"sixseed/seeder/tracker/udptracker"
)

// slotLength is how long one connection id is handed out.
const slotLength = 64 * time.Second

func withPort(addr netip.AddrPort, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(addr.Addr(), port)
}

func TestConnection_Age(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		made, age time.Duration
		want      udptracker.Outcome
	}{
		{"New", 0, 0, udptracker.Announced},
		{"AMinuteOld", 0, time.Minute, udptracker.Announced},
		{"TwoMinutesOld", slotLength - 1, 2 * time.Minute, udptracker.Announced},
		{"EndOfTheThirdSlot", 0, 3*slotLength - 1, udptracker.Announced},
		{"FourthSlot", 0, 3 * slotLength, udptracker.Expired},
		{"TenMinutesOld", 0, 10 * time.Minute, udptracker.Expired},
		{"EndOfTheEleventhSlot", 0, 11*slotLength - 1, udptracker.Expired},
		{"TwelfthSlot", 0, 11 * slotLength, udptracker.Forged},
		{"SameBitsOneTurnLater", 0, 16 * slotLength, udptracker.Forged},
		{"SameBitsManyTurnsLater", 0, 16000 * slotLength, udptracker.Forged},
		{"FromTheFuture", time.Hour, -slotLength, udptracker.Forged},
		{"BeforeTheStart", 0, -slotLength, udptracker.Forged},
	} {
		for _, f := range family.All {
			t.Run(test.name+"/"+f.String(), func(t *testing.T) {
				t.Parallel()
				l := newLab(new(trackertest.Tracker))
				l.responders.Get(f).Tick(opened.Add(test.made))
				question := announceWith{connection: l.connection(t, f), port: 1}.packet()
				l.responders.Get(f).Tick(opened.Add(test.made + test.age))
				l.ask(f, question)
				if l.count(f, test.want) != 1 {
					t.Errorf("counts are %v, want one %v", l.responders.Get(f).Counts(), test.want)
				}
			})
		}
	}
}

func TestConnection_ExpiredIsTold(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		l := newLab(new(trackertest.Tracker))
		connection := l.connection(t, f)
		l.responders.Get(f).Tick(opened.Add(5 * time.Minute))
		want := append(unhex("00000003 "+transaction), "connection expired"...)
		for name, question := range map[string][]byte{
			"announce": announceWith{connection: connection, port: 1}.packet(),
			"scrape":   scrapePacket(connection, 0xaa),
		} {
			if answer := l.ask(f, question); !bytes.Equal(answer, want) || len(answer) > len(question) {
				t.Errorf("%s over %v was answered with %q", name, f, answer)
			}
		}
		if l.tracker.Announced() {
			t.Errorf("the tracker was asked over %v", f)
		}
	}
}

// An id is good for its address over its family, from any port, and under its key.
func TestConnection_Bound(t *testing.T) {
	t.Parallel()
	other := family.Pair[netip.AddrPort]{
		V4: netip.MustParseAddrPort("192.0.2.8:5000"), V6: netip.MustParseAddrPort("[2001:db8:1::7]:5000"),
	}
	mapped := netip.AddrPortFrom(netip.AddrFrom16(clients.V4.Addr().As16()), 5000)
	for _, f := range family.All {
		l := newLab(new(trackertest.Tracker))
		question := announceWith{connection: l.connection(t, f), port: 1}.packet()
		rekeyed := udptracker.NewResponder(f, l.tracker, [16]byte{7}, opened)
		for _, test := range []struct {
			name      string
			responder udptracker.Responder
			from      netip.AddrPort
			good      bool
		}{
			{"SamePort", l.responders.Get(f), clients.Get(f), true},
			{"OtherPort", l.responders.Get(f), withPort(clients.Get(f), 5001), true},
			{"OtherAddress", l.responders.Get(f), other.Get(f), false},
			{"OtherKey", rekeyed, clients.Get(f), false},
			{"OtherFamily", l.responders.V6, mapped, false},
		} {
			t.Run(test.name+"/"+f.String(), func(t *testing.T) {
				before := test.responder.Counts()[udptracker.Announced]
				test.responder.Respond(test.from, question)
				if good := test.responder.Counts()[udptracker.Announced] > before; good != test.good {
					t.Errorf("taken: %v", good)
				}
			})
		}
	}
}

// Whichever bit is changed, the id is no good any more. Where it is one of those that say the slot, that is another's.
func TestConnection_EveryBitCounts(t *testing.T) {
	t.Parallel()
	for _, f := range family.All {
		l := newLab(new(trackertest.Tracker))
		connection := l.connection(t, f)
		for bit := range 64 {
			l.ask(f, announceWith{connection: connection ^ 1<<bit, port: 1}.packet())
		}
		if n := l.count(f, udptracker.Forged); n != 64 {
			t.Errorf("%d of 64 changed ids were found out over %v", n, f)
		}
	}
}
