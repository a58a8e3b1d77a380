package web

import (
	"math"

	"github.com/prometheus/client_golang/prometheus"

	"sixseed/seeder"
)

// The metrics of how the upload is shared out.
var (
	uploadModeDesc = prometheus.NewDesc("sixseed_upload_mode",
		"1 for what policy.upload is: auto, unlimited or limited (to a rate); 0 for the others.", []string{"mode"}, nil)
	uploadLimitDesc = perFamily("sixseed_upload_limit_bytes_per_second",
		"What a family may send at most. +Inf if there is no limit.")
	availableDesc = perFamily("sixseed_upload_available_bytes_per_second",
		"What a family could send now; for IPv4, what IPv6 leaves. +Inf if there is no limit.")
	uploadSlotsDesc = perFamily("sixseed_upload_slots",
		"Upload slots that the peers of a family may hold. +Inf if everybody who is interested gets one.")
	waitingPeersDesc = perFamily("sixseed_waiting_peers",
		"Interested peers that have no upload slot.")
	longestWaitDesc = perFamily("sixseed_longest_wait_seconds",
		"How long the first of the waiting peers has waited for an upload slot.")
	overDownloadedDesc = perFamily("sixseed_over_downloaded_peers",
		"Peers that have had too much of a torrent and come last in their family.")
	quotaLeftDesc = perFamily("sixseed_quota_left_bytes",
		"What is left of a family's quota until quotas begin anew. +Inf if it has none.")
	forecastDesc = perFamily("sixseed_forecast_bytes",
		"What will have been sent when quotas begin anew, if it goes on like this.")
)

// uploadModes are the modes there are, as seeder.UploadStatus has them. Others make no series.
var uploadModes = [...]string{"auto", "unlimited", "limited"}

func collectUpload(send sendMetric, status seeder.UploadStatus) {
	for _, mode := range uploadModes {
		send(uploadModeDesc, prometheus.GaugeValue, oneIf(status.Mode == mode), mode)
	}
}

// collectSharing sends what one family may have, of slots in all.
func collectSharing(send sendMetric, status seeder.FamilyStatus, slots int, label string) {
	send(uploadLimitDesc, prometheus.GaugeValue, orInf(status.Limit), label)
	send(availableDesc, prometheus.GaugeValue, orInf(status.Available), label)
	send(uploadSlotsDesc, prometheus.GaugeValue, slotsOrInf(status.UploadSlots, slots), label)
	send(waitingPeersDesc, prometheus.GaugeValue, float64(status.Waiting), label)
	send(longestWaitDesc, prometheus.GaugeValue, status.LongestWait, label)
	send(overDownloadedDesc, prometheus.GaugeValue, float64(status.OverDownload), label)
	send(quotaLeftDesc, prometheus.GaugeValue, orInf(status.Quota), label)
	send(forecastDesc, prometheus.GaugeValue, float64(status.Forecast), label)
}

// orInf writes an amount that may be unlimited as a metric.
func orInf(amount seeder.Rate) float64 {
	if amount == seeder.Unlimited {
		return math.Inf(1)
	}
	return float64(amount)
}

// slotsOrInf writes a family's upload slots, of all that there are, as a metric. Zero of all stands for no limit.
func slotsOrInf(family, all int) float64 {
	if family == 0 && all == 0 {
		return math.Inf(1)
	}
	return float64(family)
}
