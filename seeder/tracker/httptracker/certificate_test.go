package httptracker_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sixseed/policy/family"
	"sixseed/seeder/tracker/httptracker"
	"sixseed/seeder/tracker/trackertest"
)

// files are a certificate's.
type files struct{ certificate, key string }

// writeCertificate writes a certificate of localhost with a name, changed at a time.
func writeCertificate(t *testing.T, f files, name string, changed time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: changed.Add(-time.Hour), NotAfter: changed.Add(1000 * time.Hour),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyBytes, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, f.certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}), changed)
	writeFile(t, f.key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyBytes}), changed)
}

func writeFile(t *testing.T, path string, content []byte, changed time.Time) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, changed, changed); err != nil {
		t.Fatal(err)
	}
}

func newFiles(t *testing.T) files {
	dir := t.TempDir()
	return files{certificate: filepath.Join(dir, "certificate.pem"), key: filepath.Join(dir, "key.pem")}
}

// anyCertificate is for a client that looks at the certificate itself.
func anyCertificate() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true} //nolint:gosec // of a test
}

// shown is the name on the certificate that a server shows.
func shown(t *testing.T, addr netip.AddrPort) string {
	t.Helper()
	dialer := tls.Dialer{Config: anyCertificate()}
	conn, err := dialer.DialContext(t.Context(), "tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestServer_HTTPS(t *testing.T) {
	t.Parallel()
	f := newFiles(t)
	writeCertificate(t, f, "first", noon)
	fake := new(trackertest.Tracker)
	server := open(t, httptracker.Config{
		Listen: []netip.AddrPort{anyPort.V6}, HTTPS: []netip.AddrPort{anyPort.V6, anyPort.V4},
		Certificate: f.certificate, Key: f.key, Log: slog.New(slog.DiscardHandler),
	}, fake)
	server.Patient()
	trackertest.Run(t, server)
	transport := &http.Transport{TLSClientConfig: anyCertificate(), ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	for i, of := range family.All {
		addr := server.Addrs()[i+1]
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+addr.String()+"/announce?"+announceQuery, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.ProtoMajor != 1 || !answer.Close || answer.TLS == nil {
			t.Errorf("answered with %s, closed: %v", answer.Proto, answer.Close)
		}
		if got, want := fake.Last(t).Peer.Addr(), anyPort.Get(of).Addr(); got != want {
			t.Errorf("the announce is of %v, want %v", got, want)
		}
	}
	if got := exchange(t, server.Addrs()[1], "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.0 400 ") {
		t.Errorf("HTTP at the port of HTTPS is answered with %q", got)
	}
}

// A certificate is shown as soon as it is renewed, and the one before as long as there is none that works.
func TestServer_CertificateIsReadAgain(t *testing.T) {
	t.Parallel()
	f := newFiles(t)
	writeCertificate(t, f, "first", noon)
	var journal bytes.Buffer
	server := open(t, httptracker.Config{
		HTTPS: []netip.AddrPort{anyPort.V6}, Certificate: f.certificate, Key: f.key,
		Log: slog.New(slog.NewTextHandler(&journal, nil)),
	}, new(trackertest.Tracker))
	addr := server.Addrs()[0]
	trackertest.Run(t, server)
	for _, step := range []struct {
		name   string
		change func(t *testing.T)
		want   string // the certificate
		logged string
	}{
		{"Unchanged", func(*testing.T) {}, "first", ""},
		{"Broken", func(t *testing.T) { writeFile(t, f.certificate, []byte("half"), noon.Add(time.Second)) }, "first", "level=WARN"},
		{"BrokenStill", func(*testing.T) {}, "first", ""},
		{"Renewed", func(t *testing.T) { writeCertificate(t, f, "second", noon.Add(2*time.Second)) }, "second", "certificate read"},
		{"Gone", func(t *testing.T) { _ = os.Remove(f.key) }, "second", "no such file"},
	} {
		step.change(t)
		journal.Reset()
		synctest.Test(t, func(t *testing.T) { // a minute of the bubble's time
			ctx, cancel := context.WithTimeout(t.Context(), httptracker.CertificateInterval+time.Second)
			defer cancel()
			httptracker.WatchCertificate(ctx, server)
		})
		if got := shown(t, addr); got != step.want {
			t.Errorf("%s: the certificate is %q, want %q", step.name, got, step.want)
		}
		if got := journal.String(); !strings.Contains(got, step.logged) || step.logged == "" && got != "" {
			t.Errorf("%s: logged %q, want %q", step.name, got, step.logged)
		}
	}
}

func TestOpen_Certificate(t *testing.T) {
	t.Parallel()
	good, missing, broken, mixed := newFiles(t), newFiles(t), newFiles(t), newFiles(t)
	writeCertificate(t, good, "good", noon)
	writeCertificate(t, broken, "broken", noon)
	writeFile(t, broken.certificate, []byte("x"), noon)
	writeCertificate(t, mixed, "mixed", noon)
	mixed.certificate = good.certificate
	for name, test := range map[string]struct {
		files files
		want  string
	}{
		"None":     {files{}, "needs the files of a certificate"},
		"NoKey":    {files{certificate: good.certificate}, "needs the files of a certificate"},
		"Missing":  {missing, missing.certificate + ": no such file"},
		"Broken":   {broken, "read certificate " + broken.certificate},
		"OtherKey": {mixed, "its key " + mixed.key},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, of := range family.All {
				_, err := httptracker.Open(t.Context(), httptracker.Config{
					Listen: []netip.AddrPort{anyPort.Get(of)}, HTTPS: []netip.AddrPort{anyPort.Get(of)},
					Certificate: test.files.certificate, Key: test.files.key,
				}, new(trackertest.Tracker))
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("opened with %v, want %q", err, test.want)
				}
			}
		})
	}
}
