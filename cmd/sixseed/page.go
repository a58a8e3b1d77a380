package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"

	"sixseed/cmd/sixseed/config"
	"sixseed/web"
)

// openPage opens the page that shows source, and its listeners.
func openPage(ctx context.Context, settings config.Web, source web.Source, log *slog.Logger) (*web.Server, []net.Listener, error) {
	hosts := append(hostNames(), settings.Hosts...)
	server, err := web.New(web.Config{Source: source, Log: log, Hosts: hosts})
	if err != nil {
		return nil, nil, err
	}
	var pages []net.Listener
	for _, address := range settings.Listen {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address.String())
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("listen for the page on %s: %w", address, err), closePages(pages))
		}
		pages = append(pages, listener)
	}
	return server, pages, nil
}

func closePages(pages []net.Listener) error {
	var errs []error
	for _, page := range pages {
		errs = append(errs, page.Close())
	}
	return errors.Join(errs...)
}

// hostNames are this machine's own names, under which it is known to its neighbours.
func hostNames() []string {
	host, err := os.Hostname()
	if err != nil {
		return nil
	}
	short, _, _ := strings.Cut(host, ".")
	return []string{host, short}
}
