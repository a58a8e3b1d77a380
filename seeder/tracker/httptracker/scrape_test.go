package httptracker_test

import (
	"fmt"
	"strings"
	"testing"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/swarm"
	"sixseed/seeder/tracker/trackertest"
)

func TestServer_Scrape(t *testing.T) {
	t.Parallel()
	a, b, z := strings.Repeat("a", 20), strings.Repeat("b", 20), strings.Repeat("z", 20)
	const counts = "d8:completei7e10:downloadedi9e11:downloadersi5e10:incompletei8ee"
	const flags = "5:flagsd20:min_request_intervali900eee"
	for name, test := range map[string]struct{ query, want string }{
		"One":         {"info_hash=" + a, "d5:filesd20:" + a + counts + "e" + flags},
		"Sorted":      {"info_hash=" + b + "&x=1&info_hash=" + a, "d5:filesd20:" + a + counts + "20:" + b + counts + "e" + flags},
		"Once":        {"info_hash=" + a + "&info_hash=" + a, "d5:filesd20:" + a + counts + "e" + flags},
		"WithoutMore": {"info_hash=" + z + "&info_hash=" + a, "d5:filesd20:" + a + counts + "e" + flags},
		"Unknown":     {"info_hash=" + z, "d5:filesde" + flags},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := &trackertest.Tracker{Counts: swarm.Counts{Seeders: 7, Leechers: 8, Downloaders: 5, Downloaded: 9}}
			server := open(t, httptracker.Config{}, fake)
			for _, f := range family.All {
				if got := body(t, ask(server, clients.Get(f), "/scrape?"+test.query)); got != test.want {
					t.Errorf("answered with %q, want %q", got, test.want)
				}
				if got := server.Counts().Get(f); got != (httptracker.Counts{httptracker.Scraped: 1}) {
					t.Errorf("counted %v", got)
				}
			}
		})
	}
}

func TestServer_ScrapeMalformed(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":            "d14:failure reason32:name what to scrape by info_hashe",
		"numwant=4":   "d14:failure reason32:name what to scrape by info_hashe",
		"info_hash=a": "d14:failure reason39:info_hash is missing or not of 20 bytese",
		"info_hash=aaaaaaaaaaaaaaaaaaaa&info_hash=": "d14:failure reason39:info_hash is missing or not of 20 bytese",
	} {
		server := open(t, httptracker.Config{}, new(trackertest.Tracker))
		if got := body(t, ask(server, clients.V6, "/scrape?"+query)); got != want {
			t.Errorf("%q is answered with %q, want %q", query, got, want)
		}
		if got := server.Counts(); got.V6 != (httptracker.Counts{httptracker.Malformed: 1}) {
			t.Errorf("%q is counted as %v", query, got)
		}
	}
}

// The most that is answered for fits into a question, and what is beyond it does no harm.
func TestServer_ScrapeMost(t *testing.T) {
	t.Parallel()
	server := open(t, httptracker.Config{}, new(trackertest.Tracker))
	for _, asked := range []int{httptracker.MaxScrape - 1, httptracker.MaxScrape, httptracker.MaxScrape + 1} {
		query := new(strings.Builder)
		for i := range asked {
			fmt.Fprintf(query, "info_hash=%%%02x%s&", i, strings.Repeat("%aa", 19))
		}
		got := strings.Count(body(t, ask(server, clients.V6, "/scrape?"+query.String())), "8:complete")
		if want := min(asked, httptracker.MaxScrape); got != want {
			t.Errorf("%d torrents are answered with %d, want %d", asked, got, want)
		}
	}
}
