package httptracker

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
)

// Torrents are the torrents that the tracker offers for download. Its methods are called by many goroutines at once.
type Torrents interface {
	// List returns them in the order of the page.
	List() []Torrent
	// Open returns the .torrent file of the torrent in the list with that name. If there is none, the error is
	// fs.ErrNotExist.
	Open(name string) ([]byte, error)
}

// Torrent is a line of the page.
type Torrent struct {
	Name     string // of the .torrent file, without a directory
	InfoHash string // in hex
	Size     int64  // bytes of what it describes
}

// Link is the file's address relative to the page's.
func (t Torrent) Link() string { return (&url.URL{Path: t.Name}).String() }

// SizeText is the size in the unit that fits.
func (t Torrent) SizeText() string {
	const step = 1000
	if t.Size < step {
		return fmt.Sprintf("%d B", t.Size)
	}
	size, unit := float64(t.Size)/step, 0
	const units = "kMGTPE"
	for ; size >= step-0.05 && unit < len(units)-1; unit++ { // what would be printed as 1000.0 is 1.0 of the next
		size /= step
	}
	return fmt.Sprintf("%.1f %cB", size, units[unit])
}

func (s *Server) serveTorrents(w http.ResponseWriter, _ *http.Request) {
	s.servePage(w, "torrents.html", s.torrents.List())
}

func (s *Server) serveTorrent(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if strings.ContainsAny(name, `/\`) || name == ".." {
		http.NotFound(w, r) // the name of a file has no way to others in it
		return
	}
	content, err := s.torrents.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		http.NotFound(w, r)
	case err != nil:
		s.log.Error("torrent cannot be offered", slog.String("name", name), slog.Any("error", err))
		http.Error(w, "the torrent cannot be read", http.StatusInternalServerError)
	default:
		serveBody(w, "application/x-bittorrent", content)
	}
}
