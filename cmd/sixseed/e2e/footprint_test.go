package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// footprint is what a daemon takes of the machine, by the name of the metric.
type footprint map[string]float64

// growth is how much more a daemon may take after an attack: memory that the runtime and pools keep for the next time,
// goroutines and files that the test's own questions to the page cost.
var growth = footprint{
	"go_goroutines":                 10,
	"process_open_fds":              10,
	"go_memstats_heap_inuse_bytes":  32 << 20,
	"process_resident_memory_bytes": 64 << 20,
}

// footprint reads the metrics.
func (d *daemon) footprint(ctx context.Context) (footprint, error) {
	page, err := d.get(ctx, "/metrics")
	if err != nil {
		return nil, err
	}
	found := make(footprint)
	for lines := bufio.NewScanner(bytes.NewReader(page)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if _, wanted := growth[name]; !wanted {
			continue
		}
		if found[name], err = strconv.ParseFloat(value, 64); err != nil {
			return nil, fmt.Errorf("metric %s: %w", name, err)
		}
	}
	if len(found) != len(growth) {
		return nil, fmt.Errorf("metrics are missing: there are %v", found)
	}
	return found, nil
}

// recovered returns nil if the daemon takes about as much as before. Asking has it make garbage, so that it collects
// what there was before, too.
func (d *daemon) recovered(ctx context.Context, before footprint) error {
	now, err := d.footprint(ctx)
	if err != nil {
		return err
	}
	for name, more := range growth {
		if os.Getenv("E2E_RACE") == "1" && strings.HasSuffix(name, "_bytes") {
			more *= 8 // the race detector remembers who used what
		}
		if now[name] > before[name]+more {
			return fmt.Errorf("%s is %.0f, and was %.0f", name, now[name], before[name])
		}
	}
	return nil
}

// allEnded returns nil if no peer is connected, and every connection there was is counted as ended.
func (d *daemon) allEnded(ctx context.Context) error {
	all, err := d.connections(ctx)
	if err == nil && all.open != 0 {
		err = fmt.Errorf("of %d connections %d are open, ended have %v", all.accepted, all.open, all.ended)
	}
	return err
}
