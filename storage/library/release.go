package library

import (
	"context"

	"sixseed/storage/content"
	"sixseed/storage/metafile"
)

// State is how far a release has come on its way to being seeded.
type State string

// The states of a release.
const (
	Waiting   State = "waiting"   // there are no data for it yet, or they are still growing
	Verifying State = "verifying" // its pieces are being hashed, or stand in the queue for it
	Seeding   State = "seeding"   // every piece is right, and the sink has it
	Broken    State = "broken"    // its data are there but cannot be served; Problem says why
)

// Release is one thing to seed: a .torrent, with data or without, or data that have no .torrent yet.
type Release struct {
	InfoHash     [20]byte // zero while there is no .torrent
	Name         string
	Size         int64 // bytes
	State        State
	Problem      string  // why it is waiting or broken
	Checked      float64 // 0 to 1: how much of the data is verified
	MetafilePath string  // "" while there is no .torrent
	DataPath     string  // the file, or the folder of a multi-file torrent; "" while there are no data
}

// Problem is a thing in the library that an admin should look at.
type Problem struct {
	Subject string // the path of the file or directory
	Text    string
}

// Sink takes what can be seeded. All calls come from one goroutine, for one info-hash always Available and Gone in turn.
type Sink interface {
	// Available hands over a release whose every piece was verified while its files had these stamps, one for each
	// file of the layout. From the moment a file's stamp differs, no byte of it may be served.
	Available(r Release, m *metafile.Metafile, layout content.Layout, stamps []content.Stamp)
	// Gone takes a release back: its files or its .torrent were removed or changed.
	Gone(infoHash [20]byte)
}

// Verifications remembers over restarts what hashing has found. Keys and values are the library's own encoding.
// The calls may come from two goroutines at a time. An error costs no more than hashing once again.
type Verifications interface {
	Verified(ctx context.Context, key string) (value []byte, ok bool, err error)
	SetVerified(ctx context.Context, key string, value []byte) error
	ForgetVerified(ctx context.Context, key string) error
}
