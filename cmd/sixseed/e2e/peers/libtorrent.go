package peers

import (
	"context"
	_ "embed"
	"strconv"
)

// python is Debian's own: another python3 in PATH would not find Debian's libtorrent.
const python = "/usr/bin/python3"

//go:embed leech.py
var leechScript string

// libtorrent is the library that qBittorrent and Deluge are made of, through its Python binding.
type libtorrent struct{}

var _ Client = libtorrent{}

func (libtorrent) Name() string    { return "libtorrent" }
func (libtorrent) Program() string { return libtorrentPackage }
func (libtorrent) Loopback() bool  { return true }

func (libtorrent) Download(ctx context.Context, job Job) error {
	encryption := "plain"
	if job.Encrypt {
		encryption = "rc4"
	}
	limit := strconv.FormatInt(job.Limit, 10)
	return job.run(ctx, python, "-c", leechScript, job.Torrent, job.Dir, listenInterface(job.Bind, 0), encryption, limit)
}
