package wire

import (
	"sync"
	"sync/atomic"

	"sixseed/policy/family"
)

// InfoHash names a torrent on the wire: the SHA-1 of its info dictionary (BEP 3).
type InfoHash = [20]byte

// Unattributed is the account of connections that named no torrent of ours.
var Unattributed InfoHash

// Account is what the connections of one torrent and family share.
type Account struct {
	Counter
	connected atomic.Int64
}

// Connected is the number of peers past their handshake.
func (a *Account) Connected() int { return int(a.connected.Load()) }

// Accounts keeps the account of every torrent ever asked for. It never forgets one, so that no byte is lost when a
// torrent goes.
type Accounts struct {
	mu   sync.RWMutex
	byIH map[InfoHash]*family.Pair[Account]
}

// NewAccounts returns accounts that stand at nought.
func NewAccounts() *Accounts {
	return &Accounts{byIH: make(map[InfoHash]*family.Pair[Account])}
}

// Of returns the account of a torrent and family.
func (a *Accounts) Of(infoHash InfoHash, f family.Family) *Account {
	a.mu.RLock()
	pair, ok := a.byIH[infoHash]
	a.mu.RUnlock()
	if !ok {
		pair = a.open(infoHash)
	}
	return pair.At(f)
}

func (a *Accounts) open(infoHash InfoHash) *family.Pair[Account] {
	a.mu.Lock()
	defer a.mu.Unlock()
	if pair, ok := a.byIH[infoHash]; ok {
		return pair
	}
	pair := new(family.Pair[Account])
	a.byIH[infoHash] = pair
	return pair
}

// Each calls visit with every account.
func (a *Accounts) Each(visit func(InfoHash, family.Family, *Account)) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for infoHash, pair := range a.byIH {
		for _, f := range family.All {
			visit(infoHash, f, pair.At(f))
		}
	}
}
