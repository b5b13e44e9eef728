package source

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// Bencher's command prints what its server keeps as JSON, in two forms. `bencher perf` gives results,
// one for each branch, testbed, benchmark and measure, each with its metrics: the report that they came
// with, iteration, start_time, version (hash: the commit) and metric (value). `bencher report view` and
// `list` give reports: branch (with head.version.hash), testbed, start_time, and results, a list an
// iteration of benchmarks with their measures. Built-in measures are latency (ns), throughput (ops/s)
// and allocated (bytes); a bound below or above a value is not a sample, and left where it is.
//
// Seen in https://github.com/bencherdev/bencher (lib/bencher_json/src/project/perf.rs, report.rs,
// measure/built_in.rs).
type bencherNamed struct{ Name, Slug, Units string }

type bencherVersion struct{ Hash string }

type bencherMetric struct{ Value float64 }

type bencherPerf struct {
	Project bencherNamed
	Results []struct {
		Branch, Testbed, Benchmark, Measure bencherNamed
		Metrics                             []struct {
			Report    string
			StartTime time.Time `json:"start_time"`
			Version   bencherVersion
			Metric    bencherMetric
		}
	}
}

type bencherReport struct {
	UUID   string
	Branch struct {
		Name    string
		Head    struct{ Version bencherVersion }
		Version bencherVersion // where older servers have it
	}
	Testbed   bencherNamed
	StartTime time.Time `json:"start_time"`
	Results   [][]struct {
		Benchmark bencherNamed
		Measures  []struct {
			Measure bencherNamed
			Metric  bencherMetric
		}
	}
}

func isBencher(head []byte) bool {
	return (bytes.HasPrefix(head, []byte("[")) || bytes.HasPrefix(head, []byte("{"))) && bytes.Contains(head, []byte(`"testbed"`))
}

func readBencher(content []byte) ([]bench.Run, int, error) {
	var reports []bencherReport
	trimmed := bytes.TrimSpace(content)
	if bytes.HasPrefix(trimmed, []byte("[")) {
		if err := decode(trimmed, &reports); err != nil {
			return nil, 0, err
		}
		return bencherReports(reports)
	}
	var either struct {
		UUID    string
		Results json.RawMessage
	}
	if err := decode(trimmed, &either); err != nil {
		return nil, 0, err
	}
	if bytes.HasPrefix(bytes.TrimLeft(either.Results, "[ \t\r\n"), []byte("{")) && either.UUID == "" {
		var perf bencherPerf
		if err := decode(trimmed, &perf); err != nil {
			return nil, 0, err
		}
		return bencherPerfRuns(perf)
	}
	reports = make([]bencherReport, 1)
	if err := decode(trimmed, &reports[0]); err != nil {
		return nil, 0, err
	}
	return bencherReports(reports)
}

func bencherPerfRuns(perf bencherPerf) ([]bench.Run, int, error) {
	type key struct{ report, testbed string }
	at := map[key]*importedRun{}
	var runs []*importedRun
	for _, result := range perf.Results {
		for _, m := range result.Metrics {
			if m.Version.Hash == "" {
				return nil, 0, fmt.Errorf("a metric of %s has no version hash, so its commit is not known", result.Benchmark.Name)
			}
			k := key{m.Report, result.Testbed.Name}
			if m.Report == "" {
				k.report = m.Version.Hash + m.StartTime.String()
			}
			r := at[k]
			if r == nil {
				r = bencherRun(m.Version.Hash, result.Branch.Name, result.Testbed.Name, m.StartTime)
				at[k] = r
				runs = append(runs, r)
			}
			r.add(bencherBenchmark(result.Benchmark.Name), bencherUnit(result.Measure), m.Metric.Value)
		}
	}
	slices.SortStableFunc(runs, func(a, b *importedRun) int { return a.Measured.Compare(b.Measured) })
	out, leftOut := finishAll(runs)
	return out, leftOut, nil
}

func bencherReports(reports []bencherReport) ([]bench.Run, int, error) {
	var runs []*importedRun
	for _, report := range reports {
		hash := cmp.Or(report.Branch.Head.Version.Hash, report.Branch.Version.Hash)
		if hash == "" {
			return nil, 0, fmt.Errorf("report %s has no version hash, so its commit is not known", report.UUID)
		}
		r := bencherRun(hash, report.Branch.Name, report.Testbed.Name, report.StartTime)
		for _, iteration := range report.Results {
			for _, result := range iteration {
				for _, m := range result.Measures {
					r.add(bencherBenchmark(result.Benchmark.Name), bencherUnit(m.Measure), m.Metric.Value)
				}
			}
		}
		runs = append(runs, r)
	}
	slices.SortStableFunc(runs, func(a, b *importedRun) int { return a.Measured.Compare(b.Measured) })
	out, leftOut := finishAll(runs)
	return out, leftOut, nil
}

// bencherRun begins a run. The testbed is all that is known of the machine.
func bencherRun(commit, branch, testbed string, measured time.Time) *importedRun {
	return &importedRun{Run: bench.Run{
		Revision: bench.Revision{Commit: commit, Branch: branch}, Measured: measured.UTC(), Environment: bench.Environment{Runner: testbed},
	}}
}

// bencherBenchmark takes a name as `go test` has it ("BenchmarkX/y-8") apart; others stay as they are.
func bencherBenchmark(name string) bench.Benchmark {
	b := bench.Benchmark{Name: name, Procs: 1}
	if strings.HasPrefix(name, "Benchmark") {
		b.Name, b.Procs = bench.ParseName(name)
	}
	return b
}

func bencherUnit(m bencherNamed) string {
	switch slug := cmp.Or(m.Slug, m.Name); slug {
	case "latency":
		return "ns/op"
	case "throughput":
		return "ops/s"
	case "allocated":
		return "B/op"
	default:
		return slug
	}
}
