package history

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// sameBits compares rows bit by bit; any NaN stands for any other.
func sameBits(a, b row) bool {
	same := func(v, w float64) bool {
		return math.Float64bits(v) == math.Float64bits(w) || math.IsNaN(v) && math.IsNaN(w)
	}
	return a.Key == b.Key && same(a.Center, b.Center) && same(a.Low, b.Low) && same(a.High, b.High) &&
		slices.EqualFunc(a.Samples, b.Samples, func(v, w float64) bool { return math.Float64bits(v) == math.Float64bits(w) })
}

func checkRoundTrip(t rapid.TB, rows []row) []byte {
	t.Helper()
	b := encodeBlock(rows)
	got, err := decodeBlock(b)
	if err != nil {
		t.Fatalf("reading back %v: %v", rows, err)
	}
	if !slices.EqualFunc(rows, got, sameBits) {
		t.Fatalf("wrote %v, read %v", rows, got)
	}
	return b
}

// anyFloat draws floats of every kind that benchmarks give, and the odd ones.
func anyFloat() *rapid.Generator[float64] {
	finite := rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64)
	return rapid.OneOf(
		finite,
		rapid.Map(rapid.IntRange(0, 1_000_000), func(n int) float64 { return float64(n) }),
		rapid.Map(rapid.IntRange(0, 1_000_000), func(n int) float64 { return float64(n) / 100 * 1e-9 }),
		rapid.Map(rapid.IntRange(0, 1_000_000), func(n int) float64 { return float64(n) / 100 * 1e6 }),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.SmallestNonzeroFloat64, math.MaxFloat64, -1, 1 << 53, 1<<53 + 2}),
	)
}

func TestBlockGivesBackEveryBit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []row
		key := int64(0)
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			key += int64(rapid.IntRange(1, 1<<40).Draw(t, "step"))
			r := row{Key: key, Samples: rapid.SliceOfN(anyFloat(), 0, 300).Draw(t, "samples")}
			bounds := rapid.OneOf(anyFloat(), rapid.SampledFrom(append([]float64{math.NaN(), math.Inf(1), math.Inf(-1)}, r.Samples...)))
			r.Center, r.Low, r.High = bounds.Draw(t, "center"), bounds.Draw(t, "low"), bounds.Draw(t, "high")
			rows = append(rows, r)
		}
		checkRoundTrip(t, rows)
	})
}

// TestBlockSizes holds the sizes that the whole store's size rests on.
func TestBlockSizes(t *testing.T) {
	const runs, samples = 512, 10
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name   string
		sample func() float64
		most   float64 // bytes a row
	}{
		{"equal counts", func() float64 { return 4096 }, 4},
		{"noisy counts", func() float64 { return math.Round(20_000 * (1 + 0.01*random.NormFloat64())) }, 32},
		{"printed nanoseconds", func() float64 { return math.Round(1234*(1+0.02*random.NormFloat64())) * 1e-9 }, 28},
		{"arbitrary floats within a few per cent", func() float64 { return 1.234e-6 * (1 + 0.02*random.NormFloat64()) }, 80},
	} {
		rows := make([]row, runs)
		for i := range rows {
			s := make([]float64, samples)
			for j := range s {
				s[j] = c.sample()
			}
			sorted := slices.Sorted(slices.Values(s))
			rows[i] = row{Key: int64(i + 1), Center: (sorted[4] + sorted[5]) / 2, Low: sorted[1], High: sorted[8], Samples: s}
		}
		perRow := float64(len(checkRoundTrip(t, rows))) / runs
		t.Logf("%s: %.1f bytes a row of %d samples", c.name, perRow, samples)
		if perRow > c.most {
			t.Errorf("%s: %.1f bytes a row, want at most %v", c.name, perRow, c.most)
		}
	}
}

func TestDamagedBlockIsNoticed(t *testing.T) {
	b := encodeBlock([]row{{Key: 3, Center: 2e-6, Low: 1e-6, High: 3e-6, Samples: []float64{1e-6, 2e-6, 3e-6}}})
	for i := range b {
		bad := slices.Clone(b)
		bad[i] ^= 0x10
		if _, err := decodeBlock(bad); err == nil {
			t.Errorf("a flipped bit in byte %d of %d went unnoticed", i, len(b))
		}
	}
	for n := range b {
		if _, err := decodeBlock(b[:n]); err == nil {
			t.Errorf("the block cut to %d of %d bytes went unnoticed", n, len(b))
		}
	}
}

// FuzzDecodeBlock feeds blocks whose check sum is right and whose rows are anything: the reader may
// refuse them, and must neither panic nor run away.
func FuzzDecodeBlock(f *testing.F) {
	f.Add(encodeBlock([]row{{Key: 1, Center: 1, Low: 1, High: 2, Samples: []float64{1, 2}}}))
	f.Add(encodeBlock([]row{{Key: 1, Center: 0.1, Low: math.Pi, High: math.NaN(), Samples: []float64{1e-9, math.E}}, {Key: 9}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 4 {
			return
		}
		body := b[:len(b)-4]
		decodeBlock(binary.LittleEndian.AppendUint32(slices.Clone(body), crc32.Checksum(body, castagnoli)))
	})
}
