package bench

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchunit"
)

// Words that people write for units.
var unitWords = []struct{ word, unit string }{
	{"time", Time}, {"memory", Bytes}, {"allocs", Allocs}, {"throughput", BytesPerSec}, {"instructions", Instructions},
}

// UnitNamed is the unit that a word stands for: time, memory, allocs, throughput and instructions, or a unit as a
// benchmark reports it ("ns/op", "p99-ns", "hits"), in the base units in which it is recorded.
func UnitNamed(word string) string {
	for _, u := range unitWords {
		if u.word == word {
			return u.unit
		}
	}
	_, unit := benchunit.Tidy(1, word)
	return unit
}

// UnitWord is the word for a unit that has one, and else the unit.
func UnitWord(unit string) string {
	for _, u := range unitWords {
		if u.unit == unit {
			return u.word
		}
	}
	return unit
}

// A Bound is what a target asks of a figure.
type Bound struct {
	// Text is the bound as it was written: "<= 1.8ms".
	Text string
	// AtMost says that the figure must not be above Value; otherwise it must not be below.
	AtMost bool
	// Relative says that the figure is the change against base.
	Relative bool
	// Value is in base units, or a fraction of base where it is relative.
	Value float64
}

// roundOff is how far a figure may be beyond a bound and still be on it: what writing a number with a
// decimal point costs.
const roundOff = 1e-9

// Holds tells whether a value keeps the bound.
func (b Bound) Holds(v float64) bool {
	slack := roundOff * max(b.Value, -b.Value)
	if b.AtMost {
		return v <= b.Value+slack
	}
	return v >= b.Value-slack
}

var (
	boundForm  = regexp.MustCompile(`^(<=|>=)\s*(\S.*)$`)
	amountForm = regexp.MustCompile(`^([+-]?)([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)\s*(\S*)$`)
)

// ParseBound reads a bound on a unit, which may be given by its word: "<= 1.8ms", ">= 100MB/s",
// "<= 0", or against base "<= +5%". An error is a *Fault that says what was expected.
func ParseBound(unit, text string) (Bound, error) {
	text = strings.TrimSpace(text)
	example := `write <= or >= and a limit, such as "` + exampleBound(UnitNamed(unit)) + `", or a change against base, such as "<= +5%"`
	m := boundForm.FindStringSubmatch(text)
	if m == nil {
		return Bound{}, Faultf(ExitUsage, example, "%s is no target", Quote(text))
	}
	b := Bound{Text: m[1] + " " + m[2], AtMost: m[1] == "<="}
	amount := amountForm.FindStringSubmatch(m[2])
	if amount == nil {
		return Bound{}, Faultf(ExitUsage, example, "%s has no number after its %s", Quote(text), m[1])
	}
	sign, suffix := amount[1], amount[3]
	v, err := strconv.ParseFloat(sign+amount[2], 64)
	if err != nil {
		return Bound{}, Faultf(ExitUsage, example, "%s has a number that is too large", Quote(text))
	}
	if suffix == "%" {
		b.Relative, b.Value = true, v/100
		switch {
		case sign == "":
			return Bound{}, Faultf(ExitUsage, "write "+m[1]+" +"+amount[2]+"% for a change against base", "%s does not say of what it is a part", Quote(text))
		case v <= -100:
			return Bound{}, Faultf(ExitUsage, "a change against base lies above -100%", "%s can never be met", Quote(text))
		}
		return b, nil
	}
	if _, per, ok := strings.Cut(UnitNamed(unit), "/"); ok {
		suffix = strings.TrimSuffix(suffix, "/"+per)
	}
	b.Value, err = absolute(unit, v, suffix)
	if err != nil {
		return Bound{}, Faultf(ExitUsage, example, "%s %w", Quote(text), err)
	}
	if math.IsInf(b.Value, 0) {
		return Bound{}, Faultf(ExitUsage, example, "%s has a number that is too large", Quote(text))
	}
	if scale := scaleOf(unit); suffix == "" && scale != "" { // what it is a number of would be lost with the unit
		written := sign + amount[2] + scale
		if same, err := absolute(UnitNamed(unit), v, scale); err != nil || same != b.Value { // "MB*ns" has two
			written = strconv.FormatFloat(b.Value, 'g', -1, 64)
		}
		b.Text = m[1] + " " + written
	}
	return b, nil
}

// scaleOf is the part of a unit, as it was written, that its base unit has another of: the "ns" of "ns/op".
func scaleOf(written string) string {
	for _, part := range numerator(written) {
		if part == "ns" || part == "MB" {
			return part
		}
	}
	return ""
}

func exampleBound(unit string) string {
	switch q := numerator(unit); {
	case unit == BytesPerSec:
		return ">= 100MB/s"
	case slices.Contains(q, "sec"):
		return "<= 1.8ms"
	case slices.Contains(q, "B"):
		return "<= 4KiB"
	}
	return "<= 20"
}

// numerator splits what stands before the slash of a unit into its words: "p99", "sec".
func numerator(unit string) []string {
	top, _, _ := strings.Cut(unit, "/")
	return strings.FieldsFunc(top, func(r rune) bool { return r == '-' || r == '_' || r == '*' })
}

// Suffixes of amounts, in base units.
var (
	timeSuffixes = map[string]float64{"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60}
	byteSuffixes = map[string]float64{"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
)

// boundError is what is wrong with an amount, in words that follow it.
type boundError string

func (e boundError) Error() string { return string(e) }

// absolute is an amount of a unit, as it was written, in base units.
func absolute(written string, v float64, suffix string) (float64, error) {
	suffixes, own := map[string]float64(nil), numerator(UnitNamed(written))
	switch {
	case slices.Contains(own, "sec"):
		suffixes = timeSuffixes
	case slices.Contains(own, "B"):
		suffixes = byteSuffixes
	}
	scale, known := suffixes[suffix]
	switch {
	case written == "time" && suffix == "":
		return 0, boundError("has no unit of time")
	case suffix == "": // in the unit as it is written
		scale, _ = benchunit.Tidy(1, written)
	case suffixes == nil && slices.Contains(own, suffix):
		scale = 1
	case !known:
		return 0, boundError("has the unit " + Quote(suffix) + ", which is none of " + written)
	}
	if v < 0 && suffixes != nil {
		return 0, boundError("is below zero")
	}
	return v * scale, nil
}

// longestQuote is how much of a text that cannot be read is shown.
const longestQuote = 60

// Quote shows text that came from a file in a message: in quotes, in one line, with nothing in it that
// acts on a terminal, and cut where it is long.
func Quote(s string) string {
	if r := []rune(s); len(r) > longestQuote {
		s = string(r[:longestQuote-1]) + "…"
	}
	return strconv.Quote(s)
}
