package e2e_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
	"sixseed/seeder"
	"sixseed/storage/metafile"
)

// TestDaemon_IsFoundThroughItsOwnTracker has clients download that know of no tracker but the daemon's own, from
// .torrent files that it offers.
func TestDaemon_IsFoundThroughItsOwnTracker(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		client, transport string
		families          []family.Family
	}{
		{"aria2", "http", family.All[:]},
		{"transmission", "udp", []family.Family{family.V4}}, // over IPv6 it asks trackers of IPv4 alone
	} {
		t.Run(test.client+"-"+test.transport, func(t *testing.T) {
			t.Parallel()
			client := clientNamed(t, test.client)
			addresses := peers.Addresses(t, client)
			d, downloads := startTracking(t, client, test.transport, addresses, test.families)
			for _, download := range downloads {
				t.Run(download.String(), func(t *testing.T) {
					torrent := d.offered(t, download.release())
					runDownload(t, download, torrent, d.library, addresses.Get(download.family))
				})
			}
			d.checkOwnTracker(t, test.transport, downloads)
		})
	}
}

// trackingDaemon is a daemon with a tracker of its own, which its torrents name.
type trackingDaemon struct {
	*daemon
	library string
	tracker string // its base URL
}

// startTracking starts a daemon that seeds a release for every family, and waits until its own tracker knows that.
func startTracking(
	t *testing.T, client peers.Client, transport string, addresses family.Pair[netip.Addr], families []family.Family,
) (d *trackingDaemon, downloads []download) {
	t.Helper()
	d = &trackingDaemon{library: t.TempDir()}
	for _, f := range families {
		plan := download{client: client, family: f}
		peers.MakeISO(t, filepath.Join(d.library, plan.release()), 5<<20)
		downloads = append(downloads, plan)
	}
	port := peers.FreePort(t)
	at := family.Both(func(f family.Family) netip.AddrPort { return netip.AddrPortFrom(addresses.Get(f), port) })
	d.tracker = "http://" + at.V4.String()
	d.daemon = startDaemon(t, settings{
		library: d.library,
		tiers: [][]string{
			{fmt.Sprintf("%s://%s/announce", transport, at.V4)}, {fmt.Sprintf("%s://%s/announce", transport, at.V6)},
		},
		tracker: fmt.Sprintf("listen = [%q, %q]\nprivate_addresses = true\n", at.V4, at.V6),
	})
	d.await(t, "seeding", d.seeds(len(downloads)))
	d.await(t, "announce over both families", d.tracks(family.Pair[int]{V4: len(downloads), V6: len(downloads)}))
	return d, downloads
}

// tracks waits until the daemon's tracker knows so many seeders.
func (d *trackingDaemon) tracks(seeders family.Pair[int]) func(context.Context) error {
	return func(ctx context.Context) error {
		status, err := d.status(ctx)
		if err != nil {
			return err
		}
		if status.Embedded == nil {
			return errors.New("the status has no tracker")
		}
		got := family.Both(func(f family.Family) int { return status.Embedded.Families.Get(f).Seeders })
		if got != seeders {
			return fmt.Errorf("its tracker knows %+v seeders, want %+v", got, seeders)
		}
		return nil
	}
}

// offered gets the .torrent of a release from the tracker, and returns its path.
func (d *trackingDaemon) offered(t *testing.T, release string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "offered.torrent")
	writeText(t, path, string(d.ask(t, "/torrents/"+url.PathEscape(release)+".torrent")))
	return path
}

// ask gets a page of the tracker.
func (d *trackingDaemon) ask(t *testing.T, path string) []byte {
	t.Helper()
	tracker := &daemon{page: d.tracker}
	body, err := tracker.get(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// checkOwnTracker holds the tracker to having counted the announces, over the transport that they came over.
func (d *trackingDaemon) checkOwnTracker(t *testing.T, transport string, downloads []download) {
	t.Helper()
	status, err := d.status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range family.All {
		side := status.Embedded.Families.Get(f)
		used, unused := side.HTTP, side.UDP
		if transport == "udp" {
			used, unused = unused, used
		}
		if used.Announces[seeder.AnnounceOK] < uint64(len(downloads)) || unused.Announces[seeder.AnnounceOK] != 0 {
			t.Errorf("%s: announces %+v over %s, %+v over the other", f, used.Announces, transport, unused.Announces)
		}
	}
}

// TestDaemon_RemembersSwarms wants who takes part, and how often a torrent was downloaded, to outlive the daemon.
func TestDaemon_RemembersSwarms(t *testing.T) {
	t.Parallel()
	client := clientNamed(t, "aria2")
	d, downloads := startTracking(t, client, "http", peers.Loopback, family.All[:1])
	known, err := metafile.Load(d.torrents(t)[downloads[0].release()])
	if err != nil {
		t.Fatal(err)
	}
	infoHash := url.QueryEscape(string(known.InfoHash[:]))
	d.ask(t, "/announce?info_hash="+infoHash+"&peer_id=-XX0000-123456789012&port=6999&left=0&event=completed")
	d.stop(t)
	d.start(t)
	d.await(t, "seeding after the restart", d.seeds(len(downloads)))
	d.await(t, "announce over both families", d.tracks(family.Pair[int]{V4: 2, V6: 1})) // the daemon, and the client
	scrape := d.ask(t, "/scrape?info_hash="+infoHash)
	if !bytes.Contains(scrape, []byte("8:completei2e10:downloadedi1e")) {
		t.Errorf("two seed, one has finished its download, and a scrape says %q", scrape)
	}
}

// TestDaemon_LeavesItsOwnTracker wants the tracker to outlive the seeder until that has said that it stops: clients must
// not be sent to a daemon that is gone.
func TestDaemon_LeavesItsOwnTracker(t *testing.T) {
	t.Parallel()
	d, _ := startTracking(t, clientNamed(t, "aria2"), "udp", peers.Loopback, family.All[:])
	d.stop(t)
	d.start(t)
	if log := d.log.String(); !strings.Contains(log, `msg="swarms restored"`) || !strings.Contains(log, " swarms=0\n") {
		t.Errorf("it is still in swarms that it has left, says its log:\n%s", log)
	}
}

// TestDaemon_PublishesItsTracker wants the .torrent files that are offered to name the tracker, as SIGHUP leaves it, in
// a tier of its own, and to be the same torrents.
func TestDaemon_PublishesItsTracker(t *testing.T) {
	t.Parallel()
	const first, second = "http://one.example.org/announce", "udp://two.example.org:6969"
	library, port := t.TempDir(), peers.FreePort(t)
	peers.MakeISO(t, filepath.Join(library, "a release.iso"), 1<<20)
	d := &trackingDaemon{tracker: fmt.Sprintf("http://127.0.0.1:%d", port)}
	publish := fmt.Sprintf("publish = [%q]", first)
	d.daemon = startDaemon(t, settings{
		library: library, tiers: [][]string{{"http://127.0.0.1:1/announce"}},
		tracker: fmt.Sprintf("listen = [\"127.0.0.1:%d\"]\n%s\n", port, publish),
	})
	d.await(t, "seeding", d.seeds(1))
	made, err := metafile.Load(d.torrents(t)["a release.iso"])
	if err != nil {
		t.Fatal(err)
	}
	if page := d.ask(t, "/torrents/"); !bytes.Contains(page, []byte(hex.EncodeToString(made.InfoHash[:]))) {
		t.Errorf("the page does not name the torrent:\n%s", page)
	}
	names := func(url string) func(context.Context) error {
		return func(context.Context) error {
			got, err := metafile.Parse(d.ask(t, "/torrents/a%20release.iso.torrent"))
			if err != nil {
				return err
			}
			if got.InfoHash != made.InfoHash {
				t.Fatalf("info-hash %x, want %x", got.InfoHash, made.InfoHash)
			}
			if diff := cmp.Diff([][]string{{url}, {"http://127.0.0.1:1/announce"}}, got.Tiers); diff != "" {
				return fmt.Errorf("tiers (-want +got):\n%s", diff)
			}
			return nil
		}
	}
	d.await(t, "first tracker", names(first))
	d.reconfigure(t, publish, fmt.Sprintf("publish = [%q]", second))
	d.await(t, "second tracker", names(second))
}

// TestTracker_RunsAlone wants `sixseed tracker` to follow its list and to tell of a fault in it, to survive SIGHUP, and to
// end as the daemon does.
func TestTracker_RunsAlone(t *testing.T) {
	t.Parallel()
	dir, port, page := t.TempDir(), peers.FreePort(t), peers.FreePort(t)
	list := filepath.Join(dir, "list")
	writeText(t, list, "# nothing yet\n")
	config := filepath.Join(dir, "config.toml")
	text := fmt.Sprintf("state_dir = %q\nweb.listen = [\"[::1]:%d\"]\n", stateDir(t), page)
	text += fmt.Sprintf("[tracker]\nlisten = [\"[::1]:%d\"]\nlist = %q\nprivate_addresses = true\n", port, list)
	writeText(t, config, text)
	d := &trackingDaemon{
		daemon:  &daemon{config: config, page: fmt.Sprintf("http://[::1]:%d", page), runs: "tracker"},
		tracker: fmt.Sprintf("http://[::1]:%d", port),
	}
	d.start(t)
	announce := "/announce?info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-XX0000-123456789012&port=6999&left=0"
	if answer := d.ask(t, announce); !bytes.Contains(answer, []byte("failure reason")) {
		t.Errorf("a torrent that is not on the list: %q", answer)
	}
	writeText(t, list, strings.Repeat("61", 20)+"  # the letter a\n")
	if err := d.command.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	d.await(t, "seeder", func(ctx context.Context) error {
		d.ask(t, announce)
		return d.tracks(family.Pair[int]{V6: 1})(ctx)
	})
	if status := d.run(t, "status"); !bytes.Contains(status, []byte(" unlisted")) {
		t.Errorf("the status does not say who was refused:\n%s", status)
	}
	writeText(t, list, "debian.iso\n")
	d.await(t, "problem of the list", func(ctx context.Context) error { return d.hasProblem(ctx, "list", "no info-hash") })
	d.stop(t)
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// reconfigure replaces a part of the configuration and has the daemon read it again.
func (d *trackingDaemon) reconfigure(t *testing.T, old, updated string) {
	t.Helper()
	text, err := os.ReadFile(d.config)
	if err != nil {
		t.Fatal(err)
	}
	writeText(t, d.config, strings.Replace(string(text), old, updated, 1))
	if err := d.command.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}
