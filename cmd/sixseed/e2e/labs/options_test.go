package labs_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// options are what the environment says of how labs are run.
type options struct {
	labs     string        // LAB: which: a lab, those that begin with a name as L3 does, or all
	policy   string        // LAB_POLICY: lines of the daemon's section `policy` instead of the labs' own
	topology topology      // LAB_TOPOLOGY: where the narrow link is, local or router
	queue    time.Duration // LAB_QUEUE: how long the narrow link's full queue takes to pass
	came     time.Duration // LAB_CAME: when the IPv6 peers come
	lasts    time.Duration // LAB_LASTS: how long a lab lasts
	step     time.Duration // LAB_STEP: how often it prints how it goes; 0: never
	rounds   int           // LAB_ROUNDS: how often each lab is run; medians are printed
	rivals   bool          // LAB_RIVALS: whether other seeders have their turn, too
	update   bool          // LAB_UPDATE: whether docs/labs.md gets the table
}

func readOptions(t testing.TB) options {
	t.Helper()
	named := os.Getenv("LAB")
	step := time.Second
	if named == "all" {
		step = 0
	}
	return options{
		labs:     named,
		policy:   os.Getenv("LAB_POLICY"),
		topology: setting(t, "LAB_TOPOLOGY", local, parseTopology),
		queue:    setting(t, "LAB_QUEUE", 40*time.Millisecond, time.ParseDuration),
		came:     setting(t, "LAB_CAME", 6*time.Second, time.ParseDuration),
		lasts:    setting(t, "LAB_LASTS", 24*time.Second, time.ParseDuration),
		step:     setting(t, "LAB_STEP", step, time.ParseDuration),
		rounds:   setting(t, "LAB_ROUNDS", 1, strconv.Atoi),
		rivals:   setting(t, "LAB_RIVALS", named == "all", strconv.ParseBool),
		update:   setting(t, "LAB_UPDATE", false, strconv.ParseBool),
	}
}

// setting reads a variable of the environment, or returns the standard.
func setting[T any](t testing.TB, key string, standard T, parse func(string) (T, error)) T {
	t.Helper()
	text := os.Getenv(key)
	if text == "" {
		return standard
	}
	value, err := parse(text)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return value
}

// wants reports whether a lab shall be run.
func (o options) wants(lab string) bool {
	return o.labs == "all" || strings.HasPrefix(lab+"/", o.labs+"/")
}
