package report

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/benchbot/benchbot/internal/bench"
)

// A Selftest is what a machine can tell apart.
type Selftest struct {
	Environment bench.Environment `json:"environment"`
	Seed        int64             `json:"seed"`
	Seconds     float64           `json:"total_seconds"`
	Notes       []string          `json:"notes"`
	Effects     []SelftestEffect  `json:"effects"`
}

// A SelftestEffect is what became of the benchmarks that got slower by one known share.
type SelftestEffect struct {
	// Effect is the share, as a fraction; 0 for benchmarks whose revisions do the same work.
	Effect     float64 `json:"effect"`
	Benchmarks int     `json:"benchmarks"`
	// Slower, Faster and Inconclusive count their verdicts; the rest is unchanged.
	Slower       int `json:"slower"`
	Faster       int `json:"faster"`
	Inconclusive int `json:"inconclusive"`
	// Covered counts those whose 95 % interval holds the effect.
	Covered int `json:"covered"`
	// Change, HalfWidth and Pairs are medians: of the change seen, of half the interval's width, of
	// the pairs that it took, layouts included.
	Change    bench.Number `json:"change"`
	HalfWidth bench.Number `json:"half_width"`
	Pairs     bench.Number `json:"pairs"`
}

// FalseAlarms counts the benchmarks without a change that were called changed.
func (s *Selftest) FalseAlarms() int {
	n := 0
	for _, e := range s.Effects {
		if e.Effect == 0 {
			n += e.Slower + e.Faster
		} else {
			n += e.Faster
		}
	}
	return n
}

// JSON writes the self-test as one document.
func (s *Selftest) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(s)
}

// Text writes the self-test as a table, in a language.
func (s *Selftest) Text(w io.Writer, lang string) error {
	c, err := catalogueOf(lang)
	if err != nil {
		return err
	}
	p := printer{catalogue: c, escape: Terminal}
	lines := []safe{p.say("selftest.head", "machine", s.Environment.String(), "seconds", fmt.Sprintf("%.0f", s.Seconds)), "", p.say("selftest.columns")}
	for _, e := range s.Effects {
		name := p.say("selftest.same")
		if e.Effect > 0 {
			name = safe(fmt.Sprintf("%+.0f %%", 100*e.Effect))
		}
		lines = append(lines, padRight(name, 12)+safe(fmt.Sprintf("%9d %8d %8d %8d   %+7.2f %% ± %.2f %%  %6.0f/%d %7.0f", e.Benchmarks, e.Slower, e.Faster, e.Inconclusive,
			100*float64(e.Change), 100*float64(e.HalfWidth), float64(e.Covered), e.Benchmarks, float64(e.Pairs))))
	}
	lines = append(lines, "", p.count("selftest.alarms", s.FalseAlarms()), p.say("selftest.meaning"))
	for _, n := range s.Notes {
		lines = append(lines, p.say("selftest.note", "note", p.note(n)))
	}
	for _, l := range lines {
		if _, err := fmt.Fprintln(w, string(l)); err != nil {
			return fmt.Errorf("writing the self-test: %w", err)
		}
	}
	return nil
}
