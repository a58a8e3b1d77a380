package peers

import (
	"context"
	"io"
	"net"
	"net/netip"
	"net/url"
	"sync"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/announce/announcetest"
)

// Tiers returns the announce URLs of tracker, a tier per family, IPv4 first, as they are reached over addresses.
//
// The tracker itself listens on loopback addresses, and whoever connects to those comes from one. So for other
// addresses there is a relay that keeps the address of who announces.
func Tiers(t testing.TB, tracker *announcetest.Tracker, addresses family.Pair[netip.Addr]) [][]string {
	t.Helper()
	urls := family.Both(func(f family.Family) string {
		direct := tracker.URL("http", f)
		if addresses.Get(f).IsLoopback() {
			return direct
		}
		return relayedURL(t, direct, addresses.Get(f))
	})
	return [][]string{{urls.V4}, {urls.V6}}
}

func relayedURL(t testing.TB, direct string, address netip.Addr) string {
	t.Helper()
	announce, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	target := announce.Host
	announce.Host = relay(t, address, target)
	return announce.String()
}

// relay listens on address, carries what comes to target, another address of this machine, and returns where it
// listens. It connects from the address that it was connected from.
func relay(t testing.TB, address netip.Addr, target string) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", netip.AddrPortFrom(address, 0).String())
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { carry(t.Context(), near, target) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
	return listener.Addr().String()
}

// carry copies both ways between near and target until one of them is done.
func carry(ctx context.Context, near net.Conn, target string) {
	defer func() { _ = near.Close() }()
	from := &net.TCPAddr{IP: near.RemoteAddr().(*net.TCPAddr).IP}
	far, err := (&net.Dialer{LocalAddr: from}).DialContext(ctx, "tcp", target)
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	done := make(chan struct{}, 2)
	for _, direction := range [][2]net.Conn{{near, far}, {far, near}} {
		go func() {
			_, _ = io.Copy(direction[0], direction[1])
			done <- struct{}{}
		}()
	}
	<-done
}
