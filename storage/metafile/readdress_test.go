package metafile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/storage/metafile"
)

// unsorted is a .torrent whose info dictionary has its keys in a wrong order and one that nobody knows.
const unsorted = "d8:announce11:http://a/an10:created by3:foo9:httpseedsl8:http://he4:info" +
	"d6:lengthi1e4:name1:a6:x-key1i7e12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae8:url-list12:http://w/isoe"

func TestReaddress(t *testing.T) {
	t.Parallel()
	tiers := [][]string{{"http://t1/announce", "http://t1b/announce"}, {"udp://t2:6969"}}
	for name, tc := range map[string]struct {
		tiers    [][]string
		webseeds []string
		want     string // of what stands around the info dictionary
	}{
		"Nothing":    {nil, nil, "d10:created by3:foo9:httpseedsl8:http://he4:infoINFOe"},
		"OneTracker": {[][]string{{"http://t1/announce"}}, nil, "d8:announce18:http://t1/announce10:created by3:foo9:httpseedsl8:http://he4:infoINFOe"},
		"All": {tiers, []string{"http://w/1", "http://w/2"}, "d8:announce18:http://t1/announce" +
			"13:announce-listll18:http://t1/announce19:http://t1b/announceel13:udp://t2:6969ee" +
			"10:created by3:foo9:httpseedsl8:http://he4:infoINFO8:url-listl10:http://w/110:http://w/2ee"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edited, err := metafile.Readdress([]byte(unsorted), tc.tiers, tc.webseeds)
			if err != nil {
				t.Fatal(err)
			}
			_, info, _ := strings.Cut(unsorted, "4:info")
			info, _, _ = strings.Cut(info, "8:url-list")
			if diff := cmp.Diff(strings.Replace(tc.want, "INFO", info, 1), string(edited)); diff != "" {
				t.Error(diff)
			}
			again, err := metafile.Readdress(edited, tc.tiers, tc.webseeds)
			if err != nil || string(again) != string(edited) {
				t.Errorf("the second time it is another: %q, %v", again, err)
			}
		})
	}
}

func TestReaddress_Refused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		data  string
		tiers [][]string
		want  string
	}{
		"NoTorrent":  {"d4:spam4:eggse", nil, "info"},
		"BadTracker": {unsorted, [][]string{{"wss://t/announce"}}, "wss"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := metafile.Readdress([]byte(tc.data), tc.tiers, nil); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error that names %q", err, tc.want)
			}
		})
	}
}
