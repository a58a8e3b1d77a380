package ledger

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// applicationID marks an SQLite file as a ledger: "6sed" in ASCII (SQLite, "Application ID").
const applicationID = 0x36736564

// identify says whether there is a ledger at path. A file of any other kind is an error. It is read before SQLite opens
// it, because SQLite may write to what it opens: it rolls back another program's half-done transaction, for one.
func identify(path string) (exists bool, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("open ledger: %w", err)
	}
	defer file.Close() //nolint:errcheck // it is only read

	// SQLite, "The Database Header": 16 bytes of magic, the application id at offset 68.
	var header [72]byte
	switch _, err := io.ReadFull(file, header[:]); {
	case errors.Is(err, io.EOF):
		return false, nil // empty: a crash between making the file and filling it
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return false, fmt.Errorf("open ledger: %w", err)
	case !bytes.HasPrefix(header[:], []byte("SQLite format 3\x00")):
		return false, fmt.Errorf("open ledger %s: not an SQLite file; it was left as it is", path)
	case binary.BigEndian.Uint32(header[68:]) != applicationID:
		return false, fmt.Errorf("open ledger %s: an SQLite file of another program; it was left as it is", path)
	}
	return true, nil
}

// writable says why files cannot be made in folder. SQLite says of each reason that it is "unable to open database file".
func writable(folder string) error {
	const forWriting = 2 // W_OK of access(2)
	if err := syscall.Access(folder, forWriting); err != nil {
		return fmt.Errorf("write to %s: %w", folder, err)
	}
	return nil
}

// readingMode says how to open a ledger that must not be changed. Without a -wal file beside it nobody has it open, and
// SQLite would make that file to read it: "immutable" keeps a reader from leaving files of its own in the daemon's directory,
// and lets one read who may not write there.
func readingMode(path string) string {
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		return "mode=ro&immutable=1"
	}
	return "mode=ro"
}

// connect returns the pool of connections to the file at path. mode is what SQLite's URI takes.
func connect(path, mode string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	uri := url.URL{Scheme: "file", Path: path, RawQuery: mode +
		"&_busy_timeout=5000&_foreign_keys=1&_synchronous=FULL&_txlock=immediate&_dqs=0&_defensive=1&_error_rc=1"}
	return sql.Open("sqlite", uri.String())
}
