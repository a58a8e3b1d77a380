package extension_test

import (
	"math"
	"strings"
	"testing"

	"sixseed/seeder/wire/extension"
)

func TestParseMetadataRequest(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body  string
		piece int
		ok    bool
	}{
		"First":       {"d8:msg_typei0e5:piecei0ee", 0, true},
		"Greatest":    {"d8:msg_typei0e5:piecei2147483647ee", math.MaxInt32, true},
		"AnyOrder":    {"d5:piecei7e8:msg_typei0ee", 7, true},
		"UnknownKeys": {"d8:msg_typei0e5:piecei7e10:total_sizei99ee", 7, true},
		"Data":        {"d8:msg_typei1e5:piecei0e10:total_sizei4ee" + "data", 0, false},
		"Reject":      {"d8:msg_typei2e5:piecei0ee", 0, false},
		"UnknownType": {"d8:msg_typei3ee", 0, false},
		"NoType":      {"d5:piecei0ee", 0, false},
		"TextForType": {"d8:msg_type1:05:piecei0ee", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			piece, ok, err := extension.ParseMetadataRequest([]byte(tc.body))
			if piece != tc.piece || ok != tc.ok || err != nil {
				t.Errorf("piece %d, %v, %v; want %d, %v", piece, ok, err, tc.piece, tc.ok)
			}
		})
	}
}

func TestParseMetadataRequest_Captures(t *testing.T) {
	t.Parallel()
	asked := make(map[string]int)
	for _, message := range captures(t) {
		if message.id != extension.MetadataID {
			continue
		}
		piece, ok, err := extension.ParseMetadataRequest(message.body)
		if piece != 0 || !ok || err != nil {
			t.Errorf("%s: piece %d, %v, %v", message.client, piece, ok, err)
		}
		asked[message.client]++
	}
	for _, client := range []string{"aria2-1.36.0-magnet", "libtorrent-2.0.8-magnet", "transmission-3.00-magnet"} {
		if asked[client] == 0 {
			t.Errorf("no request of %s", client)
		}
	}
}

func TestParseMetadataRequest_Refuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ body, says string }{
		"NegativePiece": {"d8:msg_typei0e5:piecei-1ee", "piece -1"},
		"PieceTooGreat": {"d8:msg_typei0e5:piecei2147483648ee", "piece 2147483648"},
		"NoPiece":       {"d8:msg_typei0ee", "no piece"},
		"TextForPiece":  {"d8:msg_typei0e5:piece1:0e", "no piece"},
		"DataBehind":    {"d8:msg_typei0e5:piecei0ee" + "data", "something follows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, ok, err := extension.ParseMetadataRequest([]byte(tc.body))
			if ok || err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v, %v; want %s", ok, err, tc.says)
			}
		})
	}
}

func TestParseMetadataRequest_Malformed(t *testing.T) {
	t.Parallel()
	for name, tc := range malformed {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Whatever comes before what is wrong.
			body := strings.Replace(tc.body, "d", "d8:msg_typei0e5:piecei0e", 1)
			if _, ok, err := extension.ParseMetadataRequest([]byte(body)); ok || err == nil {
				t.Errorf("%.60q: %v, %v", body, ok, err)
			}
		})
	}
}

func TestAppendMetadata(t *testing.T) {
	t.Parallel()
	if got := string(extension.AppendMetadataRequest([]byte("before"), 12)); got != "befored8:msg_typei0e5:piecei12ee" {
		t.Errorf("request %q", got)
	}
	if got := string(extension.AppendMetadataReject([]byte("before"), 12)); got != "befored8:msg_typei2e5:piecei12ee" {
		t.Errorf("reject %q", got)
	}
}

func FuzzMetadata(f *testing.F) {
	seed(f, extension.MetadataID)
	f.Add([]byte("d8:msg_typei1e5:piecei0e10:total_sizei4ee" + "data"))
	f.Add([]byte("d8:msg_typei0e5:piecei-1ee"))
	f.Fuzz(func(t *testing.T, body []byte) {
		piece, ok, err := extension.ParseMetadataRequest(body)
		if !ok || err != nil {
			if ok || piece != 0 {
				t.Errorf("piece %d, %v, %v", piece, ok, err)
			}
			return
		}
		again, ok, err := extension.ParseMetadataRequest(extension.AppendMetadataRequest(nil, piece))
		if again != piece || piece < 0 || !ok || err != nil {
			t.Errorf("piece %d, then %d, %v, %v", piece, again, ok, err)
		}
	})
}
