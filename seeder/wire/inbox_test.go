package wire

import (
	"bytes"
	"testing"
)

func TestInbox_Take(t *testing.T) {
	t.Parallel()
	for name, length := range map[string]int{"Little": 10, "AsMuchAsIsKept": keptPassed, "Much": 16 << 10} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			passed := bytes.Repeat([]byte("0123456789"), length/10+1)[:length]
			in := inbox{}
			for range 3 {
				in.pass(passed)
				var got []byte
				for b := make([]byte, 7); !in.empty(); {
					got = append(got, b[:in.take(b)]...)
				}
				if !bytes.Equal(got, passed) || in.take(make([]byte, 1)) != 0 {
					t.Fatalf("took %d bytes of %d", len(got), length)
				}
				if cap(in.passed) > 2*keptPassed {
					t.Errorf("an idle connection keeps %d bytes", cap(in.passed))
				}
			}
		})
	}
}
