package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sixseed/cmd/sixseed/config"
)

func TestExample_IsTheFileInTheRepository(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../../../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Example(), string(file)); diff != "" {
		t.Errorf("print it anew: go run ./cmd/sixseed config example >config.example.toml\n%s", diff)
	}
}

func TestExample_HoldsTheDefaults(t *testing.T) {
	t.Parallel()
	got, err := config.Parse("example", []byte(config.Example()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Default(), got, byValue); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

func TestExample_ExplainsEveryKey(t *testing.T) {
	t.Parallel()
	names, _ := config.Keys()
	comments := config.Comments()
	for _, name := range names {
		if text := strings.Join(comments[name], " "); len(text) < len("x is y.") || !strings.Contains(text, ".") {
			t.Errorf("%s is explained as %q", name, text)
		}
	}
	if len(names) < 30 {
		t.Errorf("only %d keys and tables: %q", len(names), names)
	}
}

func TestExample_SaysWhenAChangeApplies(t *testing.T) {
	t.Parallel()
	example := config.Example()
	for _, want := range []string{
		"# Default: 6881. A change needs a restart.\nport = 6881\n",
		"# Default: 2000. SIGHUP applies a change.\nmax_connections = 2000\n",
		"# Default: 64. SIGHUP applies a change.\nmax_per_address = 64\n",
		"# Default: \"0\". SIGHUP applies a change.\nfloor = \"0\"\n",
		"# Default: [\"127.0.0.1:8086\", \"[::1]:8086\"]. A change needs a restart.\nlisten = ",
		"# Default: \"\". Not built yet: nothing else is taken.\npostgres = \"\"\n",
		"[policy.ipv4]\n",
	} {
		if !strings.Contains(example, want) {
			t.Errorf("the example does not hold %q", want)
		}
	}
}

func TestUnbuilt_NamesKeys(t *testing.T) {
	t.Parallel()
	names, _ := config.Keys()
	for name := range config.Unbuilt() {
		if !strings.Contains("\n"+strings.Join(names, "\n")+"\n", "\n"+name+"\n") {
			t.Errorf("there is no key %s", name)
		}
	}
}
