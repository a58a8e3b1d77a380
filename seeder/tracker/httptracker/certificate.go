package httptracker

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// certificateInterval is how often the files are looked at. Those who renew certificates do so days before the end.
const certificateInterval = time.Minute

// certificate is a certificate with its key that is read again when one of the files has changed.
type certificate struct {
	paths  [2]string // of the certificate and of the key
	loaded atomic.Pointer[tls.Certificate]
	read   [2]fileState // when loaded, or what could not be, was read
}

// fileState tells one state of a file from another.
type fileState struct {
	size    int64
	changed time.Time
}

// openCertificate reads a certificate and its key.
func openCertificate(path, keyPath string) (*certificate, error) {
	c := &certificate{paths: [2]string{path, keyPath}}
	_, err := c.refresh()
	return c, err
}

// get is for tls.Config.GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.loaded.Load(), nil
}

// refresh reads the files again if they are not as they were, and says whether they were read. On an error, which may
// only mean that they are being written, the certificate stays as it is until they change once more.
func (c *certificate) refresh() (changed bool, err error) {
	var states [2]fileState
	for i, path := range c.paths {
		info, err := os.Stat(path)
		if err != nil {
			return false, fmt.Errorf("read certificate: %w", err)
		}
		states[i] = fileState{size: info.Size(), changed: info.ModTime()}
	}
	if states == c.read {
		return false, nil
	}
	c.read = states
	pair, err := tls.LoadX509KeyPair(c.paths[0], c.paths[1])
	if err != nil {
		return false, fmt.Errorf("read certificate %s and its key %s: %w", c.paths[0], c.paths[1], err)
	}
	c.loaded.Store(&pair)
	return true, nil
}

// watch refreshes until ctx ends.
func (c *certificate) watch(ctx context.Context, log *slog.Logger) error {
	tick := time.NewTicker(certificateInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			switch changed, err := c.refresh(); {
			case err != nil:
				log.Warn("certificate stays as it was", slog.Any("error", err))
			case changed:
				log.Info("certificate read", slog.String("path", c.paths[0]))
			}
		}
	}
}
