package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
	"golang.org/x/sys/unix"
)

// keepNotified keeps systemd informed about the daemon until ctx ends.
func (d *daemon) keepNotified(ctx context.Context) error {
	return notifier{d.log}.keep(ctx, d.service.Healthy)
}

// notifier tells systemd, if it started us, how we are.
type notifier struct{ log *slog.Logger }

// keep tells systemd that the program is ready, that it lives for as long as it is healthy, and when ctx ends that it is
// stopping. systemd restarts a program that is silent for too long.
func (n notifier) keep(ctx context.Context, healthy func() error) error {
	n.ready()
	defer n.notify(systemd.SdNotifyStopping)
	limit, err := systemd.SdWatchdogEnabled(false)
	if err != nil {
		n.log.Warn("systemd's watchdog is not served", "error", err)
	}
	if limit == 0 {
		<-ctx.Done()
		return nil
	}
	ticker := time.NewTicker(limit / 2)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			n.reportAlive(healthy)
		}
	}
}

func (n notifier) reportAlive(healthy func() error) {
	if err := healthy(); err != nil {
		n.log.Error("the daemon is not well", "error", err)
		return
	}
	n.notify(systemd.SdNotifyWatchdog)
}

// ready tells systemd that the program has started, or that a reload has ended.
func (n notifier) ready() { n.notify(systemd.SdNotifyReady) }

// reloading tells systemd that a reload begins. The time is how it knows that this answers its own signal.
func (n notifier) reloading() {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return
	}
	n.notify(fmt.Sprintf("%s\nMONOTONIC_USEC=%d", systemd.SdNotifyReloading, now.Nano()/int64(time.Microsecond)))
}

func (n notifier) notify(state string) {
	if err := tellSystemd(state); err != nil {
		n.log.Warn("systemd cannot be told", "state", state, "error", err)
	}
}

// tellSystemd sends a message to systemd if it started us. Unlike the library's SdNotify it does not wait for ever when
// nobody reads: the end of the program must not hang on that.
func tellSystemd(state string) error {
	const patience = 5 * time.Second
	address := net.UnixAddr{Name: os.Getenv("NOTIFY_SOCKET"), Net: "unixgram"}
	if address.Name == "" {
		return nil
	}
	conn, err := net.DialUnix(address.Net, nil, &address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err = conn.Write([]byte(state))
	return err
}
