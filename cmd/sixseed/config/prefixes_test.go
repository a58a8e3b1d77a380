package config_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/config"
	"sixseed/policy/family"
)

func TestParse_Prefixes(t *testing.T) {
	t.Parallel()
	want := config.Prefixes{
		netip.MustParsePrefix("198.51.100.0/24"):  family.ClassV6,
		netip.MustParsePrefix("198.51.100.9/32"):  family.ClassNever,
		netip.MustParsePrefix("2001:db8:42::/48"): family.ClassV4,
		netip.MustParsePrefix("::/0"):             family.ClassNever,
	}
	for name, text := range map[string]string{
		"Table": `[policy.prefixes]
			"198.51.100.7/24" = "ipv6" # the bits beyond the length are of no account
			"198.51.100.9/32" = "never"
			'2001:DB8:42::1/48' = "ipv4"
			"::/0" = "never"`,
		"Inline": `policy.prefixes = { "198.51.100.0/24" = "ipv6", "198.51.100.9/32" = "never",
			"2001:db8:42::/48" = "ipv4", "::/0" = "never" }`,
		"Dotted": `policy.prefixes."198.51.100.0/24" = "ipv6"
			policy.prefixes."198.51.100.9/32" = "never"
			policy.prefixes."2001:db8:42::/48" = "ipv4"
			policy.prefixes."::/0" = "never"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Parse("x.toml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Policy.Prefixes, cmp.Comparer(samePrefix)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func samePrefix(a, b netip.Prefix) bool { return a == b }

func TestParse_NamesEveryProblemOfPrefixes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"Networks": {
			`[policy.prefixes]
			"campus" = "ipv6"
			"" = "ipv6"
			"192.0.2.0/33" = "ipv6"
			"192.0.2.1" = "ipv6"
			"2001:db8::1" = "ipv6"
			"fe80::1%eth0" = "never"
			"2001:db8::[1]/64" = "ipv6"`,
			[]string{
				`x.toml:2: policy.prefixes.campus: is not a network: use one like "192.0.2.0/24" or "2001:db8::/32"`,
				`x.toml:3: policy.prefixes."": is not a network: use one like "192.0.2.0/24" or "2001:db8::/32"`,
				`x.toml:4: policy.prefixes."192.0.2.0/33": is not a network: use one like "192.0.2.0/24" or "2001:db8::/32"`,
				`x.toml:5: policy.prefixes."192.0.2.1": is an address, not a network: write "192.0.2.1/32"`,
				`x.toml:6: policy.prefixes."2001:db8::1": is an address, not a network: write "2001:db8::1/128"`,
				`x.toml:7: policy.prefixes."fe80::1%eth0": is an address, not a network: write "fe80::1/128"`,
				`x.toml:8: policy.prefixes."2001:db8::[1]/64": is not a network: use one like "192.0.2.0/24" or "2001:db8::/32"`,
			},
		},
		"IPv4WrittenAsIPv6": {
			`[policy.prefixes]
			"::ffff:10.1.2.3/104" = "never"
			"::ffff:10.1.2.3/8" = "never"
			"::ffff:10.1.2.3/64" = "never"
			"::ffff:10.1.2.3" = "never"`,
			[]string{
				`x.toml:2: policy.prefixes."::ffff:10.1.2.3/104": is IPv4 written as IPv6: write "10.0.0.0/8"`,
				`x.toml:3: policy.prefixes."::ffff:10.1.2.3/8": is IPv4 written as IPv6: write "10.0.0.0/8"`,
				`x.toml:4: policy.prefixes."::ffff:10.1.2.3/64": is IPv4 written as IPv6: write "10.1.2.3/32"`,
				`x.toml:5: policy.prefixes."::ffff:10.1.2.3": is an address, not a network: write "10.1.2.3/32"`,
			},
		},
		"Classes": {
			`[policy.prefixes]
			"192.0.2.0/24" = "inet6"
			"198.51.100.0/24" = 6
			"203.0.113.0/24" = ["ipv6"]`,
			[]string{
				`x.toml:2: policy.prefixes."192.0.2.0/24": "inet6" is not a class of addresses: use "ipv4", "ipv6" or "never"`,
				`x.toml:3: policy.prefixes."198.51.100.0/24": is an integer, must be "ipv4", "ipv6" or "never"`,
				`x.toml:4: policy.prefixes."203.0.113.0/24": is a list, must be "ipv4", "ipv6" or "never"`,
			},
		},
		"SameNetworkTwice": {
			`[policy.prefixes]
			"10.0.0.0/8" = "ipv6"
			"10.0.0.0/9" = "ipv6"
			"10.1.2.3/8" = "ipv6"
			"10.9.9.9/8" = "never"`,
			[]string{
				`x.toml:4: policy.prefixes."10.1.2.3/8": is the same network as policy.prefixes."10.0.0.0/8": remove one of them`,
				`x.toml:5: policy.prefixes."10.9.9.9/8": is the same network as policy.prefixes."10.0.0.0/8": remove one of them`,
			},
		},
		"WithoutQuotes": {
			"[policy.prefixes]\n10.0 = \"ipv6\"",
			[]string{`x.toml:2: policy.prefixes.10: is a table: put a network in quotes, as in "192.0.2.0/24" = "ipv6"`},
		},
		"NoTable": {
			`policy.prefixes = ["192.0.2.0/24"]`,
			[]string{`x.toml:1: policy.prefixes: is a list, must be a table: write [policy.prefixes]`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, problemsOf(t, test.text)); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestExample_HasATableForPrefixes(t *testing.T) {
	t.Parallel()
	const header = "# Default: empty. SIGHUP applies a change.\n[policy.prefixes]\n"
	text := strings.Replace(config.Example(), header, header+"\"192.0.2.0/24\" = \"never\"\n", 1)
	got, err := config.Parse("x.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if class := got.Policy.Prefixes[netip.MustParsePrefix("192.0.2.0/24")]; class != family.ClassNever {
		t.Errorf("a network that is put there is %v, want never", class)
	}
}
