package library

import "testing"

func TestNames(t *testing.T) {
	t.Parallel()
	t.Run("LeftAlone", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{
			".debian.iso.Xy12Zq", ".~tmp~", ".zfs", "lost+found", "a.iso.part", "a.iso.PARTIAL", "a.tmp", "a.iso.temp",
			"a.iso.crdownload", "a.iso.filepart", "a.iso.!qB", "a.iso.aria2", "a.iso~",
		} {
			if !isTemporary(name) {
				t.Errorf("%s is not left alone", name)
			}
		}
	})
	t.Run("Companions", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{
			"SHA256SUMS", "SHA512SUMS.sign", "SHA256SUMS-live", "MD5SUMS", "md5sum.txt", "CHECKSUM", "Fedora-Server-CHECKSUM",
			"a.iso.sha256", "a.iso.md5sum", "a.iso.asc", "a.iso.sig", "a.iso.gpg", "a.iso.torrent", "a.iso.zsync",
			"a.iso.manifest", "a.list", "a.jigdo", "a.template", "a.meta4", "README", "README.html", "index.html", "a.json",
		} {
			if !isCompanion(name) {
				t.Errorf("%s is made a torrent of", name)
			}
		}
	})
	t.Run("Releases", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{
			"debian-13.2.0-amd64-netinst.iso", "a.img.xz", "sharp.shared", "part.iso", "torrent", "a.qcow2", "a.tar.gz",
			"a.iso.partition", "checksum-tool.iso", "noextension", "two.words in it.iso",
		} {
			if isTemporary(name) || isCompanion(name) {
				t.Errorf("%s is not made a torrent of", name)
			}
		}
	})
	t.Run("Unfinished", func(t *testing.T) {
		t.Parallel()
		siblings := map[string]bool{"a.iso": true, "a.iso.aria2": true, "b.iso": true, "c.iso": true, "c.iso.part": true}
		for name, want := range map[string]bool{"a.iso": true, "b.iso": false, "c.iso": true} {
			if got := isUnfinished(name, siblings); got != want {
				t.Errorf("%s unfinished %v, want %v", name, got, want)
			}
		}
	})
}
