package money

import "testing"

func TestParse(t *testing.T) {
	for in, want := range map[string]Amount{"19.90": 1990, "7": 700, "-0.05": -5, "0.00": 0} {
		if got, err := Parse(in); err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", ".", "1.5", "1.234", "x", "--1", "1.-5"} {
		if got, err := Parse(in); err == nil {
			t.Errorf("Parse(%q) = %d, want an error", in, got)
		}
	}
}

func TestString(t *testing.T) {
	for a, want := range map[Amount]string{1990: "19.90", -5: "-0.05", 0: "0.00", 123456789: "1234567.89"} {
		if got := a.String(); got != want {
			t.Errorf("Amount(%d) = %q, want %q", int64(a), got, want)
		}
	}
}

func TestSplitLosesNothing(t *testing.T) {
	var sum Amount
	parts := Amount(1000).Split(nil, 7)
	for _, p := range parts {
		sum += p
	}
	if len(parts) != 7 || sum != 1000 || parts[0] != parts[6]+1 {
		t.Errorf("1000 in seven parts: %v, which add up to %d", parts, int64(sum))
	}
}

func BenchmarkParse(b *testing.B) {
	prices := []string{"19.90", "4.50", "1249.00", "0.99", "-12.05", "7"}
	for b.Loop() {
		for _, p := range prices {
			if _, err := Parse(p); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	var parts []Amount
	for i := 0; i < b.N; i++ {
		parts = Amount(1_000_003).Split(parts[:0], 36)
	}
}
