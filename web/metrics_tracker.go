package web

import (
	"github.com/prometheus/client_golang/prometheus"

	"sixseed/policy/family"
	"sixseed/seeder"
)

// The metrics of the embedded tracker. They are there if it is.
var (
	trackerAnnouncesDesc = perFamily("sixseed_tracker_announces_total",
		"Announces to the embedded tracker since the start, by result: ok, or why the client was refused. "+
			"One that is crowded was answered, but others are not told of it.", "transport", "result")
	trackerScrapesDesc = perFamily("sixseed_tracker_scrapes_total",
		"Scrapes that the embedded tracker has answered since the start.", "transport")
	trackerQuestionsDesc = perFamily("sixseed_tracker_questions_total",
		"All that came to the embedded tracker since the start, announces and scrapes among them, by what became of it.",
		"transport", "outcome")
	trackerPeersDesc = perFamily("sixseed_tracker_peers",
		"Peers in the swarms of the embedded tracker, by role: seeder or leecher. Each address counts.", "role")
	trackerSwarmsDesc = prometheus.NewDesc("sixseed_tracker_swarms",
		"Swarms of the embedded tracker that have peers.", nil, nil)
	trackerDualStackDesc = prometheus.NewDesc("sixseed_tracker_dual_stack_clients",
		"Clients that the embedded tracker knows on both families, counted in each of their swarms.", nil, nil)
	trackerListedDesc = prometheus.NewDesc("sixseed_tracker_listed_info_hashes",
		"Info-hashes in the lists of the embedded tracker: those to track, and those to deny.", []string{"list"}, nil)
	trackerProbesDesc = prometheus.NewDesc("sixseed_tracker_probes_total",
		"IPv6 addresses that clients say they have, by what became of them: proven, failed, or refused.",
		[]string{"result"}, nil)
)

// collectTracker sends the metrics of the embedded tracker, if there is one.
func collectTracker(send sendMetric, status *seeder.EmbeddedTracker) {
	if status == nil {
		return
	}
	for _, f := range family.All {
		side := status.Families.Get(f)
		collectTransport(send, side.HTTP, f.String(), "http")
		collectTransport(send, side.UDP, f.String(), "udp")
		send(trackerPeersDesc, prometheus.GaugeValue, float64(side.Seeders), f.String(), "seeder")
		send(trackerPeersDesc, prometheus.GaugeValue, float64(side.Leechers), f.String(), "leecher")
	}
	send(trackerSwarmsDesc, prometheus.GaugeValue, float64(status.Swarms))
	send(trackerDualStackDesc, prometheus.GaugeValue, float64(status.DualStack))
	send(trackerListedDesc, prometheus.GaugeValue, float64(status.Listed), "list")
	send(trackerListedDesc, prometheus.GaugeValue, float64(status.Denied), "deny")
	for result, count := range status.Probes {
		send(trackerProbesDesc, prometheus.CounterValue, float64(count), result)
	}
}

func collectTransport(send sendMetric, status seeder.TransportStatus, family, transport string) {
	for result, count := range status.Announces {
		send(trackerAnnouncesDesc, prometheus.CounterValue, float64(count), family, transport, result)
	}
	for outcome, count := range status.Questions {
		send(trackerQuestionsDesc, prometheus.CounterValue, float64(count), family, transport, outcome)
	}
	send(trackerScrapesDesc, prometheus.CounterValue, float64(status.Scrapes()), family, transport)
}
