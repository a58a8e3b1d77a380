package family_test

import (
	"encoding/json"
	"testing"

	"sixseed/policy/family"
)

func TestFamily_Text(t *testing.T) {
	for _, want := range family.All {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got family.Family
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Errorf("%s read back as %v, %v", text, got, err)
		}
	}
	var f family.Family
	if err := f.UnmarshalText([]byte("inet6")); err == nil {
		t.Error("inet6 was accepted")
	}
}

func TestPair(t *testing.T) {
	var bytes family.Pair[int]
	*bytes.At(family.V6) += 6
	*bytes.At(family.V4) += 4
	if bytes != (family.Pair[int]{V4: 4, V6: 6}) || bytes.Get(family.V6) != 6 {
		t.Errorf("got %+v", bytes)
	}
	names := family.Both(family.Family.String)
	if names.V4 != "ipv4" || names.V6 != "ipv6" {
		t.Errorf("got %+v", names)
	}
}
