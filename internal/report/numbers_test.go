package report

import (
	"math"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

func TestValuesHaveAsManyDigitsAsTheirIntervalEarns(t *testing.T) {
	for _, tc := range []struct {
		v, half float64
		unit    string
		want    string
	}{
		{1.7234e-3, 0.0172e-3, "sec/op", "1.72 ms"},
		{1.7234e-3, 0.0009e-3, "sec/op", "1.723 ms"},
		{1.7234e-3, 0.000001e-3, "sec/op", "1.723 ms"}, // never more than four
		{1.7234e-3, 0.3e-3, "sec/op", "1.7 ms"},
		{1.7234e-3, 9e-3, "sec/op", "1.7 ms"}, // never fewer than two
		{1.7234e-3, nan, "sec/op", "1.72 ms"},
		{210e-9, 4e-9, "sec/op", "210 ns"},
		{999.96e-9, nan, "sec/op", "1.00 µs"}, // rounds up into the next prefix
		{999.4e-9, nan, "sec/op", "999 ns"},
		{1e-3, nan, "sec/op", "1.00 ms"},
		{1e-6, 0.01e-6, "sec/op", "1.00 µs"},
		{0.25e-9, nan, "sec/op", "0.250 ns"},
		{61.5, nan, "sec/op", "61.5 s"},
		{0, nan, "sec/op", "0 s"},
		{1234, 40, "sec/op", "1230 s"}, // nobody says kiloseconds
		{9.4e-3, 0.1e-3, "p99-sec/op", "9.4 ms"},
		{1280, 0, "B/op", "1.25 KiB"},
		{1281, 0, "B/op", "1.251 KiB"},
		{1023, 0, "B/op", "1023 B"},
		{96, 0, "B/op", "96 B"},
		{0, 0, "B/op", "0 B"},
		{5 << 30, nan, "heap-B", "5.00 GiB"},
		{61e6, 0.6e6, "B/s", "58.2 MiB/s"},
		{4, 0, "allocs/op", "4"},
		{4, math.Inf(1), "allocs/op", "4"}, // of too few runs for an interval
		{123456, 0, "allocs/op", "123456"},
		{123457, nan, "allocs/op", "123457"},
		{12345678, 0, "allocs/op", "12.35M"},
		{48200, 900, "req/s", "48.2k"},
		{0.62, 0.006, "hit-ratio", "0.620"},
		{-1.5, nan, "drift", "-1.50"},
		{1e18, nan, "x", "1000000T"},
		{math.Inf(1), nan, "sec/op", "–"},
		{nan, nan, "sec/op", "–"},
	} {
		if got := formatValue(tc.v, tc.v-tc.half, tc.v+tc.half, tc.unit); got != tc.want {
			t.Errorf("%g ± %g %s: %q, want %q", tc.v, tc.half, tc.unit, got, tc.want)
		}
	}
}

func TestSidesSayTheirInterval(t *testing.T) {
	inf := bench.Number(math.Inf(1))
	for _, tc := range []struct {
		s    *bench.Side
		want string
	}{
		{nil, "–"},
		{&bench.Side{Center: bench.NaN}, "–"},
		{&bench.Side{Center: 1.72e-3, Low: 1.7e-3, High: 1.73e-3}, "1.72 ms ± 1 %"},
		{&bench.Side{Center: 2, Low: 1.992, High: 2.001}, "2.000 s ± 0.4 %"},
		{&bench.Side{Center: 2, Low: 1, High: 2}, "2.0 s ± 50 %"},
		{&bench.Side{Center: 2, Low: 2, High: 2}, "2 s"},
		{&bench.Side{Center: 2, Low: bench.NaN, High: bench.NaN}, "2.00 s"},
		{&bench.Side{Center: 2, Low: -inf, High: inf}, "2.00 s"},
		{&bench.Side{Center: 0, Low: 0, High: 1}, "0 s"},
	} {
		if got := formatSide(tc.s, "sec/op"); got != tc.want {
			t.Errorf("%+v: %q, want %q", tc.s, got, tc.want)
		}
	}
}

func TestChangesArePercentBelowTwoTimesAndFactorsFromThere(t *testing.T) {
	for _, tc := range []struct {
		change, low, high float64
		want, interval    string
	}{
		{0.171, 0.159, 0.182, "+17.1 %", "+15.9 … +18.2 %"},
		{-0.33, -0.34, -0.31, "−33.0 %", "−34.0 … −31.0 %"},
		{0.999, 0.9, 1.1, "+99.9 %", "+90.0 … +110.0 %"},
		{1, 0.9, 1.1, "2.00x", "1.90x … 2.10x"},
		{-0.5, -0.55, -0.48, "2.00x", "1.92x … 2.22x"},
		{-0.524, -0.53, -0.51, "2.10x", "2.04x … 2.13x"},
		{-0.9, -0.91, -0.89, "10x", "9.1x … 11.1x"},
		{8.994, 8.9, 9.1, "9.99x", "9.9x … 10.1x"},
		{99, 98, 100, "100x", "99.0x … 101.0x"},
		{1.5, -0.2, 4, "2.50x", "−20.0 … +400.0 %"}, // no factor where the direction is open
		{0, 0, 0, "0 %", "0 … 0 %"},
		{0.0004, -0.0001, 0.0008, "+0.04 %", "−0.01 … +0.08 %"},
		{0.00002, -0.0011, 0.001, "+0.002 %", "−0.1 … +0.1 %"},
		{-1, -1, -1, "−100.0 %", "−100.0 … −100.0 %"},
	} {
		if got := formatChange(tc.change); got != tc.want {
			t.Errorf("change %g: %q, want %q", tc.change, got, tc.want)
		}
		if got := formatInterval(tc.change, tc.low, tc.high); got != tc.interval {
			t.Errorf("interval of %g: %q, want %q", tc.change, got, tc.interval)
		}
	}
}

func TestDurationsAreWhatPeopleSay(t *testing.T) {
	for s, want := range map[float64]string{
		0: "0 ms", 0.85: "850 ms", 3.24: "3.2 s", 42.3: "42 s", 59.4: "59 s", 59.7: "1 min", 250.1: "4 min 10 s",
		600: "10 min", 3599.9: "1 h", 3900: "1 h 5 min", 7200: "2 h",
	} {
		if got := formatSeconds(s); got != want {
			t.Errorf("%g s: %q, want %q", s, got, want)
		}
	}
}

func TestQuantilesInterpolate(t *testing.T) {
	v := []float64{1, 2, 3, 4}
	for q, want := range map[float64]float64{0: 1, 0.5: 2.5, 0.95: 3.85, 1: 4} {
		if got := quantile(v, q); math.Abs(got-want) > 1e-12 {
			t.Errorf("quantile %g of %v is %g, want %g", q, v, got, want)
		}
	}
}
