package packaging_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sixseed/cmd/sixseed/e2e/peers"
)

// mostExposure is ten times the exposure level, 0 (shut) to 10 (open), that systemd-analyze may find. Half of what is
// left is the network itself, which a seedbox cannot do without.
const mostExposure = 13

// standIn puts the unit where its ExecStart exists: systemd-analyze looks for the program.
func standIn(t *testing.T) string {
	t.Helper()
	peers.Need(t, "systemd-analyze")
	unit, err := os.ReadFile("sixseed.service")
	if err != nil {
		t.Fatal(err)
	}
	const installed = "ExecStart=/usr/bin/sixseed "
	if !strings.Contains(string(unit), installed) {
		t.Fatalf("the unit does not say %q", installed)
	}
	path := filepath.Join(t.TempDir(), "sixseed.service")
	unit = []byte(strings.Replace(string(unit), installed, "ExecStart=/bin/true ", 1))
	if err := os.WriteFile(path, unit, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestService_Verifies(t *testing.T) {
	t.Parallel()
	output, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", standIn(t)).CombinedOutput()
	// What it does not know it ignores with a warning and a zero exit code.
	if err != nil || len(output) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, output)
	}
}

func TestService_IsShutToAllItDoesNotNeed(t *testing.T) {
	t.Parallel()
	output, err := exec.CommandContext(t.Context(), "systemd-analyze", "security", "--offline=true", "--no-pager",
		fmt.Sprintf("--threshold=%d", mostExposure), standIn(t)).CombinedOutput()
	if err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, output)
	}
}

func TestSysusers_NamesTheUnitsUser(t *testing.T) {
	t.Parallel()
	unit, err := os.ReadFile("sixseed.service")
	if err != nil {
		t.Fatal(err)
	}
	users, err := os.ReadFile("sixseed.sysusers")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(unit), "\nUser=sixseed\n") || !strings.Contains(string(users), "\nu sixseed ") {
		t.Error("the unit's user is not the one that sysusers makes")
	}
}
