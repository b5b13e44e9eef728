package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/benchbot/benchbot/internal/bench"
	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
)

// A run file is a recorded run as Go benchmark text: what the history branch holds, and what
// `benchbot export --format benchfmt` prints. Any tool that reads benchmarks of Go reads it, and
// ParseRuns gives back the very same run, bit by bit.
//
// It opens with configuration lines that say what was measured, each of them in every file, also
// where it is empty, so that files can be put one after the other: run (its identity, and where a
// run begins), repository, commit, parents, branch, subject, commit-time, label, dirty, measured,
// source, goos, goarch, cpu, cores, go, kernel, runner. Then come a line a sample, benchmark by
// benchmark, in base units, with one iteration, as the history does not keep their number. Before
// them stand pkg and plan, and only where they are needed: procs, where the name's -N suffix does not
// tell GOMAXPROCS, and summary, where center and interval are not those that the samples give.
//
// accepted stands only in the file of a run with which a regression was accepted, and reference only where
// one was taken, after the identity that they hold for: so they do not reach a run after it, whose file was
// written without.
//
// A value that could not stand in a line as it is (control characters, blanks at its ends) is quoted
// as in Go.
const (
	runKeyLine     = "run"
	summaryKeyLine = "summary"
	procsKeyLine   = "procs"
	acceptedLine   = "accepted"
	referenceLine  = "reference"
)

// EncodeRun appends a run with its identity to text in the form of a run file. It fails with a
// *bench.Fault where the text would not give the same run back: a name with a blank in it.
func EncodeRun(text []byte, identity string, run bench.Run) ([]byte, error) {
	start := len(text)
	text = appendRun(text, identity, run)
	same := false
	err := ParseRuns(bytes.NewReader(text[start:]), "the run", func(got string, back bench.Run) error {
		same = got == identity && SameRun(run, back)
		return nil
	})
	if err == nil && !same {
		err = errors.New("it would read back as another one: a name or unit has a blank in it")
	}
	if err != nil {
		return text[:start], bench.Faultf(bench.ExitUsage, "", "writing the run of %s as text: %w", run.Revision.Label, err)
	}
	return text, nil
}

// SameRun tells whether two runs have the same content, whatever the order of their results.
func SameRun(a, b bench.Run) bool {
	ra, rb := a.Revision, b.Revision
	if a.Repository != b.Repository || !a.Measured.Equal(b.Measured) || a.Environment != b.Environment || a.Reference != b.Reference || a.Source != b.Source ||
		ra.Commit != rb.Commit || ra.Label != rb.Label || !ra.Time.Equal(rb.Time) || ra.Subject != rb.Subject || ra.Branch != rb.Branch ||
		!slices.Equal(ra.Parents, rb.Parents) || !slices.Equal(ra.Accepted, rb.Accepted) || ra.Dirty != rb.Dirty || len(a.Results) != len(b.Results) {
		return false
	}
	at := map[resultKey]*bench.RunResult{}
	for i := range a.Results {
		r := &a.Results[i]
		at[resultKey{r.Benchmark, r.Unit}] = r
	}
	bits := func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y }
	for _, y := range b.Results {
		x := at[resultKey{y.Benchmark, y.Unit}]
		if x == nil || x.Plan != y.Plan || !slices.EqualFunc(x.Samples, y.Samples, bits) || !bits(x.Center, y.Center) || !bits(x.Low, y.Low) || !bits(x.High, y.High) {
			return false
		}
	}
	return true
}

func appendRun(text []byte, identity string, run bench.Run) []byte {
	line := func(key, value string) {
		text = append(append(text, key...), ':')
		if value != "" {
			text = append(append(text, ' '), quoteValue(value)...)
		}
		text = append(text, '\n')
	}
	rev, env := run.Revision, run.Environment
	line(runKeyLine, identity)
	line("repository", run.Repository)
	line("commit", rev.Commit)
	line("parents", strings.Join(rev.Parents, " "))
	line("branch", rev.Branch)
	line("subject", rev.Subject)
	line("commit-time", formatTime(rev.Time))
	line("label", rev.Label)
	line("dirty", map[bool]string{true: "true"}[rev.Dirty])
	line("measured", formatTime(run.Measured))
	line("source", run.Source)
	line("goos", env.GOOS)
	line("goarch", env.GOARCH)
	line("cpu", env.CPU)
	cores := ""
	if env.Cores != 0 {
		cores = strconv.Itoa(env.Cores)
	}
	line("cores", cores)
	line("go", env.GoVersion)
	line("kernel", env.Kernel)
	line("runner", env.Runner)
	if len(rev.Accepted) > 0 {
		line(acceptedLine, identity+" "+bench.EncodeAcceptances(rev.Accepted))
	}
	if run.Reference != (bench.Reference{}) {
		line(referenceLine, identity+" "+bench.EncodeReference(run.Reference))
	}
	line(bench.PairedKey, "") // a file before this one may have said it

	now := map[string]string{}
	set := func(key, value string, first bool) {
		if have, ok := now[key]; first || have != value || !ok && value != "" {
			now[key] = value
			line(key, value)
		}
	}
	for i, g := range groupResults(run.Results) {
		set("pkg", g[0].Benchmark.Package, i == 0)
		set("plan", g[0].Plan, i == 0)
		set(procsKeyLine, procsLine(g[0].Benchmark), i == 0)
		set(summaryKeyLine, summaryLine(g), i == 0)
		text = appendSamples(text, g)
	}
	return text
}

// groupResults gathers the results that can share lines: those of one benchmark and plan.
func groupResults(results []bench.RunResult) [][]bench.RunResult {
	type key struct {
		benchmark bench.Benchmark
		plan      string
	}
	at := map[key]int{}
	var groups [][]bench.RunResult
	for _, r := range results {
		k := key{r.Benchmark, r.Plan}
		i, ok := at[k]
		if !ok {
			i = len(groups)
			at[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

func appendSamples(text []byte, group []bench.RunResult) []byte {
	full, lines := group[0].Benchmark.Full(), 0
	for _, r := range group {
		lines = max(lines, len(r.Samples))
	}
	for i := range lines {
		text = append(append(text, full...), " 1"...)
		for _, r := range group {
			if i < len(r.Samples) {
				text = strconv.AppendFloat(append(text, ' '), r.Samples[i], 'g', -1, 64)
				text = append(append(text, ' '), r.Unit...)
			}
		}
		text = append(text, '\n')
	}
	return text
}

// procsLine is a benchmark's GOMAXPROCS where its full name would be taken for another benchmark's.
func procsLine(b bench.Benchmark) string {
	if name, procs := bench.ParseName(b.Full()); name == b.Name && procs == b.Procs {
		return ""
	}
	return strconv.Itoa(b.Procs)
}

// summaryLine is unit, center, low and high of each result that cannot be had from its samples.
func summaryLine(group []bench.RunResult) string {
	var b []byte
	var room []float64
	for _, r := range group {
		center, low, high := summarize(r.Samples, &room)
		if same(center, r.Center) && same(low, r.Low) && same(high, r.High) {
			continue
		}
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, r.Unit...)
		for _, v := range []float64{r.Center, r.Low, r.High} {
			b = strconv.AppendFloat(append(b, ' '), v, 'g', -1, 64)
		}
	}
	return string(b)
}

func same(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
}

// medianRanks keeps, for each number of samples, which of them in ascending order end benchstat's
// 95 % interval of the median; -1 and n where it is infinite. benchmath finds them in a binomial
// distribution; asked once a number with the ranks themselves as samples, it costs nothing.
var medianRanks sync.Map

type ranks struct {
	low, high int
	// The center lies by fraction between the sample at below and the next one: the median by Hyndman
	// and Fan's eighth definition, in the arithmetic that benchmath does it in.
	below    int
	fraction float64
}

// summarize is benchstat's center and 95 % interval, by way of room for the sorted samples.
func summarize(samples []float64, room *[]float64) (center, low, high float64) {
	n := len(samples)
	found, ok := medianRanks.Load(n)
	if !ok {
		order := make([]float64, n)
		for i := range order {
			order[i] = float64(i)
		}
		s := benchmath.AssumeNothing.Summary(benchmath.NewSample(order, &benchmath.DefaultThresholds), 0.95)
		whole, fraction := math.Modf(1/3.0 + 0.5*(float64(n)+1/3.0))
		r := ranks{low: -1, high: n, below: int(whole) - 1, fraction: fraction}
		if !math.IsInf(s.Lo, 0) {
			r.low = int(s.Lo)
		}
		if !math.IsInf(s.Hi, 0) {
			r.high = int(s.Hi)
		}
		found, _ = medianRanks.LoadOrStore(n, r)
	}
	r := found.(ranks)
	sorted := append((*room)[:0], samples...)
	*room = sorted
	slices.Sort(sorted)
	low, high = math.Inf(-1), math.Inf(1)
	if r.low >= 0 {
		low = sorted[r.low]
	}
	if r.high < n {
		high = sorted[r.high]
	}
	if r.below < 0 || r.below >= n-1 {
		return sorted[min(max(r.below, 0), n-1)], low, high
	}
	a, b := sorted[r.below], sorted[r.below+1]
	return a + r.fraction*(b-a), low, high
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// quoteValue is a value as it stands in a configuration line.
func quoteValue(s string) string {
	bad := func(r rune) bool {
		return r == unicode.ReplacementChar || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}
	if strings.TrimSpace(s) != s || strings.HasPrefix(s, `"`) || strings.ContainsFunc(s, bad) {
		return strconv.Quote(s)
	}
	return s
}

// ParseRuns reads run files that stand one after the other and calls each with every run and the
// identity that it was given. name is what errors call the text. A line that is no valid result, a
// value that cannot be read or a run that does not pass bench.Run.Check ends the reading with an
// error that names the line: what was written by benchbot has none of these.
func ParseRuns(in io.Reader, name string, each func(identity string, run bench.Run) error) error {
	p := runParser{name: name, each: each}
	r := benchfmt.NewReader(in, name)
	for r.Scan() {
		var err error
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			err = rec
		case *benchfmt.Result:
			err = p.line(rec)
		}
		if err != nil {
			return err
		}
	}
	if err := r.Err(); err != nil {
		return err
	}
	if p.runs == 0 && p.identity == "" {
		return fmt.Errorf("%s: it holds no run", name)
	}
	return p.finish()
}

// A runParser gathers the lines of one run at a time.
type runParser struct {
	name string
	each func(string, bench.Run) error
	runs int

	identity string
	run      bench.Run
	at       map[resultKey]int

	// The lines of one benchmark stand together; what was found out for the last line holds for the
	// next one if its name and configuration are the same.
	full, pkg, plan, procs []byte
	benchmark              bench.Benchmark
	group                  []int              // of results, by position in the line
	summaries              map[int][3]float64 // by result
	room                   []float64
}

func (p *runParser) line(r *benchfmt.Result) error {
	identity, pkg, plan, procs := configValue(r, runKeyLine), configValue(r, "pkg"), configValue(r, "plan"), configValue(r, procsKeyLine)
	if len(identity) == 0 {
		return p.wrong(r, "no run: line stands before it")
	}
	if string(identity) != p.identity {
		if err := p.finish(); err != nil {
			return err
		}
		if err := p.begin(r, string(identity)); err != nil {
			return err
		}
	}
	if !bytes.Equal(p.full, r.Name) || !bytes.Equal(p.pkg, pkg) || !bytes.Equal(p.plan, plan) || !bytes.Equal(p.procs, procs) {
		if err := p.next(r, pkg, plan, procs); err != nil {
			return err
		}
	}
	for i, v := range r.Values {
		value, unit := v.Value, v.Unit
		if v.OrigUnit != "" {
			value, unit = v.OrigValue, v.OrigUnit
		}
		k := p.result(i, unit)
		if k < 0 {
			var err error
			if k, err = p.add(r, unit); err != nil {
				return err
			}
			p.group = append(p.group[:min(i, len(p.group))], k)
		}
		p.run.Results[k].Samples = append(p.run.Results[k].Samples, value)
	}
	return nil
}

// result is the place of the result that the i-th value of a line belongs to, if the line before it
// had the same unit there; else -1.
func (p *runParser) result(i int, unit string) int {
	if i < len(p.group) && p.run.Results[p.group[i]].Unit == unit {
		return p.group[i]
	}
	return -1
}

// add finds the result of a unit of the current benchmark, or begins it.
func (p *runParser) add(r *benchfmt.Result, unit string) (int, error) {
	key := resultKey{p.benchmark, unit}
	if k, ok := p.at[key]; ok {
		if p.run.Results[k].Plan != string(p.plan) {
			return 0, p.wrong(r, "its plan is another one than that of lines before it")
		}
		return k, nil
	}
	k := len(p.run.Results)
	p.at[key] = k
	p.run.Results = append(p.run.Results, bench.RunResult{Benchmark: p.benchmark, Unit: unit, Plan: string(p.plan), Samples: make([]float64, 0, 10)})
	return k, p.summaryOf(r, k, unit)
}

// next begins another benchmark.
func (p *runParser) next(r *benchfmt.Result, pkg, plan, procs []byte) (err error) {
	p.full, p.pkg = append(p.full[:0], r.Name...), append(p.pkg[:0], pkg...)
	p.plan, p.procs = append(p.plan[:0], plan...), append(p.procs[:0], procs...)
	p.group = p.group[:0]
	p.benchmark.Package = string(pkg)
	name := string(r.Name)
	if len(procs) == 0 {
		p.benchmark.Name, p.benchmark.Procs = bench.ParseName("Benchmark" + name)
		return nil
	}
	if p.benchmark.Procs, err = strconv.Atoi(string(procs)); err != nil {
		return p.wrong(r, "procs is %q", procs)
	}
	if p.benchmark.Procs > 1 {
		name = strings.TrimSuffix(name, "-"+string(procs))
	}
	p.benchmark.Name = name
	return nil
}

// summaryOf notes the center and interval that the summary line gives for a result.
func (p *runParser) summaryOf(r *benchfmt.Result, k int, unit string) error {
	text := configValue(r, summaryKeyLine)
	if len(text) == 0 {
		return nil
	}
	f := strings.Fields(string(text))
	for ; len(f) >= 4; f = f[4:] {
		if f[0] != unit {
			continue
		}
		var v [3]float64
		for i := range v {
			var err error
			if v[i], err = strconv.ParseFloat(f[i+1], 64); err != nil {
				return p.wrong(r, "summary is %q", text)
			}
		}
		if p.summaries == nil {
			p.summaries = map[int][3]float64{}
		}
		p.summaries[k] = v
		return nil
	}
	if len(f) != 0 {
		return p.wrong(r, "summary is %q", text)
	}
	return nil
}

func (p *runParser) wrong(r *benchfmt.Result, format string, args ...any) error {
	file, line := r.Pos()
	return fmt.Errorf("%s:%d: %s", file, line, fmt.Sprintf(format, args...))
}

func configValue(r *benchfmt.Result, key string) []byte {
	if i, ok := r.ConfigIndex(key); ok {
		return r.Config[i].Value
	}
	return nil
}

// begin reads what the configuration lines say of a new run.
func (p *runParser) begin(r *benchfmt.Result, identity string) error {
	results := len(p.run.Results)
	p.identity, p.run, p.summaries = identity, bench.Run{Results: make([]bench.RunResult, 0, results)}, nil
	p.at = make(map[resultKey]int, results)
	p.full, p.group = p.full[:0], p.group[:0]
	var wrong error
	text := func(key string) string {
		s := string(configValue(r, key))
		if !strings.HasPrefix(s, `"`) {
			return s
		}
		s, err := strconv.Unquote(s)
		if err != nil {
			wrong = p.wrong(r, "%s: %v", key, err)
		}
		return s
	}
	moment := func(key string) time.Time {
		s := text(key)
		if s == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			wrong = p.wrong(r, "%s is %q", key, s)
		}
		return t.UTC()
	}
	rev, env := &p.run.Revision, &p.run.Environment
	p.run.Repository, p.run.Source, p.run.Measured = text("repository"), text("source"), moment("measured")
	rev.Commit, rev.Branch, rev.Subject, rev.Label = text("commit"), text("branch"), text("subject"), text("label")
	rev.Time, rev.Parents, rev.Dirty = moment("commit-time"), strings.Fields(text("parents")), text("dirty") == "true"
	if of, list, _ := strings.Cut(text(acceptedLine), " "); of == identity {
		var err error
		if rev.Accepted, err = bench.DecodeAcceptances(list); err != nil {
			wrong = p.wrong(r, "accepted is %q", list)
		}
	}
	if of, reference, _ := strings.Cut(text(referenceLine), " "); of == identity {
		var err error
		if p.run.Reference, err = bench.DecodeReference(reference); err != nil {
			wrong = p.wrong(r, "reference: %v", err)
		}
	}
	env.GOOS, env.GOARCH, env.CPU, env.GoVersion = text("goos"), text("goarch"), text("cpu"), text("go")
	env.Kernel, env.Runner = text("kernel"), text("runner")
	if s := text("cores"); s != "" {
		var err error
		if env.Cores, err = strconv.Atoi(s); err != nil {
			wrong = p.wrong(r, "cores is %q", s)
		}
	}
	return wrong
}

// finish hands on the run that was gathered.
func (p *runParser) finish() error {
	if p.identity == "" {
		return nil
	}
	for i := range p.run.Results {
		res := &p.run.Results[i]
		if v, ok := p.summaries[i]; ok {
			res.Center, res.Low, res.High = v[0], v[1], v[2]
		} else {
			res.Center, res.Low, res.High = summarize(res.Samples, &p.room)
		}
	}
	if err := p.run.Check(); err != nil {
		return fmt.Errorf("%s: run %s: %w", p.name, p.identity, err)
	}
	p.runs++
	return p.each(p.identity, p.run)
}
