package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// openMetrics writes the latest figures as OpenMetrics text that is Prometheus' older text format as
// well, as the node exporter's textfile collector reads nothing else: gauges alone, no timestamps, no
// exemplars, "# EOF" last (https://prometheus.io/docs/specs/om/open_metrics_spec/,
// https://prometheus.io/docs/instrumenting/exposition_formats/).
//
// Names and units follow Prometheus' conventions (https://prometheus.io/docs/practices/naming/): base
// units, which stand last in the name. A commit is no label of the figures, or every commit would
// begin another series; it is one of benchbot_run_info, which can be joined by repository, source and
// environment.
type openMetrics struct {
	w        io.Writer
	families []family
}

// A family is one metric and its lines.
type family struct {
	name, unit, help string
	lines            []string
}

func newOpenMetrics(w io.Writer) Exporter {
	return &openMetrics{w: w}
}

// A metricUnit is how a unit of results is named in Prometheus.
type metricUnit struct{ suffix, unit, what string }

var metricUnits = map[string]metricUnit{
	bench.Time:         {"seconds", "seconds", "time an operation takes"},
	bench.Bytes:        {"allocated_bytes", "bytes", "bytes that an operation allocates"},
	bench.Allocs:       {"allocations", "", "allocations of an operation"},
	bench.Instructions: {"instructions", "", "instructions of an operation"},
	bench.BytesPerSec:  {"bytes_per_second", "", "bytes processed in a second"},
}

// otherUnit stands for all units that Prometheus has no word for, which the label unit tells apart.
var otherUnit = metricUnit{"value", "", "figure that a benchmark reports, in the unit that the label says"}

// Run implements Exporter.
func (e *openMetrics) Run(r ExportRun) error {
	of := labels{{"repository", r.Repository}, {"source", r.Source}, {"environment", r.Fingerprint}}
	rev, env := r.Revision, r.Environment
	e.add("benchbot_run_info", "", "The latest run of a repository in an environment, whose figures these are.",
		append(slices.Clone(of), label{"commit", rev.Commit}, label{"branch", rev.Branch}, label{"goos", env.GOOS}, label{"goarch", env.GOARCH},
			label{"cpu", env.CPU}, label{"cores", strings.TrimPrefix(strconv.Itoa(env.Cores), "0")}, label{"go", env.GoVersion}, label{"kernel", env.Kernel}, label{"runner", env.Runner}), 1)
	if !rev.Time.IsZero() {
		e.add("benchbot_run_commit_timestamp_seconds", "seconds", "When the commit of the latest run was made.", of, float64(rev.Time.UnixMilli())/1e3)
	}
	results := slices.Clone(r.Results)
	slices.SortFunc(results, func(a, b bench.RunResult) int {
		return cmp.Or(compareExported(a.Benchmark, b.Benchmark), cmp.Compare(a.Unit, b.Unit))
	})
	for _, res := range results {
		u, known := metricUnits[res.Unit]
		if !known {
			u = otherUnit
		}
		l := append(slices.Clone(of), label{"package", res.Benchmark.Package}, label{"benchmark", res.Benchmark.Name},
			label{"procs", strconv.Itoa(res.Benchmark.Procs)}, label{"plan", res.Plan})
		if !known {
			l = append(l, label{"unit", res.Unit})
		}
		e.add("benchbot_benchmark_"+u.suffix, u.unit, "Center (median) of the samples: "+u.what+".", l, res.Center)
		e.add("benchbot_benchmark_low_"+u.suffix, u.unit, "Lower end of the center's 95 % interval: "+u.what+".", l, res.Low)
		e.add("benchbot_benchmark_high_"+u.suffix, u.unit, "Upper end of the center's 95 % interval: "+u.what+".", l, res.High)
	}
	return nil
}

type label struct{ name, value string }

type labels []label

// add adds a line, unless there is no number to write.
func (e *openMetrics) add(name, unit, help string, l labels, v float64) {
	if !bench.Number(v).Valid() {
		return
	}
	i := slices.IndexFunc(e.families, func(f family) bool { return f.name == name })
	if i < 0 {
		i = len(e.families)
		e.families = append(e.families, family{name: name, unit: unit, help: help})
	}
	var b strings.Builder
	b.WriteString(name)
	between := "{"
	for _, one := range l {
		if one.value == "" {
			continue // which means the same
		}
		fmt.Fprintf(&b, `%s%s="%s"`, between, one.name, labelEscapes.Replace(strings.ToValidUTF8(one.value, "\ufffd")))
		between = ","
	}
	if between == "," {
		b.WriteString("}")
	}
	b.WriteString(" " + exact(v) + "\n")
	e.families[i].lines = append(e.families[i].lines, b.String())
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// Close implements Exporter: the lines of one metric have to stand together.
func (e *openMetrics) Close() error {
	slices.SortFunc(e.families, func(a, b family) int { return cmp.Compare(a.name, b.name) })
	var b bytes.Buffer
	for _, f := range e.families {
		fmt.Fprintf(&b, "# TYPE %s gauge\n", f.name)
		if f.unit != "" {
			fmt.Fprintf(&b, "# UNIT %s %s\n", f.name, f.unit)
		}
		fmt.Fprintf(&b, "# HELP %s %s\n", f.name, f.help)
		for _, line := range f.lines {
			b.WriteString(line)
		}
	}
	b.WriteString("# EOF\n")
	_, err := e.w.Write(b.Bytes())
	return err
}
