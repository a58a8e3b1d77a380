package trackerload

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"time"

	"sixseed/seeder/tracker/datagram"
)

// patience is how long a client waits for any answer before it takes all its questions for lost.
const patience = 200 * time.Millisecond

const (
	batchSize     = 64
	packetSize    = 1500
	connectTries  = 20
	connectSize   = 16 // of question and answer
	announceSize  = 98
	answerMinimum = 20
)

// client is one socket of a load.
type client struct {
	load       Load
	socket     *datagram.Socket
	infoHashes [][20]byte
	question   [announceSize]byte // what is the same in all
	random     *rand.Rand
	result     Result
}

// connect opens a socket and asks for its connection id.
func (l Load) connect(ctx context.Context) (*client, error) {
	sockets, err := datagram.Listen(ctx, netip.AddrPortFrom(l.Tracker.Addr(), 0), 1)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(rand.Uint64(), 0)) //nolint:gosec // a load keeps no secrets
	c := &client{load: l, socket: sockets[0], random: random}
	for i := range l.InfoHashes {
		c.infoHashes = append(c.infoHashes, InfoHash(i))
	}
	connection, err := c.identify()
	if err != nil {
		c.close()
		return nil, fmt.Errorf("connect to %s: %w", l.Tracker, err)
	}
	c.fill(connection)
	return c, nil
}

func (c *client) close() {
	if c != nil {
		_ = c.socket.Close()
	}
}

// identify asks for a connection id, again and again if the tracker is busy.
func (c *client) identify() (connection []byte, err error) {
	if err := c.socket.SetPatience(patience); err != nil {
		return nil, err
	}
	var ask [connectSize]byte
	binary.BigEndian.PutUint64(ask[:], 0x41727101980) // BEP 15, "Connect"
	for range connectTries {
		if err = c.socket.WriteTo(ask[:], c.load.Tracker); err != nil {
			return nil, err
		}
		if connection, err = c.awaitConnection(); err == nil {
			return connection, nil
		}
	}
	return nil, err
}

// awaitConnection passes over what is for the socket that had this port before: answers can be late.
func (c *client) awaitConnection() (connection []byte, err error) {
	batch := c.socket.NewBatch(1, packetSize)
	for {
		if _, err := batch.Receive(); err != nil {
			return nil, err
		}
		answer, length := batch.Buffer(0)
		if batch.From(0) == c.load.Tracker && length == connectSize {
			return answer[8:connectSize], nil
		}
	}
}

// fill writes what is the same in all questions (BEP 15, "Announce"): they are those of leechers.
func (c *client) fill(connection []byte) {
	copy(c.question[:], connection)
	binary.BigEndian.PutUint32(c.question[8:], 1) // action: announce
	copy(c.question[36:], "-LOAD00-")
	binary.BigEndian.PutUint64(c.question[64:], 1) // bytes left
	binary.BigEndian.PutUint32(c.question[92:], c.load.NumWant)
}

// run keeps a window of questions under way until end.
func (c *client) run(end time.Time) error {
	batch := c.socket.NewBatch(batchSize, packetSize)
	if err := c.openWindow(); err != nil {
		return err
	}
	for time.Now().Before(end) {
		err := c.turn(batch)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			c.result.Lost += c.load.Window
			err = c.openWindow()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// turn takes answers. The next question is written over each and goes back where it came from.
func (c *client) turn(batch *datagram.Batch) error {
	n, err := batch.Receive()
	if err != nil {
		return err
	}
	for i := range n {
		packet, length := batch.Buffer(i)
		if batch.From(i) != c.load.Tracker || length == connectSize {
			continue // it is late, for whoever had this port before or for a question to connect that was repeated
		}
		c.note(packet, length)
		c.ask(packet)
		batch.Answer(i, announceSize)
	}
	_, err = batch.Send()
	return err
}

// openWindow sends a window of questions.
func (c *client) openWindow() error {
	var packet [announceSize]byte
	for range c.load.Window {
		c.ask(packet[:])
		if err := c.socket.WriteTo(packet[:], c.load.Tracker); err != nil {
			return err
		}
	}
	return nil
}

// ask writes the next question: about any of the swarms, for any of its peers, whose peer id is made from its port.
func (c *client) ask(packet []byte) {
	random := c.random.Uint64()
	copy(packet, c.question[:])
	copy(packet[16:], c.infoHashes[random%uint64(len(c.infoHashes))][:])
	port := 1024 + uint16(random>>32)%c.load.Ports //nolint:gosec // any 16 of its bits
	binary.BigEndian.PutUint16(packet[54:], port)
	binary.BigEndian.PutUint16(packet[96:], port)
}

// note counts an answer.
func (c *client) note(packet []byte, length int) {
	if length < answerMinimum || length > len(packet) || binary.BigEndian.Uint32(packet) != 1 {
		c.result.Errors++
		return
	}
	c.result.Answers++
	c.result.Bytes += length
}
