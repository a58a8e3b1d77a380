package tracker_test

import (
	"net/netip"
	"testing"

	"sixseed/seeder/tracker"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	for peer, want := range map[string]string{
		"[2003:e8::1]:6881":          "",
		"[2a00:1450:4001::e]:1":      "",
		"[2001:0:4136:e378::1]:6881": "", // Teredo
		"[2002:c000:201::1]:6881":    "", // 6to4
		"18.0.0.1:6881":              "",
		"100.63.0.1:6881":            "",
		"172.15.0.1:6881":            "",
		"172.32.0.1:6881":            "",
		"198.17.0.1:6881":            "",
		"[2003:e8::1]:0":             "no_port",
		"18.0.0.1:0":                 "no_port",
		"[::1]:6881":                 "private",
		"[fe80::1%eth0]:6881":        "private",
		"[fd00::1]:6881":             "private",
		"[fc00::1]:6881":             "private",
		"127.0.0.2:6881":             "private",
		"10.1.2.3:6881":              "private",
		"172.16.0.1:6881":            "private",
		"172.31.255.1:6881":          "private",
		"192.168.1.1:6881":           "private",
		"169.254.1.1:6881":           "private",
		"100.64.0.1:6881":            "private",
		"100.127.0.1:6881":           "private",
		"198.18.0.1:6881":            "private",
		"198.19.0.1:6881":            "private",
		"[2001:db8::1]:6881":         "documentation",
		"[3fff:fff::1]:6881":         "documentation",
		"[3fff:1000::1]:6881":        "",
		"192.0.2.1:6881":             "documentation",
		"198.51.100.1:6881":          "documentation",
		"203.0.113.1:6881":           "documentation",
		"[ff02::1]:6881":             "unusable",
		"[::]:6881":                  "unusable",
		"[::ffff:18.0.0.1]:6881":     "unusable",
		"[64:ff9b::1200:1]:6881":     "unusable",
		"[fec0::1]:6881":             "unusable",
		"[4000::1]:6881":             "unusable",
		"0.0.0.0:6881":               "unusable",
		"0.1.2.3:6881":               "unusable",
		"192.0.0.8:6881":             "unusable",
		"192.88.99.1:6881":           "unusable",
		"224.0.0.1:6881":             "unusable",
		"240.0.0.1:6881":             "unusable",
		"255.255.255.255:6881":       "unusable",
	} {
		if got := tracker.Judge(at(peer), false); got != want {
			t.Errorf("%s is %q, want %q", peer, got, want)
		}
		if want == "private" {
			want = ""
		}
		if got := tracker.Judge(at(peer), true); got != want {
			t.Errorf("with private addresses allowed %s is %q, want %q", peer, got, want)
		}
	}
	if got := tracker.Judge(netip.AddrPortFrom(netip.Addr{}, 1), false); got != "unusable" {
		t.Errorf("no address is %q", got)
	}
}
