package main

import (
	"context"
	"fmt"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
	"golang.org/x/sys/unix"
)

// keepNotified tells systemd, if it started us, that the daemon is ready, that it lives for as long as it is healthy,
// and at the end that it is stopping. systemd restarts a daemon that is silent for too long.
func (d *daemon) keepNotified(ctx context.Context) error {
	d.notify(systemd.SdNotifyReady)
	defer d.notify(systemd.SdNotifyStopping)
	limit, err := systemd.SdWatchdogEnabled(false)
	if err != nil {
		d.log.Warn("systemd's watchdog is not served", "error", err)
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
			d.reportAlive()
		}
	}
}

func (d *daemon) reportAlive() {
	if err := d.service.Healthy(); err != nil {
		d.log.Error("the daemon is not well", "error", err)
		return
	}
	d.notify(systemd.SdNotifyWatchdog)
}

// reloading tells systemd that a reload begins. The time is how it knows that this answers its own signal.
func (d *daemon) reloading() {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return
	}
	d.notify(fmt.Sprintf("%s\nMONOTONIC_USEC=%d", systemd.SdNotifyReloading, now.Nano()/int64(time.Microsecond)))
}

func (d *daemon) notify(state string) {
	if _, err := systemd.SdNotify(false, state); err != nil {
		d.log.Warn("systemd cannot be told", "state", state, "error", err)
	}
}
