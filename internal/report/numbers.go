package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// A quantity is what kind of thing a unit counts, which decides its prefixes and its words.
type quantity int

const (
	quantityCount quantity = iota // 12.3k
	quantityTime                  // 1.72 ms
	quantityBytes                 // 1.25 KiB
	quantityRate                  // 12.3 MiB/s
)

// quantityOf reads the quantity from a unit's name in its tidied form: "sec/op", "p99-sec/op",
// "B/op", "heap-B", "B/s".
func quantityOf(unit string) quantity {
	above, below, _ := strings.Cut(unit, "/")
	for _, part := range strings.FieldsFunc(above, func(r rune) bool { return r == '-' || r == '_' }) {
		switch {
		case part == "sec":
			return quantityTime
		case part == "B" && below == "s":
			return quantityRate
		case part == "B":
			return quantityBytes
		}
	}
	return quantityCount
}

type prefix struct {
	name   string
	factor float64
}

var (
	timePrefixes   = []prefix{{"s", 1}, {"ms", 1e-3}, {"µs", 1e-6}, {"ns", 1e-9}}
	bytePrefixes   = []prefix{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}
	ratePrefixes   = []prefix{{"TiB/s", 1 << 40}, {"GiB/s", 1 << 30}, {"MiB/s", 1 << 20}, {"KiB/s", 1 << 10}, {"B/s", 1}}
	numberPrefixes = []prefix{{"T", 1e12}, {"G", 1e9}, {"M", 1e6}, {"k", 1e3}, {"", 1}}
)

// formatValue writes a value in base units with a prefix and as many digits as its interval earns:
// "1.72 ms", "210 ns", "1.25 KiB", "4". Unknown bounds (NaN) are taken for three digits' worth.
func formatValue(v, low, high float64, unit string) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	half := math.Max(high-v, v-low) // NaN where there is no interval
	q := quantityOf(unit)
	if q == quantityCount && v == math.Trunc(v) && math.Abs(v) < 1e6 && (!(half > 0) || math.IsInf(half, 1)) {
		return strconv.FormatFloat(v, 'f', 0, 64) // a count is itself: 12345 and 12346 differ
	}
	digits := earnedDigits(v, half)
	prefixes := map[quantity][]prefix{quantityCount: numberPrefixes, quantityTime: timePrefixes,
		quantityBytes: bytePrefixes, quantityRate: ratePrefixes}[q]
	p := prefixes[len(prefixes)-1]
	rounded := roundTo(v, digits)
	for _, candidate := range prefixes {
		if math.Abs(rounded) >= candidate.factor*0.9999999999 { // 1e-3 is no power of two
			p = candidate
			break
		}
	}
	if v == 0 && q == quantityTime {
		p = timePrefixes[0]
	}
	number := formatDigits(v/p.factor, digits)
	if half == 0 && strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	if q == quantityCount {
		return number + p.name
	}
	return number + " " + p.name
}

// earnedDigits is the number of significant digits down to the first digit of the uncertainty: 2 to
// 4, 3 where the uncertainty is unknown, 4 where there is none.
func earnedDigits(v, half float64) int {
	switch {
	case math.IsNaN(half) || math.IsInf(half, 0) || v == 0:
		return 3
	case half <= 0:
		return 4
	}
	// Rounding first keeps 1 % from being 0.99999 % and earning another digit.
	return min(4, max(2, exponent(v)-exponent(roundTo(half, 2))+1))
}

// exponent is the decimal exponent of a number's first digit. (The floor of math.Log10 is one less
// at 1000.)
func exponent(v float64) int {
	_, e, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	n, _ := strconv.Atoi(e)
	return n
}

// roundTo rounds to significant digits.
func roundTo(v float64, digits int) float64 {
	f, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', digits-1, 64), 64)
	if err != nil {
		return v
	}
	return f
}

// formatDigits writes a number with significant digits and no exponent: 1234 with two is "1200".
func formatDigits(v float64, digits int) string {
	if v == 0 {
		return "0"
	}
	v = roundTo(v, digits)
	return strconv.FormatFloat(v, 'f', min(12, max(0, digits-1-exponent(v))), 64)
}

// formatSide writes a side's center with its interval: "1.72 ms ± 1 %"; "4" where there is no
// spread; "–" where there is no side.
func formatSide(s *bench.Side, unit string) string {
	text := formatCenter(s, unit)
	if s == nil {
		return text
	}
	v, low, high := float64(s.Center), float64(s.Low), float64(s.High)
	if half := math.Max(high-v, v-low); half > 0 && !math.IsInf(half, 0) && v != 0 {
		text += " ± " + plainPercent(half/math.Abs(v))
	}
	return text
}

// formatCenter is formatSide without the interval.
func formatCenter(s *bench.Side, unit string) string {
	if s == nil || !s.Center.Valid() {
		return "–"
	}
	return formatValue(float64(s.Center), float64(s.Low), float64(s.High), unit)
}

// plainPercent writes a share without a sign: "1 %", "0.4 %".
func plainPercent(f float64) string {
	p := f * 100
	if p >= 0.95 || p < 0.05 {
		return fmt.Sprintf("%.0f %%", p)
	}
	return fmt.Sprintf("%.1f %%", p)
}

// percentDigits is the number of decimals of a change: one, and more where one would show nothing.
func percentDigits(p float64) int {
	switch p = math.Abs(p); {
	case p == 0 || p < 0.0005:
		return 0
	case p < 0.0095:
		return 3
	case p < 0.095:
		return 2
	}
	return 1
}

// signed writes a number of percent with its sign and no unit: "+17.1", "−0.04", "0".
func signed(p float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(p), 'f', decimals, 64)
	switch {
	case strings.Trim(s, "0.") == "":
		return "0"
	case p < 0:
		return "−" + s
	}
	return "+" + s
}

// formatPercent writes a change as a percentage with its sign: "+17.1 %".
func formatPercent(change float64) string {
	return signed(change*100, percentDigits(change*100)) + " %"
}

// formatFactor writes how many times more or less: "2.10x", "10x".
func formatFactor(f float64) string {
	if f >= 9.995 {
		return fmt.Sprintf("%.0fx", f)
	}
	return fmt.Sprintf("%.2fx", f)
}

// factorOf is how many times a change makes a value larger or smaller, always 1 or more; infinite
// from or to zero.
func factorOf(change float64) float64 {
	ratio := 1 + change
	if ratio <= 0 {
		return math.Inf(1)
	}
	return math.Max(ratio, 1/ratio)
}

// formatChange writes a change as people say it: a percentage below 2x and a factor from there on.
func formatChange(change float64) string {
	if f := factorOf(change); f >= 2 && !math.IsInf(f, 0) {
		return formatFactor(f)
	}
	return formatPercent(change)
}

// formatInterval writes the interval of a change in the form that formatChange chose for the
// change: "+15.9 … +18.2 %" or "2.05x … 2.14x".
func formatInterval(change, low, high float64) string {
	if f := factorOf(change); f >= 2 && !math.IsInf(f, 0) && low > -1 && (low > 0) == (high > 0) {
		a, b := factorOf(low), factorOf(high)
		d := 2
		if math.Max(a, b) >= 9.995 {
			d = 1
		}
		return fmt.Sprintf("%.*fx … %.*fx", d, math.Min(a, b), d, math.Max(a, b))
	}
	d := max(percentDigits(low*100), percentDigits(high*100))
	return signed(low*100, d) + " … " + signed(high*100, d) + " %"
}

// formatSeconds writes how long something took: "4 min 10 s", "3.2 s", "850 ms", "1 h 5 min".
func formatSeconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute-500*time.Millisecond:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour-30*time.Second:
		d = d.Round(time.Second)
		return twoParts(int(d/time.Minute), "min", int(d%time.Minute/time.Second), "s")
	}
	d = d.Round(time.Minute)
	return twoParts(int(d/time.Hour), "h", int(d%time.Hour/time.Minute), "min")
}

func twoParts(a int, unitA string, b int, unitB string) string {
	if b == 0 {
		return fmt.Sprintf("%d %s", a, unitA)
	}
	return fmt.Sprintf("%d %s %d %s", a, unitA, b, unitB)
}
