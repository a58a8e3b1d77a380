package load

import (
	"errors"
	"io"

	"golang.org/x/sys/unix"
)

// receive reads what has come, and returns 0 when nothing has. The end of the stream is io.EOF.
func receive(socket int, buffer []byte) (int, error) {
	for {
		n, err := unix.Read(socket, buffer)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return 0, nil
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// send writes what the socket takes now, which may be nothing.
func send(socket int, b []byte) (int, error) {
	for {
		n, err := unix.SendmsgN(socket, b, nil, nil, unix.MSG_NOSIGNAL)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return 0, nil
		case errors.Is(err, unix.EINTR):
			continue
		}
		return max(n, 0), err
	}
}
