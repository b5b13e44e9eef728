package main

import (
	"os"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// judgeFlags are the flags of every command that ends in a verdict: how it is reached and how it is
// shown.
type judgeFlags struct {
	threshold string
	rate      float64
	failOn    string
	format    string
	lang      string
}

func (f *judgeFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.threshold, "threshold", "3%", "smallest change of time that matters")
	fl.Float64Var(&f.rate, "false-alarm-rate", compare.DefaultFalseAlarmRate, "probability of any false alarm in the whole comparison")
	fl.StringVar(&f.failOn, "fail-on", "regression", "end with status 1 on a `regression`, a missed target, or never: regression|target|never")
	fl.StringVar(&f.format, "format", "text", "report as text|markdown|json|csv")
	fl.StringVar(&f.lang, "lang", "en", "language of the report: en|es")
	for flag, values := range map[string][]string{"fail-on": {"regression", "target", "never"}, "format": {"text", "markdown", "json", "csv"}, "lang": {"en", "es"}} {
		cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

// settings checks the flags and gives the settings of the statistics.
func (f *judgeFlags) settings() (compare.Settings, error) {
	var s compare.Settings
	for _, c := range []struct {
		flag, value string
		of          []string
	}{
		{"fail-on", f.failOn, []string{"regression", "target", "never"}},
		{"format", f.format, []string{"text", "markdown", "json", "csv"}},
		{"lang", f.lang, []string{"en", "es"}},
	} {
		if !slices.Contains(c.of, c.value) {
			return s, bench.Faultf(bench.ExitUsage, "it is one of "+strings.Join(c.of, ", "), "reading --%s: %q", c.flag, c.value)
		}
	}
	limit, err := percent("threshold", f.threshold)
	if err != nil {
		return s, err
	}
	if !(f.rate > 0 && f.rate < 1) {
		return s, bench.Faultf(bench.ExitUsage, "give a probability between 0 and 1, such as 0.01", "reading --false-alarm-rate: %v", f.rate)
	}
	s.FalseAlarmRate = f.rate
	s.Limit = func(_ bench.Benchmark, unit string) float64 {
		if unit == bench.Time || unit == bench.BytesPerSec {
			return limit
		}
		return compare.DefaultLimit(unit)
	}
	return s, nil
}

// print writes a report to standard output in the chosen form.
func (f *judgeFlags) print(g *global, r *report.Report) error {
	switch f.format {
	case "json":
		return r.Comparison.Write(g.out)
	case "markdown":
		return r.Markdown(g.out)
	case "csv":
		return r.CSV(g.out)
	}
	width, colour := terminal(g)
	return r.Text(g.out, report.TextOptions{Width: width, Color: colour})
}

// terminal tells how wide standard output is and whether it takes colours: 80 columns and none
// where it is no terminal.
func terminal(g *global) (width int, colour bool) {
	out, ok := g.out.(*os.File)
	if !ok || !term.IsTerminal(int(out.Fd())) {
		return 80, false
	}
	w, _, err := term.GetSize(int(out.Fd()))
	if err != nil || w <= 0 {
		w = 80
	}
	return w, !g.noColor
}

// status is the exit status that a comparison asks for.
func (f *judgeFlags) status(c *bench.Comparison) int {
	for _, fail := range c.Failures {
		if fail.InHead() {
			return bench.ExitBuild
		}
	}
	if f.failOn == "never" {
		return bench.ExitOK
	}
	for _, r := range c.Results {
		missed := r.Target != nil && r.Target.Met == bench.TargetMissed
		if !r.Quarantined && (missed || f.failOn == "regression" && r.Verdict == bench.Regression) {
			return bench.ExitRegression
		}
	}
	return bench.ExitOK
}
