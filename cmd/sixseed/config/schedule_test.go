package config_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/config"
	"sixseed/policy/budget"
)

func TestParse_Schedule(t *testing.T) {
	t.Parallel()
	rate := func(r config.Rate) *config.Rate { return &r }
	want := []config.Window{
		{
			Days: days(t, "mon-fri"), Hours: budget.Hours{From: 8 * 60, Until: 18 * 60}, Upload: rate(25e6),
			IPv6Upload: rate(config.UnlimitedRate), IPv4Upload: rate(1e6), IPv4Floor: rate(0),
		},
		{Hours: budget.Hours{From: 22 * 60, Until: 6*60 + 30}, IPv4Upload: rate(2e6)},
		{Days: days(t, "sun"), IPv4Floor: rate(3e6)},
	}
	for name, text := range map[string]string{
		"Tables": `[[policy.schedule]]
			days = "mon-fri"
			hours = "08:00-18:00"
			upload = "200 Mbit/s"
			ipv6_upload = "unlimited"
			ipv4_upload = "1 MB/s"
			ipv4_floor = "0"
			[[policy.schedule]]
			days = "daily"
			hours = "22:00-06:30"
			ipv4_upload = "2 MB/s"
			[[policy.schedule]]
			days = "Sun"
			ipv4_floor = "3 MB/s"`,
		"Inline": `policy.schedule = [
			{ days = "mon-fri", hours = "08:00-18:00", upload = "200 Mbit/s", ipv6_upload = "unlimited",
				ipv4_upload = "1 MB/s", ipv4_floor = "0" },
			{ hours = "22:00-06:30", ipv4_upload = "2 MB/s" },
			{ days = "sun", ipv4_floor = "3 MB/s" },
		]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Parse("x.toml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Policy.Schedule); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

// days reads days of the week.
func days(t *testing.T, text string) (d budget.Days) {
	t.Helper()
	if err := d.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParse_NamesEveryProblemOfTheSchedule(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"Windows": {
			`[[policy.schedule]]
			days = "workdays"
			hours = "8-18"
			upload = "auto"
			[[policy.schedule]]
			days = ["mon"]
			hour = "08:00-18:00"
			monthly = "5 TB"
			ipv4_floor = { rate = "1 MB/s" }
			# without a limit
			[[policy.schedule]]
			hours = "08:00-08:00"`,
			[]string{
				`x.toml:2: policy.schedule[0].days: "workdays" are not days: use "daily", a day such as "sat", a range such as "mon-fri", or several of them such as "mon,wed-fri"`,
				`x.toml:3: policy.schedule[0].hours: "8-18" are not hours: use such as "08:00-18:00", or over midnight "22:00-06:00"`,
				`x.toml:4: policy.schedule[0].upload: "auto" is not a rate: use a number with a unit, such as "400 Mbit/s", "50 MB/s" or "50 MiB/s", or "unlimited"`,
				`x.toml:6: policy.schedule[1].days: is a list, must be a string`,
				`x.toml:7: policy.schedule[1].hour: unknown key; did you mean policy.schedule.hours?`,
				`x.toml:8: policy.schedule[1].monthly: unknown key`,
				`x.toml:9: policy.schedule[1].ipv4_floor: is a table, must be a string`,
				`x.toml:12: policy.schedule[2].hours: "08:00-08:00" end when they begin: use "00:00-24:00" for the whole day`,
			},
		},
		"NoLimit": {
			"[[policy.schedule]]\n[[policy.schedule]]\nhours = \"08:00-18:00\"\n[peers]",
			[]string{
				`x.toml:1: policy.schedule[0]: names no limit: set upload, ipv6_upload, ipv4_upload or ipv4_floor`,
				`x.toml:2: policy.schedule[1]: names no limit: set upload, ipv6_upload, ipv4_upload or ipv4_floor`,
			},
		},
		"Table": {
			"[policy.schedule]\nhours = \"08:00-18:00\"",
			[]string{`x.toml:1: policy.schedule: is a table, must be a list of tables: write [[policy.schedule]]`},
		},
		"List": {
			`policy.schedule = [{ upload = "0" }, "08:00-18:00"]`,
			[]string{`x.toml:1: policy.schedule: is a list, must be a list of tables: write [[policy.schedule]]`},
		},
		"Text": {
			`policy.schedule = "08:00-18:00"`,
			[]string{`x.toml:1: policy.schedule: is a string, must be a list of tables: write [[policy.schedule]]`},
		},
		"Inline": { // where in the list is not known of any but the last
			"\npolicy.schedule = [\n{ hours = 8 },\n{ hours = 9 }]",
			[]string{
				`x.toml:2: policy.schedule[0].hours: is an integer, must be a string`,
				`x.toml:4: policy.schedule[1].hours: is an integer, must be a string`,
			},
		},
		"UnknownList": {
			"[[schedule]]\nupload = \"0\"\n[[schedule]]\nupload = \"0\"",
			[]string{`x.toml:3: schedule: unknown key; did you mean policy.schedule?`},
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

// Wherever a window stands, and whatever stands between it and the next, its lines are known.
func TestParse_NamesTheLineInAWindow(t *testing.T) {
	t.Parallel()
	const other = "[[policy.schedule]]\nupload = \"0\"\n"
	for name, text := range map[string]string{
		"First":         "\n[[policy.schedule]]\nupload = \"0\"\nhours = \"x\"\n" + other + other,
		"Middle":        other + "[[policy.schedule]]\nhours = \"x\"\nupload = \"0\"\n" + other,
		"Last":          other + "[[policy.schedule]]\nhours = \"x\"\nupload = \"0\"\n",
		"Indented":      "\n\t[[policy.schedule]]\n\tupload = \"0\"\n\thours = \"x\"\n\t[[policy.schedule]]\n\tupload = \"0\"",
		"Spaced":        "\n[[ policy . \"schedule\" ]]\nupload = \"0\"\nhours = \"x\"\n" + other,
		"OtherBetween":  "\n[[policy.schedule]]\nupload = \"0\"\nhours = \"x\"\n[peers]\nport = 1\n" + other,
		"BehindAString": "state_dir = '''/\n[[policy.schedule]]'''\n[[policy.schedule]]\nhours = \"x\"\nupload = \"0\"\n" + other,
		"BehindAList":   "library.trackers = [\n[]]\n[[policy.schedule]]\nhours = \"x\"\nupload = \"0\"\n" + other,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, problem := range problemsOf(t, text) {
				if strings.HasPrefix(problem, "x.toml:4: policy.schedule[") && strings.Contains(problem, "].hours: ") {
					return
				}
			}
			t.Errorf("got %q, want a problem of hours in line 4", problemsOf(t, text))
		})
	}
}

// More windows than anybody has take no more than their share of time: some lines are not known then.
func TestParse_ManyWindows(t *testing.T) {
	t.Parallel()
	const count = 2000
	problems := problemsOf(t, strings.Repeat("[[policy.schedule]]\nupload = 5\n", count))
	if len(problems) != count {
		t.Fatalf("%d problems, want %d", len(problems), count)
	}
	for _, want := range []string{
		"x.toml:2: policy.schedule[0].upload: is an integer, must be a string",
		fmt.Sprintf("x.toml:%d: policy.schedule[%d].upload: is an integer, must be a string", 2*count, count-1),
	} {
		if !strings.Contains("\n"+strings.Join(problems, "\n")+"\n", "\n"+want+"\n") {
			t.Errorf("the problems do not hold %q", want)
		}
	}
}

func TestExample_ShowsAWindow(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`(?m)^#([^ \n])`) // comments have a space there
	got, err := config.Parse("x.toml", []byte(code.ReplaceAllString(config.Example(), "$1")))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Policy.Schedule) != 1 {
		t.Fatalf("the schedule is %+v, want one window", got.Policy.Schedule)
	}
	window := got.Policy.Schedule[0]
	if window.Days.String() != "mon-fri" || window.Hours.String() != "08:00-18:00" ||
		window.Upload == nil || window.IPv6Upload == nil || window.IPv4Upload == nil || window.IPv4Floor == nil {
		t.Errorf("the window is %+v, which does not name every key", window)
	}
}
