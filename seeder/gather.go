package seeder

import (
	"cmp"
	"encoding/hex"
	"slices"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// States of a torrent, as in TorrentStatus.
const (
	StateSeeding   = "seeding"
	StateVerifying = "verifying"
	StateWaiting   = "waiting"
	StateBroken    = "broken"
)

// Status returns what the service is doing now.
func (s *Service) Status() Status {
	torrents, problems := s.catalog.Torrents(), s.catalog.Problems()
	peers := s.Swarm.Peers()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bookFail != nil {
		problems = append(problems, Problem{Subject: "ledger", Text: s.bookFail.Error()})
	}
	for i := range torrents {
		s.addTraffic(&torrents[i])
	}
	slices.SortFunc(torrents, func(a, b TorrentStatus) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.InfoHash, b.InfoHash))
	})
	return Status{
		Version:  s.Version,
		Started:  s.started,
		At:       s.Now(),
		Families: s.familyStatus(peers),
		Upload:   s.uploadStatus(),
		Torrents: torrents,
		Trackers: s.trackerStatus(),
		Library:  countStates(torrents),
		Problems: problems,
		Month:    s.books.thisMonth(),
	}
}

// addTraffic completes the status of a torrent. One that has no info-hash yet has no traffic.
func (s *Service) addTraffic(t *TorrentStatus) {
	raw, err := hex.DecodeString(t.InfoHash)
	if err != nil || len(raw) != len(wire.InfoHash{}) {
		return
	}
	infoHash := wire.InfoHash(raw)
	t.Total = s.books.total(infoHash)
	t.Rate = torrentRate(&s.rates, infoHash)
	t.Peers = family.Both(func(f family.Family) int { return s.Accounts.Of(infoHash, f).Connected() })
}

func (s *Service) familyStatus(peers []Peer) family.Pair[FamilyStatus] {
	listening, sinceStart, rate := s.Engine.Families(), s.books.sinceStart(), totalRate(&s.rates)
	announces, ended := s.Announcer.Counts(), s.Swarm.Ended()
	pair := family.Both(func(f family.Family) FamilyStatus {
		return FamilyStatus{
			Listening:    listening.Get(f),
			UploadRate:   rate.Get(f),
			SinceStart:   sinceStart.Get(f),
			Accepted:     s.Swarm.Accepted(f),
			Ended:        endedOver(f, ended),
			AnnouncesOK:  announces.Get(f).Total().OK,
			AnnouncesBad: announces.Get(f).Total().Failed,
		}
	})
	s.Accounts.Each(func(_ wire.InfoHash, f family.Family, account *wire.Account) {
		pair.At(f).Connected += account.Connected()
	})
	countPeers(&pair, peers)
	s.addPolicy(&pair)
	return pair
}

// endedOver returns one family's part of the ended connections.
func endedOver(f family.Family, ended map[wire.Reason]family.Pair[int64]) map[string]int64 {
	counts := make(map[string]int64, len(ended))
	for reason, pair := range ended {
		counts[reason.String()] = pair.Get(f)
	}
	return counts
}

func (s *Service) trackerStatus() []TrackerStatus {
	trackers := s.Announcer.Trackers()
	status := make([]TrackerStatus, 0, len(trackers))
	for _, t := range trackers {
		status = append(status, TrackerStatus{
			URL: t.URL, Family: t.Family, Torrents: t.Torrents, Working: t.Working, Error: t.Error,
		})
	}
	return status
}

func countStates(torrents []TorrentStatus) LibraryStatus {
	var library LibraryStatus
	for _, t := range torrents {
		switch t.State {
		case StateSeeding:
			library.Seeding++
			library.Bytes += t.Size
		case StateVerifying:
			library.Verifying++
		case StateWaiting:
			library.Waiting++
		case StateBroken:
			library.Broken++
		}
	}
	return library
}
