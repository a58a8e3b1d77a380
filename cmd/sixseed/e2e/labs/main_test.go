// Package labs_test has the daemon share a link between IPv6 and IPv4 peers, and judges who got what.
//
// A lab is a network of its own, in namespaces that the test makes and that end with it: the seeder's host, a link that
// is too narrow for all, and the host that the peers are on. What counts is what the peers received, and what the kernel
// of the seeder's host sent over each family; the seeder itself is not asked. docs/labs.md describes the labs.
package labs_test

import (
	"testing"

	"go.uber.org/goleak"

	"sixseed/cmd/sixseed/e2e/rig"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(rig.WithDaemon(m)) }
