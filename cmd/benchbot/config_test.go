package main

import (
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/compare"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/measure"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/google/go-cmp/cmp"
)

// The rooms do not know the configuration and have defaults of their own, for who uses them without one.
// They are the same.
func TestDefaultsAgree(t *testing.T) {
	c := config.Default()
	b := bench.Benchmark{Package: "p", Name: "A", Procs: 1}
	for _, unit := range []string{bench.Time, bench.Bytes, bench.Allocs, bench.BytesPerSec, "p99-sec", "hits"} {
		if got, want := c.LimitOf(b, unit), compare.DefaultLimit(unit); got != want {
			t.Errorf("the limit of %s is %v in the configuration and %v in verdicts", unit, got, want)
		}
	}
	if c.Budget.Value != job.DefaultBudget || c.Timeout.Value != measure.DefaultTimeout || c.FalseAlarmRate.Value != compare.DefaultFalseAlarmRate {
		t.Errorf("budget %s, time-out %s, rate %v", c.Budget.Value, c.Timeout.Value, c.FalseAlarmRate.Value)
	}
	if d := cmp.Diff(report.Languages, config.Languages); d != "" {
		t.Errorf("languages, -report +config:\n%s", d)
	}
	run := newRun(&global{})
	for flag, want := range map[string]string{"budget": c.Budget.Value.String(), "timeout": c.Timeout.Value.String(), "fail-on": c.FailOn.Value, "lang": c.Lang.Value} {
		if got := run.Flags().Lookup(flag).DefValue; got != want {
			t.Errorf("--%s is %s unless given, and the configuration says %s", flag, got, want)
		}
	}
}

// What `benchbot init` writes can be read, and so can what its remarks propose.
func TestInitWritesAConfiguration(t *testing.T) {
	files, err := job.InitFiles("example/benchbot@v1")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Path != config.Name {
			continue
		}
		if _, err := config.Read([]byte(f.Text), f.Path); err != nil {
			t.Error(err)
		}
		_, remarks, _ := strings.Cut(f.Text, "#\n")
		c, err := config.Read([]byte(strings.ReplaceAll(remarks, "# ", "")), f.Path)
		if err != nil || !c.Budget.From.InFile() {
			t.Errorf("the remarks: %v", err)
		}
		return
	}
	t.Error("no " + config.Name)
}
