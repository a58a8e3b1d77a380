// Package trackerload asks a tracker over UDP as fast as it answers, to measure it. It is part of benchmarks.
package trackerload

import (
	"context"
	"crypto/sha1"
	"encoding/binary"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"
)

// Load is what to ask. The tracker has to be at a loopback address, and to take announces from there.
type Load struct {
	Tracker    netip.AddrPort
	Clients    int    // each has one socket, one goroutine and one connection id
	Window     int    // questions of a client that are under way at a time
	InfoHashes uint32 // how many swarms there are; InfoHash names them
	Ports      uint16 // how many peers there are in a swarm, told apart by their ports
	NumWant    uint32 // peers asked for
}

// Result is what came back.
type Result struct {
	Answers int // to announces
	Bytes   int // of those answers
	Errors  int // answers of other kinds
	Lost    int // questions without an answer
}

// InfoHash returns the info-hash of a load's swarm i.
func InfoHash(i uint32) [20]byte { return sha1.Sum(binary.BigEndian.AppendUint32(nil, i)) }

// Run asks for as long as duration, once every client has its connection id. It is an error if one gets none.
func (l Load) Run(ctx context.Context, duration time.Duration) (Result, error) {
	clients := make([]*client, l.Clients)
	defer func() {
		for _, c := range clients {
			c.close()
		}
	}()
	for i := range clients {
		var err error
		if clients[i], err = l.connect(ctx); err != nil {
			return Result{}, err
		}
	}
	var group errgroup.Group
	end := time.Now().Add(duration)
	for _, c := range clients {
		group.Go(func() error { return c.run(end) })
	}
	err := group.Wait()
	return total(clients), err
}

func total(clients []*client) (sum Result) {
	for _, c := range clients {
		sum.Answers += c.result.Answers
		sum.Bytes += c.result.Bytes
		sum.Errors += c.result.Errors
		sum.Lost += c.result.Lost
	}
	return sum
}
