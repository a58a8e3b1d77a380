package seeder

import (
	"sixseed/policy/bandwidth"
	"sixseed/policy/family"
)

// uploadStatus is how the upload is shared out.
func (s *Service) uploadStatus() UploadStatus {
	status := s.uplink.status()
	status.Slots = s.slots.held.Load().Slots
	return status
}

// addPolicy adds what the policy leaves each family.
func (s *Service) addPolicy(families *family.Pair[FamilyStatus]) {
	holding := s.slots.held.Load()
	s.uplink.mu.Lock()
	defer s.uplink.mu.Unlock()
	available := s.uplink.limits.Available(s.uplink.usage)
	for _, f := range family.All {
		status := families.At(f)
		status.Waiting = holding.Waiting.Get(f).Peers
		status.LongestWait = holding.Waiting.Get(f).Longest.Seconds()
		status.UploadSlots = holding.Slots
		status.Limit = Rate(s.uplink.limits.Family.Get(f))
		status.Available = Rate(available.Get(f))
		status.Quota = Rate(s.uplink.decision.Left.Family.Get(f))
		status.Forecast = s.uplink.decision.Forecast.Get(f)
		status.Reason = s.uplink.decision.Reason.Get(f)
	}
	families.V4.UploadSlots = min(holding.Slots, s.uplink.room.Slots)
	if s.uplink.limits.Family.V6 == 0 {
		families.V6.UploadSlots = 0
	}
}

// status is what the uplink is doing.
func (u *uplink) status() UploadStatus {
	u.mu.Lock()
	defer u.mu.Unlock()
	status := UploadStatus{
		Mode:   "unlimited",
		Limit:  Rate(u.limits.Upload),
		Floor:  u.limits.Floor,
		Quota:  Rate(u.decision.Left.Total),
		Period: u.decision.Period.To,
	}
	switch {
	case u.policy.Auto:
		status.Mode, status.State = "auto", u.auto.State().String()
	case u.limits.Upload != bandwidth.Unlimited:
		status.Mode = "limited"
	}
	return status
}
