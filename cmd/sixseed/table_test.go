package main

import "testing"

func TestTable(t *testing.T) {
	t.Parallel()
	got := table([][]string{
		{"name", ">size", ""},
		{"überlang.iso", "1.23 TB"},
		nil,
		{"x", "5 B", "is damaged"},
	})
	const want = "" +
		"name             size\n" +
		"überlang.iso  1.23 TB\n" +
		"\n" +
		"x                 5 B  is damaged\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
