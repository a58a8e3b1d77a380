package tracker

import "time"

// Refusal is why an announce was not taken, in words for the client.
type Refusal struct { //nolint:errname // a client is refused; nothing has gone wrong
	Reason  string        // short, for the client
	RetryIn time.Duration // when it may try again; 0: unknown; below 0: never (BEP 31)
}

// Error returns the reason.
func (r *Refusal) Error() string { return r.Reason }

// Reason is why an announce was not taken, or not wholly, as it is counted.
type Reason uint8

// The reasons.
const (
	NoPort        Reason = iota // nobody can connect to port 0
	Private                     // an address that means nothing to others: private, link-local, loopback
	Documentation               // an address that is for examples
	Unusable                    // an address that is no host's: multicast, reserved, IPv4 written as IPv6
	Unlisted                    // a torrent that is not tracked here
	Denied                      // a torrent that the admin does not want tracked
	TooMany                     // more announces from a network than it may make
	Crowded                     // answered, but not entered: a network or a swarm has as many peers as it may

	reasons  = iota
	accepted = Reason(reasons)
)

var reasonNames = [reasons]string{
	"no_port", "private", "documentation", "unusable", "unlisted", "denied", "too_many", "crowded",
}

// String is the reason as a metric's label.
func (r Reason) String() string { return reasonNames[r] }

// refusals are what clients are told, made once so that to refuse costs nothing. Crowded is none.
func newRefusals() [reasons]*Refusal {
	const never = -1
	return [reasons]*Refusal{
		NoPort:        {"no port to reach you at", never},
		Private:       {"your address is private", never},
		Documentation: {"your address is not routed", never},
		Unusable:      {"your address cannot be used", never},
		Unlisted:      {"torrent is not tracked here", time.Hour},
		Denied:        {"torrent is not wanted here", never},
		TooMany:       {"too many announces from your network", 5 * time.Minute},
	}
}
