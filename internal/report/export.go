package report

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// An ExportRun is one recorded run as it is exported.
type ExportRun struct {
	bench.Run
	Fingerprint string // of the environment
	Identity    string
}

// An Exporter writes runs for other programs. Close ends the output; it does not close the writer.
type Exporter interface {
	Run(r ExportRun) error
	Close() error
}

// exporters is the table of the forms that runs are exported in, one line each.
var exporters = map[string]func(io.Writer) Exporter{
	"csv":         newCSVExporter,
	"json":        newJSONExporter,
	"openmetrics": newOpenMetrics,
}

// NewExporter makes the exporter of a format: csv, json or openmetrics; nil where there is none.
func NewExporter(format string, w io.Writer) Exporter {
	if make := exporters[format]; make != nil {
		return make(w)
	}
	return nil
}

// A csvExporter writes one line a result.
type csvExporter struct{ w *csv.Writer }

var exportColumns = []string{"repository", "commit", "commit_time", "branch", "subject", "dirty", "measured", "source", "environment", "goos", "goarch", "cpu", "cores",
	"go", "kernel", "runner", "package", "benchmark", "procs", "unit", "plan", "center", "low", "high", "samples"}

func newCSVExporter(w io.Writer) Exporter {
	e := &csvExporter{csv.NewWriter(w)}
	e.w.Write(exportColumns) // its error comes with the next one's
	return e
}

// Run implements Exporter.
func (e *csvExporter) Run(r ExportRun) error {
	rev, env := r.Revision, r.Environment
	for _, res := range r.Results {
		samples := make([]string, len(res.Samples))
		for i, v := range res.Samples {
			samples[i] = exact(v)
		}
		err := e.w.Write([]string{r.Repository, rev.Commit, exportTime(rev.Time), rev.Branch, rev.Subject, strconv.FormatBool(rev.Dirty), exportTime(r.Measured), r.Source, r.Fingerprint,
			env.GOOS, env.GOARCH, env.CPU, strconv.Itoa(env.Cores), env.GoVersion, env.Kernel, env.Runner, res.Benchmark.Package, res.Benchmark.Name,
			strconv.Itoa(res.Benchmark.Procs), res.Unit, res.Plan, finite(res.Center), finite(res.Low), finite(res.High), strings.Join(samples, " ")})
		if err != nil {
			return err
		}
	}
	return nil
}

// Close implements Exporter.
func (e *csvExporter) Close() error {
	e.w.Flush()
	return e.w.Error()
}

func exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// finite is a number as a cell; "" for an interval's end that there is none of.
func finite(v float64) string {
	if !bench.Number(v).Valid() {
		return ""
	}
	return exact(v)
}

func exportTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// ExportSchema is the version of the JSON document that `benchbot export --format json` prints:
// {"schema": …, "runs": [{repository, revision, measured, environment, fingerprint, source, identity,
// results: [{package, benchmark, procs, unit, plan, center, low, high, samples}]}]}.
const ExportSchema = "benchbot-history/1"

// A jsonExporter writes one document, a run a line, so that it need not be in memory whole.
type jsonExporter struct {
	w    io.Writer
	runs int
}

func newJSONExporter(w io.Writer) Exporter { return &jsonExporter{w: w} }

type exportedResult struct {
	bench.Benchmark
	Unit    string       `json:"unit"`
	Plan    string       `json:"plan,omitempty"`
	Center  bench.Number `json:"center"`
	Low     bench.Number `json:"low"`
	High    bench.Number `json:"high"`
	Samples []float64    `json:"samples"`
}

type exportedRun struct {
	Repository  string            `json:"repository"`
	Revision    bench.Revision    `json:"revision"`
	Measured    time.Time         `json:"measured,omitzero"`
	Environment bench.Environment `json:"environment"`
	Fingerprint string            `json:"fingerprint"`
	Source      string            `json:"source"`
	Identity    string            `json:"identity"`
	Results     []exportedResult  `json:"results"`
}

// Run implements Exporter.
func (e *jsonExporter) Run(r ExportRun) error {
	out := exportedRun{r.Repository, r.Revision, r.Measured, r.Environment, r.Fingerprint, r.Source, r.Identity, []exportedResult{}}
	for _, res := range r.Results {
		out.Results = append(out.Results, exportedResult{res.Benchmark, res.Unit, res.Plan, bench.Number(res.Center), bench.Number(res.Low), bench.Number(res.High), res.Samples})
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	before := ",\n"
	if e.runs == 0 {
		before = "{\"schema\": \"" + ExportSchema + "\", \"runs\": [\n"
	}
	e.runs++
	_, err = io.WriteString(e.w, before+string(text))
	return err
}

// Close implements Exporter.
func (e *jsonExporter) Close() error {
	end := "\n]}\n"
	if e.runs == 0 {
		end = "{\"schema\": \"" + ExportSchema + "\", \"runs\": []}\n"
	}
	_, err := io.WriteString(e.w, end)
	return err
}

// compareExported orders benchmarks by package, name and GOMAXPROCS.
func compareExported(a, b bench.Benchmark) int {
	return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Procs, b.Procs))
}
