package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// Schema is the version of the JSON document that this program writes and reads.
const Schema = "benchbot/1"

// A Number is a float64 that JSON writes as null where it is NaN or infinite: a change that has no
// size (from 0) or an interval that could not be given.
type Number float64

// NaN is the Number that stands for "there is none".
var NaN = Number(math.NaN())

// Valid tells whether there is a number.
func (n Number) Valid() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// MarshalJSON writes null for NaN and infinities.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Valid() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads null as NaN.
func (n *Number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = NaN
		return nil
	}
	var f float64
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	*n = Number(f)
	return nil
}

// A Revision is one state of the code.
type Revision struct {
	// Commit is the full commit id; "" for a working tree or a file.
	Commit string `json:"commit"`
	// Label is what people call it: a short commit id, "working tree", or a file's name.
	Label   string    `json:"label"`
	Time    time.Time `json:"time,omitzero"`
	Subject string    `json:"subject,omitempty"`
	Branch  string    `json:"branch,omitempty"`
	Parents []string  `json:"parents,omitempty"`
	// Dirty says that uncommitted changes were measured on top of Commit.
	Dirty bool `json:"dirty,omitempty"`
	// Accepted is what somebody with the right to it has accepted of what this commit made worse.
	Accepted []Acceptance `json:"accepted,omitempty"`
}

// An Environment is the machine and toolchain that results were measured with. Results of
// different environments are never compared silently.
type Environment struct {
	GOOS      string `json:"goos"`
	GOARCH    string `json:"goarch"`
	CPU       string `json:"cpu"`
	Cores     int    `json:"cores"`
	GoVersion string `json:"go"`
	Kernel    string `json:"kernel,omitempty"`
	Runner    string `json:"runner,omitempty"`
}

// String is what is known of the machine and its Go, in one line.
func (e Environment) String() string {
	var parts []string
	if e.GOOS != "" {
		parts = append(parts, e.GOOS+"/"+e.GOARCH)
	}
	if e.CPU != "" {
		parts = append(parts, e.CPU)
	}
	if e.Cores > 0 {
		parts = append(parts, fmt.Sprintf("%d cores", e.Cores))
	}
	if e.GoVersion != "" {
		parts = append(parts, e.GoVersion)
	}
	if len(parts) == 0 {
		return "unknown machine"
	}
	return strings.Join(parts, ", ")
}

// A Side is one revision's part of a result.
type Side struct {
	// Center and its 95 % interval are benchstat's: the median of the samples.
	Center Number `json:"center"`
	Low    Number `json:"low"`
	High   Number `json:"high"`
	// Samples holds one value a process, in the order of the pairs.
	Samples []float64 `json:"samples"`
	// Lines holds what each process printed, in base units; nil where a sample is one line.
	Lines [][]float64 `json:"lines,omitempty"`
}

// A Result is what is known of one benchmark in one unit.
type Result struct {
	Benchmark
	Unit    string  `json:"unit"`
	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason,omitempty"`
	// Change is head/base − 1 (0.05 is 5 % more) with its 95 % interval.
	Change     Number `json:"change"`
	ChangeLow  Number `json:"change_low"`
	ChangeHigh Number `json:"change_high"`
	// P is the p value of the verdict's own test, PAdjusted the same after the correction for the
	// number of tests in the comparison. Null where nothing was tested.
	P         Number `json:"p"`
	PAdjusted Number `json:"p_adjusted"`
	// Limit is the smallest change that counts, as a fraction.
	Limit      float64   `json:"limit"`
	Better     Direction `json:"better"`
	Pairs      int       `json:"pairs"`
	Plan       string    `json:"plan,omitempty"`
	Iterations int       `json:"iterations,omitempty"`
	Base       *Side     `json:"base"`
	Head       *Side     `json:"head"`
	Target     *Target   `json:"target,omitempty"`
	// Quarantined says that the benchmark is measured and shown, and whatever becomes of it fails
	// nothing.
	Quarantined bool `json:"quarantined,omitempty"`
	// Layout is the second measurement that a change of time goes through before it counts; nil where
	// there was none.
	Layout *Layout `json:"layout,omitempty"`
}

// PlanCallgrind is Result.Plan of instructions that were counted under Valgrind.
const PlanCallgrind = "callgrind"

// Counted tells whether benchbot counted the instructions itself, and it is no figure that the benchmark reports.
func (r *Result) Counted() bool { return r.Unit == Instructions && r.Plan == PlanCallgrind }

// A Layout is a change measured again over many layouts of the code: each pair was taken with both
// revisions linked anew, the functions in another order. Where it is there, the result's change and
// interval are the ones seen here; the sides, p and pairs are those of the first measurement.
type Layout struct {
	Seeds     int       `json:"seeds"`
	P         Number    `json:"p"`
	PAdjusted Number    `json:"p_adjusted"`
	First     Number    `json:"first_change"` // the change that the first measurement saw
	Base      []float64 `json:"base"`         // samples, one a seed
	Head      []float64 `json:"head"`
}

// A Target is a limit that a benchmark must meet.
type Target struct {
	// Text is the target as the configuration has it: "<= 1.8ms".
	Text string `json:"text"`
	Met  string `json:"met"` // TargetMet, TargetMissed or TargetUndecided
}

// What becomes of a target. It is undecided where the samples are too few or too near to it to tell.
const (
	TargetMet       = "met"
	TargetMissed    = "missed"
	TargetUndecided = "undecided"
)

// Skipped is a package that was not measured, and why.
type Skipped struct {
	Package string `json:"package"`
	Reason  string `json:"reason"`
	// Benchmarks are the benchmark functions of the package, as its sources name them.
	Benchmarks []string `json:"benchmarks,omitempty"`
}

// Kinds of failure.
const (
	FailBuild   = "build"   // the test binary does not compile or link
	FailPanic   = "panic"   // the process ended with a panic or a fatal error
	FailFatal   = "fatal"   // b.Fatal, b.Error
	FailExit    = "exit"    // the process ended before it had printed its lines
	FailTimeout = "timeout" // it was killed after its time-out
	FailOutput  = "output"  // its result lines cannot be told from what else it printed
	FailValue   = "value"   // NaN or an infinite value
)

// A Failure is a benchmark or package that gave no numbers.
type Failure struct {
	Package   string `json:"package"`
	Benchmark string `json:"benchmark,omitempty"`
	Revision  string `json:"revision"` // "base" or "head"
	Kind      string `json:"kind"`
	// Output is the end of what was printed, or the line that says what is wrong.
	Output string `json:"output"`
	// Quarantined says that the benchmark may fail.
	Quarantined bool `json:"quarantined,omitempty"`
}

// InHead tells whether it is a failure that head has to answer for.
func (f Failure) InHead() bool { return f.Revision == "head" && !f.Quarantined }

// Timings are the seconds that the job took. BuildSeconds and MeasureSeconds are wall time of
// these phases; ProcessSeconds is the time inside benchmark processes.
type Timings struct {
	BuildSeconds   float64 `json:"build_seconds"`
	MeasureSeconds float64 `json:"measure_seconds"`
	ProcessSeconds float64 `json:"process_seconds"`
	// EvidenceSeconds is the time that profiles and counts of instructions took, after measuring.
	EvidenceSeconds float64 `json:"evidence_seconds,omitempty"`
	TotalSeconds    float64 `json:"total_seconds"`
}

// Settings are the parts of the configuration that a reader needs in order to judge a verdict.
type Settings struct {
	// FalseAlarmRate is the probability of any false alarm in the whole comparison.
	FalseAlarmRate float64 `json:"false_alarm_rate"`
	// Paired says that base and head samples were taken next to each other.
	Paired bool `json:"paired"`
	// Tests is the number of tests that the correction was made for.
	Tests int `json:"tests"`
	// Looks are the numbers of pairs at which significance was tested; empty for unpaired samples.
	Looks []int `json:"looks,omitempty"`
	// LayoutControlled says that functions were aligned to cache lines.
	LayoutControlled bool `json:"layout_controlled"`
}

// A Comparison is the whole result of one job: the `benchbot/1` document.
type Comparison struct {
	Schema      string      `json:"schema"`
	Verdict     Verdict     `json:"verdict"`
	Base        Revision    `json:"base"`
	Head        Revision    `json:"head"`
	Repository  string      `json:"repository,omitempty"`
	Measured    time.Time   `json:"measured,omitzero"`
	Environment Environment `json:"environment"`
	// Reference is how fast that machine was while it measured.
	Reference Reference `json:"reference,omitzero"`
	Settings  Settings  `json:"settings"`
	Seed      int64     `json:"seed"`
	Results   []Result  `json:"results"`
	Skipped   []Skipped `json:"skipped"`
	Failures  []Failure `json:"failures"`
	// Notes are one-line remarks on the job as a whole, in the order they came up.
	Notes []string `json:"notes"`
	// Changed lists the files that differ between base and head.
	Changed []string `json:"changed_files"`
	// Shards are the parts that the packages were measured in, each in a job of its own: one in the
	// document of a shard, all in that of their union, none where one job measured everything.
	Shards []Shard `json:"shards,omitempty"`
	// Diagnoses tell why benchmarks changed, worst first; none where nothing changed.
	Diagnoses []Diagnosis `json:"diagnoses,omitempty"`
	// Command repeats the measurement.
	Command string  `json:"command,omitempty"`
	Timings Timings `json:"timings"`
}

// Overall derives the verdict of the whole comparison from its results and failures: the worst
// thing that the change did, in the order failed, regression, improvement, inconclusive, unchanged;
// skipped where nothing was measured because nothing could have changed. What a shard that is missing
// would have shown is not known, which leaves open whatever is no regression. A benchmark that is only
// new or only removed leaves the comparison unchanged, and so does whatever becomes of one in
// quarantine.
func (c *Comparison) Overall() Verdict {
	for _, f := range c.Failures {
		if f.InHead() {
			return Failed
		}
	}
	have := map[Verdict]bool{}
	for _, r := range c.Results {
		have[r.Verdict] = have[r.Verdict] || !r.Quarantined
	}
	missing := slices.ContainsFunc(c.Shards, func(s Shard) bool { return s.Missing })
	for _, v := range []Verdict{Failed, Regression, Improvement, Inconclusive} {
		if missing && v == Improvement {
			return Inconclusive
		}
		if have[v] {
			return v
		}
	}
	if len(c.Results) == 0 && len(c.Skipped) > 0 {
		return Skip
	}
	return Unchanged
}

// Count returns how many benchmarks (not units) have each verdict, a benchmark counting with the
// worst of its units. Skipped benchmarks are those of the skipped packages. Those in quarantine count
// nowhere.
func (c *Comparison) Count() map[Verdict]int {
	rank := map[Verdict]int{}
	for i, v := range Verdicts {
		rank[v] = i
	}
	worst := map[Benchmark]Verdict{}
	for _, r := range c.Results {
		if r.Quarantined {
			continue
		}
		if old, ok := worst[r.Benchmark]; !ok || rank[r.Verdict] < rank[old] {
			worst[r.Benchmark] = r.Verdict
		}
	}
	n := map[Verdict]int{}
	for _, v := range worst {
		n[v]++
	}
	for _, s := range c.Skipped {
		n[Skip] += len(s.Benchmarks)
	}
	return n
}

// Quarantine puts the benchmarks that in holds for into quarantine, their failures too. A package that
// fails as a whole is in none.
func (c *Comparison) Quarantine(in func(Benchmark) bool) {
	for i := range c.Results {
		c.Results[i].Quarantined = in(c.Results[i].Benchmark)
	}
	for i := range c.Failures {
		f := &c.Failures[i]
		f.Quarantined = f.Benchmark != "" && in(Benchmark{Package: f.Package, Name: f.Benchmark, Procs: 1})
	}
}

// AmbiguousProcs tells for which benchmarks the -N suffix has to be shown, because one name ran
// with several GOMAXPROCS.
func (c *Comparison) AmbiguousProcs() func(Benchmark) bool {
	type key struct{ pkg, name string }
	procs := map[key]map[int]bool{}
	for _, r := range c.Results {
		k := key{r.Package, r.Name}
		if procs[k] == nil {
			procs[k] = map[int]bool{}
		}
		procs[k][r.Procs] = true
	}
	return func(b Benchmark) bool { return len(procs[key{b.Package, b.Name}]) > 1 }
}

// Sort puts results into the order of every table: by package and name as they were found, which
// is the order they already have, with sec/op, B/op and allocs/op of one benchmark first.
func (c *Comparison) Sort() {
	order := map[Benchmark]int{}
	for _, r := range c.Results {
		if _, ok := order[r.Benchmark]; !ok {
			order[r.Benchmark] = len(order)
		}
	}
	slices.SortStableFunc(c.Results, func(a, b Result) int {
		if d := order[a.Benchmark] - order[b.Benchmark]; d != 0 {
			return d
		}
		return unitRank(a.Unit) - unitRank(b.Unit)
	})
}

func unitRank(u string) int {
	if i := slices.Index([]string{Time, BytesPerSec, Bytes, Allocs}, u); i >= 0 {
		return i
	}
	return 4
}

// Write writes the comparison as indented JSON that ends in a newline.
func (c *Comparison) Write(w io.Writer) error {
	out := *c
	out.Schema = Schema
	// A reader of the document finds arrays, never null.
	if out.Results == nil {
		out.Results = []Result{}
	}
	if out.Skipped == nil {
		out.Skipped = []Skipped{}
	}
	if out.Failures == nil {
		out.Failures = []Failure{}
	}
	if out.Notes == nil {
		out.Notes = []string{}
	}
	if out.Changed == nil {
		out.Changed = []string{}
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(&out); err != nil {
		return fmt.Errorf("writing a %s document: %w", Schema, err)
	}
	_, err := w.Write(joinNumbers(text.Bytes()))
	return err
}

// joinNumbers puts each array of numbers of an indented JSON text onto one line: samples are nine
// tenths of the document, and a line each would make it unreadable and twice as large.
func joinNumbers(text []byte) []byte {
	out := text[:0:0]
	inString, inNumbers := false, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case inString && c == '\\':
			out = append(out, c, text[i+1])
			i++
			continue
		case c == '"':
			inString = !inString
		case inString:
		case c == '[':
			next := bytes.TrimLeft(text[i+1:min(len(text), i+80)], " \n")
			inNumbers = len(next) > 0 && (next[0] == '-' || next[0] >= '0' && next[0] <= '9')
		case c == ']':
			inNumbers = false
		case inNumbers && (c == '\n' || c == ' '):
			if out[len(out)-1] == ',' {
				out = append(out, ' ')
			}
			continue
		}
		out = append(out, c)
	}
	return out
}

// Read reads one comparison and checks it. Unknown keys, data after the document and another schema
// are errors.
func Read(r io.Reader) (*Comparison, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var c Comparison
	if err := dec.Decode(&c); err != nil {
		return nil, fmt.Errorf("reading a %s document: %w", Schema, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("reading a %s document: there is more after its end", Schema)
	}
	return &c, c.Check()
}

// Check reports the first thing that makes the comparison no valid document.
func (c *Comparison) Check() error {
	if c.Schema != Schema {
		return fmt.Errorf("the document's schema is %q, this program reads %q", c.Schema, Schema)
	}
	seen := map[Benchmark]map[string]bool{}
	for i, r := range c.Results {
		at := fmt.Sprintf("results[%d] (%s %s)", i, r.Benchmark, r.Unit)
		if r.Name == "" || r.Unit == "" {
			return fmt.Errorf("%s: benchmark and unit must not be empty", at)
		}
		if !slices.Contains(Verdicts, r.Verdict) {
			return fmt.Errorf("%s: verdict %q is none of %v", at, r.Verdict, Verdicts)
		}
		if seen[r.Benchmark] == nil {
			seen[r.Benchmark] = map[string]bool{}
		}
		if seen[r.Benchmark][r.Unit] {
			return fmt.Errorf("%s: stands there twice", at)
		}
		seen[r.Benchmark][r.Unit] = true
		for _, s := range []*Side{r.Base, r.Head} {
			if s != nil && s.Lines != nil && len(s.Lines) != len(s.Samples) {
				return fmt.Errorf("%s: %d samples but lines of %d processes", at, len(s.Samples), len(s.Lines))
			}
		}
	}
	return nil
}
