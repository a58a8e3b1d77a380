package engine_test

import (
	"testing"

	"go.uber.org/goleak"
)

// The client waits for its turn to dial and then dials, closed or not.
const dialling = "github.com/anacrolix/torrent.(*Client).dialAndCompleteHandshake"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction(dialling)) }
