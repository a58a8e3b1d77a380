package web

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sixseed/policy/family"
	"sixseed/seeder"
)

// checkTimeout bounds the health checks of one scrape; Prometheus gives up after 10 s.
const checkTimeout = 2 * time.Second

// The metrics. Names are part of the program's contract: more may come, none changes. There is no series per torrent:
// a mirror has thousands, and the report has them.
var (
	uploadBytesDesc = perFamily("sixseed_upload_bytes_total",
		"Piece data sent to peers since the start.")
	overheadBytesDesc = perFamily("sixseed_overhead_bytes_total",
		"Everything sent to peers since the start that is not piece data; IP and TCP headers are not in it.")
	receivedBytesDesc = perFamily("sixseed_received_bytes_total",
		"Bytes received from peers since the start.")
	acceptedConnectionsDesc = perFamily("sixseed_connections_accepted_total",
		"Connections accepted from peers since the start.")
	listeningDesc = perFamily("sixseed_listening",
		"1 if peers can connect over this family.")
	endedConnectionsDesc = perFamily("sixseed_connections_ended_total",
		"Connections that ended since the start, those that were turned away among them, by reason.", "reason")
	peersDesc = perFamily("sixseed_peers",
		"Peers: connected, all of them; interested, those of them that want something; unchoked, those that hold an upload slot.", "state")
	queuedRequestsDesc = perFamily("sixseed_queued_requests",
		"Requests of peers that wait to be answered.")
	announcesDesc = perFamily("sixseed_announces_total",
		"Announces to trackers since the start, by result: ok or error.", "result")
	torrentsDesc = prometheus.NewDesc("sixseed_torrents",
		"Torrents of the library by state.", []string{"state"}, nil)
	seededBytesDesc = prometheus.NewDesc("sixseed_seeded_bytes",
		"Size of all that is seeded.", nil, nil)
	problemsDesc = prometheus.NewDesc("sixseed_problems",
		"Things that an admin should look at; the page names them.", nil, nil)
	healthyDesc = prometheus.NewDesc("sixseed_healthy",
		"1 if /healthz answers ok.", nil, nil)
	readyDesc = prometheus.NewDesc("sixseed_ready",
		"1 if /readyz answers ok.", nil, nil)
	buildInfoDesc = prometheus.NewDesc("sixseed_build_info",
		"Always 1; the labels say what is running.", []string{"version", "goversion"}, nil)
)

// perFamily describes a metric with one series per address family.
func perFamily(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, append([]string{"family"}, labels...), nil)
}

// metrics returns the handler of /metrics, with a registry of its own.
func (s *Server) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collector{s.source},
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	})
}

// collector turns the status of the moment of a scrape into metrics. The counters live in the seeder; here they are
// only named.
type collector struct{ source Source }

var _ prometheus.Collector = collector{}

// Describe leaves the check of the metrics to each scrape, rather than ask the source before anybody scraped.
func (c collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends every metric once.
func (c collector) Collect(metrics chan<- prometheus.Metric) {
	send := func(desc *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(desc, kind, value, labels...)
	}
	status := c.source.Status()
	for _, f := range family.All {
		collectFamily(send, status.Families.Get(f), f.String())
		collectSharing(send, status.Families.Get(f), status.Upload.Slots, f.String())
	}
	collectUpload(send, status.Upload)
	collectLibrary(send, status)
	collectTracker(send, status.Embedded)
	send(buildInfoDesc, prometheus.GaugeValue, 1, status.Version, runtime.Version())

	ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
	defer cancel()
	send(healthyDesc, prometheus.GaugeValue, oneIf(c.source.Healthy(ctx) == nil))
	send(readyDesc, prometheus.GaugeValue, oneIf(c.source.Ready(ctx) == nil))
}

// sendMetric hands one value to a scrape.
type sendMetric func(desc *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string)

func collectFamily(send sendMetric, status seeder.FamilyStatus, label string) {
	send(uploadBytesDesc, prometheus.CounterValue, float64(status.SinceStart.Payload), label)
	send(overheadBytesDesc, prometheus.CounterValue, float64(status.SinceStart.Overhead), label)
	send(receivedBytesDesc, prometheus.CounterValue, float64(status.SinceStart.Received), label)
	send(acceptedConnectionsDesc, prometheus.CounterValue, float64(status.Accepted), label)
	send(listeningDesc, prometheus.GaugeValue, oneIf(status.Listening), label)
	for reason, count := range status.Ended {
		send(endedConnectionsDesc, prometheus.CounterValue, float64(count), label, reason)
	}
	send(peersDesc, prometheus.GaugeValue, float64(status.Connected), label, "connected")
	send(peersDesc, prometheus.GaugeValue, float64(status.Interested), label, "interested")
	send(peersDesc, prometheus.GaugeValue, float64(status.Unchoked), label, "unchoked")
	send(queuedRequestsDesc, prometheus.GaugeValue, float64(status.Queue), label)
	send(announcesDesc, prometheus.CounterValue, float64(status.AnnouncesOK), label, "ok")
	send(announcesDesc, prometheus.CounterValue, float64(status.AnnouncesBad), label, "error")
}

func collectLibrary(send sendMetric, status seeder.Status) {
	library := status.Library
	send(torrentsDesc, prometheus.GaugeValue, float64(library.Seeding), "seeding")
	send(torrentsDesc, prometheus.GaugeValue, float64(library.Verifying), "verifying")
	send(torrentsDesc, prometheus.GaugeValue, float64(library.Waiting), "waiting")
	send(torrentsDesc, prometheus.GaugeValue, float64(library.Broken), "broken")
	send(seededBytesDesc, prometheus.GaugeValue, float64(library.Bytes))
	send(problemsDesc, prometheus.GaugeValue, float64(len(status.Problems)))
}

// oneIf writes a truth as a metric.
func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
