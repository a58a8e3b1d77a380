package library_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"sixseed/storage/library"
)

func TestLibrary_TenThousandFiles(t *testing.T) {
	t.Parallel()
	const folders, files, loose = 10, 990, 100
	lab := newLab(t)
	for i := range folders {
		name := fmt.Sprintf("release-%d", i)
		parts := make([]part, files)
		for j := range parts {
			parts[j] = part{[]string{fmt.Sprint(j % 10), fmt.Sprintf("%d.iso", j)}, []byte(fmt.Sprint(i, j))}
			lab.write(filepath.Join(name, fmt.Sprint(j%10), fmt.Sprintf("%d.iso", j)), parts[j].data)
		}
		lab.write(name+".torrent", multi(t, name, parts...))
	}
	for i := range loose {
		lab.write(fmt.Sprintf("loose/%d.iso", i), []byte(fmt.Sprint(i)))
	}
	lab.start()
	lab.await("all", func() bool { return len(lab.sink.names()) == folders+loose })

	lab.restart()
	lab.await("all after the restart", func() bool { return len(lab.sink.names()) == folders+loose })
	if names, _ := lab.progress.hashed(); len(names) != 0 {
		t.Errorf("the restart hashed %q", names)
	}
	lab.write("another.iso", random(1, megabyte))
	lab.awaitRelease("another.iso", library.Seeding)
	lab.remove("release-3/3/333.iso")
	if r := lab.awaitRelease("release-3", library.Waiting); r.Problem != "3/333.iso is missing" {
		t.Errorf("release %+v", r)
	}
}
