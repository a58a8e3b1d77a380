package config_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/config"
)

func TestParse_DSCP(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]config.DSCP{
		`"le"`: 1, `"cs0"`: 0, `"cs1"`: 8, `"cs7"`: 56, `"ef"`: 46,
		`"af11"`: 10, `"af13"`: 14, `"af21"`: 18, `"af43"`: 38,
		`0`: 0, `63`: 63,
	} {
		got, err := config.Parse("x.toml", fmt.Appendf(nil, "policy.ipv6.dscp = %s\npolicy.ipv4.dscp = %s", text, text))
		if err != nil || got.Policy.IPv6.DSCP != want || got.Policy.IPv4.DSCP != want {
			t.Errorf("%s is %d and %d, %v; want %d", text, got.Policy.IPv6.DSCP, got.Policy.IPv4.DSCP, err, want)
		}
	}
}

func TestParse_RefusesOtherDSCPs(t *testing.T) {
	t.Parallel()
	for value, shown := range map[string]string{
		`64`: `64`, `-1`: `-1`, `1.5`: `1.5`, `"LE"`: `"LE"`, `""`: `""`, `"af14"`: `"af14"`, `"cs8"`: `"cs8"`, `[1]`: `[1]`,
	} {
		want := []string{"x.toml:1: policy.ipv4.dscp: " + shown +
			` is not a DSCP: use "le", "cs0" to "cs7", "af11" to "af43", "ef" or 0 to 63`}
		if diff := cmp.Diff(want, problemsOf(t, "policy.ipv4.dscp = "+value)); diff != "" {
			t.Errorf("want -, got +\n%s", diff)
		}
	}
}

// TestDSCP_NamesFollowTheStandards builds the code points of classes from their parts: those of a class selector are its
// number in the upper three bits (RFC 2474), and assured forwarding has the drop precedence below it (RFC 2597).
func TestDSCP_NamesFollowTheStandards(t *testing.T) {
	t.Parallel()
	for class := range 8 {
		if got, want := config.DSCP(class<<3).String(), fmt.Sprintf("cs%d", class); got != want {
			t.Errorf("%d is %q, want %q", class<<3, got, want)
		}
	}
	for class := 1; class <= 4; class++ {
		for drop := 1; drop <= 3; drop++ {
			code := config.DSCP(class<<3 | drop<<1)
			if want := fmt.Sprintf("af%d%d", class, drop); code.String() != want {
				t.Errorf("%d is %q, want %q", code, code, want)
			}
		}
	}
	if got := config.DSCP(5).String(); got != "5" {
		t.Errorf("a code point without a name is %q", got)
	}
}
