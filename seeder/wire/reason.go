package wire

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"sync/atomic"

	"sixseed/policy/family"
	"sixseed/seeder/wire/admission"
	"sixseed/seeder/wire/message"
)

// Reason says why a connection was ended.
type Reason uint8

// The reasons. Those that are the peer's own doing come first.
const (
	ReasonLeft       Reason = iota // the peer hung up, or the network did
	ReasonHandshake                // there was no handshake, or not within its time
	ReasonUnknown                  // it asked for a torrent that is not seeded here
	ReasonEncryption               // it wanted to speak plain or encrypted, and may not
	ReasonProtocol                 // it sent what no peer may send to a seed
	ReasonFlood                    // it sent too much of what is of no use
	ReasonStalled                  // it took nothing for two minutes
	ReasonSilent                   // it said nothing for five minutes
	ReasonComplete                 // it has everything and wants nothing

	ReasonNeverServed // its network is never served
	ReasonRefused     // there are too many connections
	ReasonReplaced    // it made room for another one
	ReasonUnreadable  // the torrent's info dictionary cannot be had
	ReasonDisk        // the data cannot be read
	ReasonChanged     // the data are not what they were
	ReasonClosed      // the torrent is not seeded any more, or we end
	reasons
)

var reasonNames = [reasons]string{
	"left", "handshake", "unknown torrent", "encryption", "protocol", "flood", "stalled", "silent", "complete",
	"never served", "refused", "replaced", "unreadable", "disk", "changed data", "closed",
}

// String returns the reason in a word or two.
func (r Reason) String() string { return reasonNames[r] }

// endError is an error with the reason that it is for ending a connection.
type endError struct {
	reason Reason
	error
}

func (e endError) Unwrap() error { return e.error }

// because gives an error its reason.
func because(reason Reason, err error) error {
	if err == nil {
		return nil
	}
	return endError{reason, err}
}

// reasonOf finds out why a connection has ended.
func reasonOf(err error) Reason {
	var known endError
	var tooLong *message.TooLongError
	var unexpected *message.UnexpectedError
	switch {
	case errors.As(err, &known):
		return known.reason
	case errors.As(err, &tooLong), errors.As(err, &unexpected):
		return ReasonProtocol
	case errors.Is(err, net.ErrClosed):
		return ReasonClosed
	case errors.Is(err, admission.ErrFull), errors.Is(err, admission.ErrTorrentFull),
		errors.Is(err, admission.ErrAddress), errors.Is(err, admission.ErrGone):
		return ReasonRefused
	default:
		return ReasonLeft
	}
}

// ends counts ended connections.
type ends [reasons]family.Pair[atomic.Int64]

// noteEnd counts the end of a connection and tells the log, once.
func (e *Endpoint) noteEnd(c *Conn, err error) {
	if !c.noted.CompareAndSwap(false, true) {
		return
	}
	reason := reasonOf(err)
	e.ends[reason].At(c.family).Add(1)
	level := slog.LevelDebug
	if reason == ReasonDisk { // nothing that a peer could bring about
		level = slog.LevelWarn
	}
	e.Log.Log(context.Background(), level, "connection ended", slog.String("peer", c.remote.String()),
		slog.String("reason", reason.String()), slog.Any("error", err))
}

// sendError tells a peer that takes nothing from one that is gone.
func sendError(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return because(ReasonStalled, err)
	}
	return err
}

// receiveError tells a peer that says nothing from one that is gone.
func receiveError(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return because(ReasonSilent, err)
	case errors.Is(err, io.EOF):
		return because(ReasonLeft, err)
	default:
		return err
	}
}
