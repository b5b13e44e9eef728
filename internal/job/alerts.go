package job

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/report"
)

// ExportAlerts writes alert rules for Prometheus: one for each benchmark and unit of a history that the
// configuration has a target of. Notes name the targets that there is no rule of: those on a change
// against base, which a metric does not know, and those of nothing that was recorded.
func ExportAlerts(ctx context.Context, o ExportOptions, c *config.Config, w io.Writer) (notes []string, err error) {
	if len(c.Targets) == 0 {
		return nil, bench.Faultf(bench.ExitUsage, `write one, such as targets: {"parse.Decode": {time: "<= 1.8ms"}}`, "writing alert rules: %s has no targets", config.Name)
	}
	store, err := history.OpenExisting(ctx, o.Location)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	wanted, err := wantedBenchmarks(ctx, store, o.Benchmark)
	if err != nil {
		return nil, err
	}
	got, err := store.Series(ctx, history.Filter{Repository: o.Repository, Branch: o.Branch, Since: o.Since, Until: o.Until, Last: o.Last, Dirty: o.Dirty, Unit: o.Unit, Benchmarks: wanted})
	if err != nil {
		return nil, err
	}
	var alerts []report.Alert
	seen := map[report.Alert]bool{}
	used := map[string]bool{}
	for _, s := range got.Series {
		for _, t := range c.Targets {
			if t.Unit == s.Unit && t.Pattern.Match(s.Benchmark) {
				used[t.Pattern.String()+" "+t.Unit] = true
			}
		}
		bound, ok := c.TargetOf(s.Benchmark, s.Unit)
		a := report.Alert{Repository: s.Repository, Benchmark: s.Benchmark, Unit: s.Unit, Bound: bound}
		if ok && !bound.Relative && !seen[a] {
			seen[a] = true
			alerts = append(alerts, a)
		}
	}
	for _, t := range c.Targets {
		name := t.Pattern.String() + " " + bench.UnitWord(t.Unit) + " " + t.Bound.Value.Text
		note := ""
		switch {
		case t.Bound.Value.Relative:
			note, err = report.AlertNote(o.Lang, name, true)
		case !used[t.Pattern.String()+" "+t.Unit]:
			note, err = report.AlertNote(o.Lang, name, false)
		}
		if err != nil {
			return nil, err
		}
		if note != "" {
			notes = append(notes, note)
		}
	}
	if len(alerts) == 0 {
		return notes, bench.Faultf(bench.ExitUsage, "", "writing alert rules: none of the %d targets in %s is a limit on a figure that was recorded", len(c.Targets), config.Name)
	}
	slices.SortStableFunc(alerts, func(a, b report.Alert) int { return cmp.Compare(a.Repository, b.Repository) })
	return notes, report.Alerts(w, alerts)
}
