package seeder

import (
	"math"
	"net/netip"
	"strconv"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/wire"
)

// Status is what the daemon is doing at one moment: what the page, its JSON twin, the metrics and `sixseed status` show.
type Status struct {
	Version  string                    `json:"version"`
	Started  time.Time                 `json:"started"`
	At       time.Time                 `json:"at"`
	Families family.Pair[FamilyStatus] `json:"families"`
	Upload   UploadStatus              `json:"upload"`
	Torrents []TorrentStatus           `json:"torrents"` // by name
	Trackers []TrackerStatus           `json:"trackers"` // by URL, then family
	Library  LibraryStatus             `json:"library"`
	Problems []Problem                 `json:"problems"` // what an admin should look at, by subject
	Month    family.Pair[wire.Traffic] `json:"month"`    // the running month, by the ledger's time zone and billing day

	// Embedded is the embedded tracker: nil if there is none, and in what Service.Status returns.
	Embedded     *EmbeddedTracker `json:"embedded_tracker,omitempty"`
	TrackerAlone bool             `json:"tracker_alone,omitzero"` // nothing is seeded here, there is only the tracker

	// Peers is every peer there is, in the order of Service.Peers, for those who ask for them: nil in what Service.Status
	// returns.
	Peers []PeerStatus `json:"peers,omitzero"`
}

// FamilyStatus is the state of one address family.
type FamilyStatus struct {
	Listening    bool             `json:"listening"`
	UploadRate   int64            `json:"upload_bytes_per_second"` // payload, mean over the last seconds
	Connected    int              `json:"connected"`               // peers past the handshake
	Interested   int              `json:"interested"`              // of these, how many want something
	Unchoked     int              `json:"unchoked"`                // and how many hold an upload slot
	Queue        int              `json:"queue"`                   // requests of all peers that wait to be answered
	UploadSlots  int              `json:"upload_slots"`            // that its peers may hold, within those of both families
	Waiting      int              `json:"waiting"`                 // interested peers without an upload slot
	LongestWait  float64          `json:"longest_wait_seconds"`    // how long the first of these has waited
	AtGate       int              `json:"waiting_to_send"`         // peers with a slot that wait for their turn to be sent something
	OverDownload int              `json:"over_downloaded"`         // peers that have had too much and come last
	Limit        Rate             `json:"upload_limit_bytes_per_second"`
	Available    Rate             `json:"available_bytes_per_second"` // what it could have now; for IPv4, the leftover
	Quota        Rate             `json:"quota_left_bytes"`           // of the month
	Forecast     int64            `json:"forecast_bytes"`             // by the end of the month, if it goes on like this, within quotas
	Reason       string           `json:"reason,omitempty"`           // why a quota or a schedule lowers the limit
	SinceStart   wire.Traffic     `json:"since_start"`
	Accepted     int64            `json:"accepted"`      // connections since start
	Ended        map[string]int64 `json:"ended"`         // connections since start, refused ones too, by reason
	AnnouncesOK  int64            `json:"announces_ok"`  // since start
	AnnouncesBad int64            `json:"announces_bad"` // since start
}

// UploadStatus is how the upload is shared out.
type UploadStatus struct {
	Mode   string    `json:"mode"`                          // "auto", "unlimited" or "limited"
	Limit  Rate      `json:"upload_limit_bytes_per_second"` // of both families
	Floor  int64     `json:"floor_bytes_per_second"`        // that IPv4 keeps
	Slots  int       `json:"upload_slots"`                  // of both families
	State  string    `json:"state,omitempty"`               // what the automatic mode sees, in words
	Quota  Rate      `json:"quota_left_bytes"`              // of both families, of the month
	Period time.Time `json:"period_ends"`                   // when quotas begin anew
}

// Rate is an amount, or a rate per second, that may be unlimited: null in JSON.
type Rate int64

// Unlimited is the absence of a limit.
const Unlimited Rate = math.MaxInt64

// MarshalJSON implements json.Marshaler.
func (r Rate) MarshalJSON() ([]byte, error) {
	if r == Unlimited {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(r), 10), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Rate) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*r = Unlimited
		return nil
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	*r = Rate(n)
	return err
}

// TorrentStatus is one torrent of the library.
type TorrentStatus struct {
	InfoHash string                    `json:"info_hash"` // 40 hex digits
	Name     string                    `json:"name"`
	Size     int64                     `json:"size"` // bytes
	State    string                    `json:"state"`
	Problem  string                    `json:"problem,omitempty"` // why it is not seeded
	Checked  float64                   `json:"checked"`           // 0 to 1: how much of the data is verified
	Peers    family.Pair[int]          `json:"peers"`
	Rate     family.Pair[int64]        `json:"upload_bytes_per_second"` // payload
	Total    family.Pair[wire.Traffic] `json:"total"`                   // for as long as the ledger goes back
}

// PeerStatus is one connection past its handshake.
type PeerStatus struct {
	Address    netip.AddrPort `json:"address"`
	Family     family.Family  `json:"family"`
	Client     string         `json:"client"`     // as the peer calls itself
	Encryption string         `json:"encryption"` // "plain" or "rc4"
	Incoming   bool           `json:"incoming"`   // the peer made the connection
	Since      time.Time      `json:"since"`
	Interested bool           `json:"interested"`
	Unchoked   bool           `json:"unchoked"`
	Last       bool           `json:"over_downloaded"`         // has had too much and comes last
	Queue      int            `json:"queue"`                   // requests that wait to be answered
	Rate       int64          `json:"upload_bytes_per_second"` // payload, mean over the last seconds
	wire.Traffic
	Progress float64 `json:"progress"`  // 0 to 1: how much of the torrent the peer has
	InfoHash string  `json:"info_hash"` // 40 hex digits
	Name     string  `json:"name"`      // of the torrent
}

// TrackerStatus is how announces to one tracker fare over one family.
type TrackerStatus struct {
	URL      string        `json:"url"` // without what may be a passkey
	Family   family.Family `json:"family"`
	Torrents int           `json:"torrents"`
	Working  int           `json:"working"`         // of these, how many the tracker accepted last
	Error    string        `json:"error,omitempty"` // the last one, if not all work
}

// LibraryStatus counts the torrents by state.
type LibraryStatus struct {
	Seeding   int   `json:"seeding"`
	Verifying int   `json:"verifying"`
	Waiting   int   `json:"waiting"`
	Broken    int   `json:"broken"`
	Bytes     int64 `json:"bytes"` // of all that is seeded
}

// Problem is a thing that an admin should look at: a file, a tracker, the ledger.
type Problem struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
}
