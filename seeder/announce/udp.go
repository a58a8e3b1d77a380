package announce

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"sixseed/policy/family"
)

// An attempt waits firstPatience for an answer, the next one twice as long (BEP 15, "Time outs"). BEP 15 goes on to eight
// repetitions, more than an hour; here the tier has other trackers, and a dead one is tried again anyway.
const (
	firstPatience = 15 * time.Second
	udpAttempts   = 3
)

// udpExchanger speaks to UDP trackers. Sockets that hold a fresh connection id are kept for the next exchange with the
// same address: some trackers tie the id to the port it was given to, so an id is worth nothing on another socket.
type udpExchanger struct {
	names       *resolver
	dial        dialFunc
	now         func() time.Time
	transaction func() uint32

	mu     sync.Mutex
	idle   map[udpTracker][]*udpSession
	closed bool
}

// udpTracker is where a session leads. The family is in the address.
type udpTracker = netip.AddrPort

func newUDPExchanger(names *resolver, dial dialFunc, now func() time.Time, transaction func() uint32) *udpExchanger {
	return &udpExchanger{
		names: names, dial: dial, now: now, transaction: transaction,
		idle: make(map[udpTracker][]*udpSession),
	}
}

func (u *udpExchanger) announce(ctx context.Context, req request) (response, error) {
	addrs, err := u.names.addresses(ctx, req.Target.host, req.Family)
	if err != nil {
		return response{}, err
	}
	for attempt := range udpAttempts {
		var resp response
		tracker := netip.AddrPortFrom(addrs[attempt%len(addrs)], req.Target.port)
		resp, err = u.attempt(ctx, tracker, req, time.Now().Add(firstPatience<<attempt))
		if err == nil || ctx.Err() != nil || !worthRepeating(err, attempt, len(addrs)) {
			return resp, err
		}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return response{}, errors.New("no answer")
	}
	return response{}, err
}

// worthRepeating says whether another attempt may fare better: after silence always, after an error of the network if
// there is an address that was not tried yet.
func worthRepeating(err error, attempt, addresses int) bool {
	if _, refused := errors.AsType[*refusalError](err); refused {
		return false
	}
	return errors.Is(err, os.ErrDeadlineExceeded) || attempt+1 < addresses
}

// attempt asks once, and once more if the tracker does not know a connection id that was kept.
func (u *udpExchanger) attempt(ctx context.Context, tracker udpTracker, req request, deadline time.Time) (response, error) {
	if session := u.take(tracker); session != nil {
		resp, err := u.announceIn(ctx, session, tracker, req, deadline)
		if err == nil {
			return resp, nil
		}
		// A tracker that was restarted knows none of its ids. Some say so, others are silent.
		u.forget(tracker)
		if _, refused := errors.AsType[*refusalError](err); !refused {
			return response{}, err
		}
	}
	session, err := u.open(ctx, tracker, req.Family, deadline)
	if err != nil {
		return response{}, err
	}
	return u.announceIn(ctx, session, tracker, req, deadline)
}

// announceIn announces in a session, and keeps the session if that went well.
func (u *udpExchanger) announceIn(ctx context.Context, session *udpSession, tracker udpTracker, req request, deadline time.Time) (response, error) {
	resp, err := session.announce(ctx, req, u.transaction(), deadline)
	if err != nil {
		_ = session.conn.Close()
		return response{}, err
	}
	u.put(tracker, session)
	return resp, nil
}

// open connects a socket, so that the kernel drops what does not come from the tracker's address, and gets a
// connection id for it.
func (u *udpExchanger) open(ctx context.Context, tracker udpTracker, f family.Family, deadline time.Time) (*udpSession, error) {
	conn, err := u.dial(ctx, socketNetwork("udp", f), tracker.String())
	if err != nil {
		return nil, fmt.Errorf("open socket: %w", err)
	}
	session := &udpSession{conn: conn, now: u.now}
	if err := session.connect(ctx, u.transaction(), deadline); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return session, nil
}

// take returns an idle session whose connection id is fresh, or nil.
func (u *udpExchanger) take(tracker udpTracker) *udpSession {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.prune()
	sessions := u.idle[tracker]
	if len(sessions) == 0 {
		return nil
	}
	last := len(sessions) - 1
	u.idle[tracker] = sessions[:last]
	return sessions[last]
}

func (u *udpExchanger) put(tracker udpTracker, session *udpSession) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		_ = session.conn.Close()
		return
	}
	u.idle[tracker] = append(u.idle[tracker], session)
	u.prune()
}

// prune closes the sessions whose connection id is no longer valid.
func (u *udpExchanger) prune() {
	for tracker, sessions := range u.idle {
		var fresh []*udpSession
		for _, session := range sessions {
			if session.fresh() {
				fresh = append(fresh, session)
			} else {
				_ = session.conn.Close()
			}
		}
		if u.idle[tracker] = fresh; len(fresh) == 0 {
			delete(u.idle, tracker)
		}
	}
}

// forget closes the idle sessions with tracker.
func (u *udpExchanger) forget(tracker udpTracker) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, session := range u.idle[tracker] {
		_ = session.conn.Close()
	}
	delete(u.idle, tracker)
}

func (u *udpExchanger) close() {
	u.mu.Lock()
	u.closed = true
	trackers := slices.Collect(maps.Keys(u.idle))
	u.mu.Unlock()
	for _, tracker := range trackers {
		u.forget(tracker)
	}
}
