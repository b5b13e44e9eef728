package job

import (
	"bufio"
	"context"
	"io"
	"slices"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/history"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/source"
)

// ExportFormats are the forms that Export writes.
var ExportFormats = []string{"openmetrics", "csv", "json", "benchfmt"}

// ExportOptions say what of a history to export.
type ExportOptions struct {
	Location, Format string
	// Benchmark is a name, a glob or a part of a name; "" for all.
	Benchmark string
	Unit      string // "" for all
	// Environment is the beginning of a fingerprint or a part of an environment's description.
	Environment        string
	Repository, Branch string
	Since, Until       time.Time
	Last               int
	Dirty              bool
	Lang               string // of ExportAlerts' notes; "" stands for "en"
}

// Export writes the runs of a history, oldest recording first; as OpenMetrics, which knows no past, the
// latest run of each repository, source and environment alone. It returns how many runs it wrote.
func Export(ctx context.Context, o ExportOptions, w io.Writer) (int, error) {
	store, err := history.OpenExisting(ctx, o.Location)
	if err != nil {
		return 0, err
	}
	defer store.Close()
	out := bufio.NewWriterSize(w, 1<<16)
	n, err := exportTo(ctx, store, o, out)
	if err != nil {
		return n, err
	}
	return n, out.Flush()
}

func exportTo(ctx context.Context, store history.Store, o ExportOptions, w io.Writer) (int, error) {
	wanted, err := wantedBenchmarks(ctx, store, o.Benchmark)
	if err != nil {
		return 0, err
	}
	runs, err := exportRuns(ctx, store, o)
	if err != nil {
		return 0, err
	}
	var exporter report.Exporter = &benchfmtExporter{w: w}
	if o.Format != "benchfmt" {
		exporter = report.NewExporter(o.Format, w)
	}
	n := 0
	if len(runs) > 0 {
		err = history.EachRun(ctx, store, history.Filter{Dirty: true, Only: runs}, func(r history.Run, run bench.Run) error {
			run.Results = slices.DeleteFunc(run.Results, func(res bench.RunResult) bool {
				return o.Unit != "" && res.Unit != o.Unit || wanted != nil && !slices.Contains(wanted, res.Benchmark)
			})
			if len(run.Results) == 0 {
				return nil
			}
			n++
			return exporter.Run(report.ExportRun{Run: run, Fingerprint: r.Environment.Fingerprint, Identity: r.Identity})
		})
	}
	if err != nil {
		return n, err
	}
	if n == 0 {
		return 0, bench.Faultf(bench.ExitUsage, "benchbot history info tells what is there", "exporting the history %s: none of its runs fits what was asked for", history.DisplayName(o.Location))
	}
	return n, exporter.Close()
}

func wantedBenchmarks(ctx context.Context, store history.Store, pattern string) ([]bench.Benchmark, error) {
	if pattern == "" {
		return nil, nil
	}
	all, err := store.Benchmarks(ctx)
	if err != nil {
		return nil, err
	}
	return findBenchmarks(all, pattern)
}

// exportRuns chooses the runs.
func exportRuns(ctx context.Context, store history.Store, o ExportOptions) ([]int64, error) {
	runs, err := store.Runs(ctx, history.Filter{Repository: o.Repository, Branch: o.Branch, Since: o.Since, Until: o.Until, Dirty: o.Dirty})
	if err != nil {
		return nil, err
	}
	type place struct{ repository, source, environment string }
	seen := map[place]bool{}
	var chosen []int64
	for _, r := range slices.Backward(runs) { // the newest first
		if o.Environment != "" && !fitsEnvironment(history.Usage{Environment: *r.Environment}, o.Environment) {
			continue
		}
		if at := (place{r.Repository, r.Source, r.Environment.Fingerprint}); o.Format == "openmetrics" && seen[at] {
			continue
		} else {
			seen[at] = true
		}
		if chosen = append(chosen, r.ID); len(chosen) == o.Last {
			break
		}
	}
	return chosen, nil
}

// A benchfmtExporter writes runs as files of the history branch hold them.
type benchfmtExporter struct {
	w    io.Writer
	text []byte
}

// Run implements report.Exporter.
func (e *benchfmtExporter) Run(r report.ExportRun) (err error) {
	if e.text, err = source.EncodeRun(e.text[:0], r.Identity, r.Run); err != nil {
		return err
	}
	_, err = e.w.Write(e.text)
	return err
}

// Close implements report.Exporter.
func (e *benchfmtExporter) Close() error { return nil }
