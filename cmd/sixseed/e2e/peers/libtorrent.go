package peers

import (
	"context"
	_ "embed"
	"net/netip"
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
	return job.run(ctx, python, libtorrentArguments(job, "leech")...)
}

func (libtorrent) Seed(ctx context.Context, job Job) error {
	return job.serve(ctx, python, libtorrentArguments(job, "seed")...)
}

// listenInterfaces are the addresses that a job is for as libtorrent wants them, with any port.
func (j Job) listenInterfaces() string {
	interfaces := netip.AddrPortFrom(j.Bind, 0).String()
	if j.And.IsValid() {
		interfaces += "," + netip.AddrPortFrom(j.And, 0).String()
	}
	return interfaces
}

func libtorrentArguments(job Job, role string) []string {
	encryption := "plain"
	if job.Encrypt {
		encryption = "rc4"
	}
	limit := strconv.FormatInt(job.Limit, 10)
	return []string{"-c", leechScript, job.Torrent, job.Dir, job.listenInterfaces(), encryption, limit, role}
}
