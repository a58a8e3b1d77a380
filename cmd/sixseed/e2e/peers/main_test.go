package peers_test

import (
	"testing"

	"go.uber.org/goleak"

	"sixseed/cmd/sixseed/e2e/peers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(peers.Isolated(m)) }
