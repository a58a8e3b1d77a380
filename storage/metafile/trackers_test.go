package metafile_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	trackerA = "http://a.example.org/announce"
	trackerB = "https://b.example.org:8443/announce?key=1"
	trackerC = "udp://[2001:db8::1]:6969"
)

func TestParse_Tiers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		outer dict
		want  [][]string
	}{
		"None":              {dict{}, nil},
		"EmptyAnnounce":     {dict{"announce": ""}, nil},
		"AnnounceOnly":      {dict{"announce": trackerA}, [][]string{{trackerA}}},
		"ListHidesAnnounce": {dict{"announce": trackerA, "announce-list": [][]string{{trackerB, trackerC}}}, [][]string{{trackerB, trackerC}}},
		"TiersInOrder":      {dict{"announce-list": [][]string{{trackerC}, {trackerA}}}, [][]string{{trackerC}, {trackerA}}},
		"FlatListIsOneTier": {dict{"announce-list": []string{trackerA, trackerB}}, [][]string{{trackerA, trackerB}}},
		"EmptyTierVanishes": {dict{"announce-list": [][]string{{}, {trackerA}, {""}}}, [][]string{{trackerA}}},
		"EmptyList":         {dict{"announce": trackerA, "announce-list": []string{}}, [][]string{{trackerA}}},
		"DuplicatesOnce":    {dict{"announce-list": [][]string{{trackerA, trackerA}, {trackerA, trackerB}}}, [][]string{{trackerA}, {trackerB}}},
		"Normalised":        {dict{"announce": " HTTP://a.example.org/announce# "}, [][]string{{trackerA}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, test.outer.with(dict{"info": singleInfo()}))
			if diff := cmp.Diff(test.want, m.Tiers); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if m.Warnings != nil {
				t.Errorf("warnings %q", m.Warnings)
			}
		})
	}
}

func TestParse_LeavesOutTracker(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"foo://x":                             `tracker "foo://x": scheme "foo" is not one of http, https, udp`,
		"wss://x":                             `scheme "wss"`,
		"x.example.org":                       `scheme ""`,
		"http://":                             "names no host",
		"http://:80/announce":                 "names no host",
		"udp://x.example.org":                 "names no port",
		"udp://x.example.org:0":               `port "0" is not between`,
		"http://x.example.org:70000/":         `port "70000" is not between`,
		"http://x.example.org:http/":          "invalid port",
		"http://x\x7f/":                       "invalid control character",
		"http://" + strings.Repeat("x", 3000): "longer than 2048 bytes",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			m := parse(t, dict{"announce-list": [][]string{{raw}, {trackerA}}, "info": singleInfo()})
			if diff := cmp.Diff([][]string{{trackerA}}, m.Tiers); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], want) {
				t.Errorf("warnings are %q, want %q", m.Warnings, want)
			}
		})
	}
}

func TestParse_WarningHidesPassword(t *testing.T) {
	t.Parallel()
	address := url.URL{Scheme: "http", User: url.UserPassword("admin", "open sesame"), Host: "a.example.org"}
	m := parse(t, dict{"announce": address.String(), "info": singleInfo()})
	if diff := cmp.Diff([]string{`tracker "http://admin:xxxxx@a.example.org": names a user, which is not supported`}, m.Warnings); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if m.Tiers != nil {
		t.Errorf("tiers %q", m.Tiers)
	}
}

func TestParse_OuterKeysOfWrongTypeAreWarnings(t *testing.T) {
	t.Parallel()
	for key, value := range map[string]any{
		"announce":      5,
		"announce-list": "not a list",
		"url-list":      5,
		"created by":    []int{1, 2},
	} {
		m := parse(t, dict{"info": singleInfo(), key: value})
		if len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], fmt.Sprintf("key %q", key)) {
			t.Errorf("%s: warnings are %q", key, m.Warnings)
		}
		if m.Tiers != nil || m.Webseeds != nil {
			t.Errorf("%s: got %q, %q", key, m.Tiers, m.Webseeds)
		}
	}
}

func TestParse_BadTierLeavesTheOthers(t *testing.T) {
	t.Parallel()
	m := parse(t, dict{"info": singleInfo(), "announce-list": []any{[]string{trackerA}, []int{1, 2}, []string{trackerB}}})
	if diff := cmp.Diff([][]string{{trackerA}, {trackerB}}, m.Tiers); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], `key "announce-list": tier 1`) {
		t.Errorf("warnings are %q", m.Warnings)
	}
}

func TestParse_Webseeds(t *testing.T) {
	t.Parallel()
	m := parse(t, dict{"info": singleInfo(), "url-list": []string{"ftp://m.example.org/", "", "udp://m.example.org:1", "http://m/"}})
	if diff := cmp.Diff([]string{"ftp://m.example.org/", "http://m/"}, m.Webseeds); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(m.Warnings) != 1 || !strings.HasPrefix(m.Warnings[0], `webseed "udp://m.example.org:1"`) {
		t.Errorf("warnings are %q", m.Warnings)
	}
}

func TestParse_FloodOfTrackersIsBounded(t *testing.T) {
	t.Parallel()
	var good, bad []string
	for i := range 1000 {
		good = append(good, fmt.Sprintf("http://%d.example.org/", i))
		bad = append(bad, fmt.Sprintf("foo://%d", i))
	}
	m := parse(t, dict{"info": singleInfo(), "announce-list": [][]string{good, bad}})
	if len(m.Tiers[0]) != 200 {
		t.Errorf("%d trackers kept", len(m.Tiers[0]))
	}
	m = parse(t, dict{"info": singleInfo(), "announce-list": [][]string{bad}})
	if len(m.Warnings) != 21 {
		t.Errorf("%d warnings", len(m.Warnings))
	}
}
