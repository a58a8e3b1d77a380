package e2e_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"sixseed/cmd/sixseed/e2e/load"
	"sixseed/cmd/sixseed/e2e/peers"
	"sixseed/policy/family"
)

// bystanders are honest peers: aria2, and some of our own that compare every block.
type bystanders struct {
	victim
	aria2 peers.Client
	image string // path of the file that is seeded
}

// gather has them download, again and again, until the returned function is called. Each that came then has ended well,
// or the test has failed.
func (b bystanders) gather(t *testing.T) (depart func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for _, one := range []func(context.Context) error{b.runAria2, b.runLoad} {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := one(t.Context()); err != nil {
					t.Errorf("an honest peer: %v", err)
					return
				}
			}
		})
	}
	return func() {
		cancel()
		all.Wait()
	}
}

// comeAndGo has each of them download once.
func (b bystanders) comeAndGo(ctx context.Context) error {
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error { return b.runAria2(ctx) })
	all.Go(func() error { return b.runLoad(ctx) })
	return all.Wait()
}

// runAria2 downloads the release over IPv6, for some seconds.
func (b bystanders) runAria2(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "sixseed-bystander-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	job := peers.Job{Torrent: b.Path, Dir: dir, Bind: peers.Loopback.V6, Limit: 3 << 20}
	if err := b.aria2.Download(ctx, job); err != nil {
		return err
	}
	return same(filepath.Join(dir, filepath.Base(b.image)), b.image)
}

// same returns nil if two files have the same SHA-256.
func same(got, want string) error {
	var sums [2][sha256.Size]byte
	for i, path := range []string{got, want} {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sums[i] = sha256.Sum256(data)
	}
	if sums[0] != sums[1] {
		return fmt.Errorf("SHA-256 of the download is %x, want %x", sums[0], sums[1])
	}
	return nil
}

// runLoad downloads over both families for some seconds and compares every block with the file.
func (b bystanders) runLoad(ctx context.Context) error {
	all, ctx := errgroup.WithContext(ctx)
	for _, f := range family.All {
		all.Go(func() error { return b.runLoadOver(ctx, f) })
	}
	return all.Wait()
}

// runLoadOver is runLoad for one family. It ends when enough has come, and not with the clock: so each has had its share,
// however slow the machine is.
func (b bystanders) runLoadOver(ctx context.Context, f family.Family) error {
	const connections, rate = 4, 1 << 20
	image, err := os.Open(b.image)
	if err != nil {
		return err
	}
	defer func() { _ = image.Close() }()
	plan := load.Plan{
		Torrent:  load.Torrent{InfoHash: b.InfoHash, PieceLength: b.PieceLength, Length: b.Length(), Data: image},
		Bytes:    2 * connections * rate,
		Unchoked: true,
		Groups: []load.Group{{
			Seeder:      netip.AddrPortFrom(peers.Loopback.Get(f), b.port),
			Connections: connections, InFlight: 100, BytesPerSecond: rate,
		}},
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	result, err := load.Run(ctx, plan)
	if err == nil {
		err = result.Failures()
	}
	if got := result.Bytes().Get(f); err == nil && got < plan.Bytes {
		err = fmt.Errorf("received %d bytes over %v, want %d", got, f, plan.Bytes)
	}
	return err
}
