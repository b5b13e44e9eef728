package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
)

// TrendSchema is the version of the JSON documents that TrendPage and TrendOverview write.
const TrendSchema = "benchbot-trend/1"

// A trendDocument is the JSON form of a report on the history.
type trendDocument struct {
	Schema      string            `json:"schema"`
	Unit        string            `json:"unit"`
	Environment bench.Environment `json:"environment"`
	Fingerprint string            `json:"fingerprint"`
	// Machines are the other environments, where they were asked for; the figures of those shown are
	// calibrated to the environment above, unless the unit does not depend on a machine's speed.
	Machines []machineEntry `json:"machines,omitempty"`
	// Benchmarks are in the order of the report; the overview's have no points.
	Benchmarks []trendEntry `json:"benchmarks"`
}

// A trendEntry is one benchmark. Changes are fractions; null where there is none.
type trendEntry struct {
	bench.Benchmark
	Plan          string       `json:"plan"`
	Source        string       `json:"source"`
	Runs          int          `json:"runs"`
	First         bench.Number `json:"first"`
	Latest        bench.Number `json:"latest"`
	SinceFirst    bench.Number `json:"since_first"`
	SincePrevious bench.Number `json:"since_previous"`
	// Move is the median of the latest runs against that of the first, MoveRuns of each, Noise what
	// noise could make of it; Moved says that it is more.
	Move     bench.Number `json:"move"`
	MoveRuns int          `json:"move_runs"`
	Noise    bench.Number `json:"noise"`
	Moved    bool         `json:"moved"`
	// ChangePoints are the lasting steps among the newest Looked runs, oldest first.
	ChangePoints []trendStep  `json:"change_points"`
	Looked       int          `json:"looked"`
	Points       []trendPoint `json:"points,omitempty"`
}

// A trendStep is a change point. From and To are the levels in base units, Change, Low and High
// fractions.
type trendStep struct {
	// Commit is the first one measured at the new level, LastGood the one measured before it. Between
	// says that commits lie in between that were not measured, of which any may have brought the step.
	Commit   string       `json:"commit"`
	Label    string       `json:"label,omitempty"`
	Time     time.Time    `json:"time,omitzero"`
	Subject  string       `json:"subject,omitempty"`
	LastGood string       `json:"last_good"`
	Between  bool         `json:"between"`
	Point    int          `json:"point"` // among the points, from 0
	From     bench.Number `json:"from"`
	To       bench.Number `json:"to"`
	Change   bench.Number `json:"change"`
	Low      bench.Number `json:"change_low"`
	High     bench.Number `json:"change_high"`
	P        float64      `json:"p"`
	// Before and After count the runs from the change point before and up to the next one.
	Before int `json:"before"`
	After  int `json:"after"`
	// Verdict says whether it was for the worse, State whether it lasts ("open"), somebody accepted it
	// ("accepted"), or a later change point undid it ("recovered"), that of the commit Recovered.
	Verdict   bench.Verdict     `json:"verdict"`
	State     string            `json:"state"`
	Recovered string            `json:"recovered,omitempty"`
	Accepted  *bench.Acceptance `json:"accepted,omitempty"`
}

func stepsOf(v *trend.View) []trendStep {
	steps := []trendStep{}
	for _, c := range v.ChangePoints {
		before, after, more := v.Commits(c)
		s := trendStep{Commit: after.Revision.Commit, Label: after.Revision.Label, Time: after.When(), Subject: after.Revision.Subject,
			LastGood: before.Revision.Commit, Between: more, Point: c.Index, From: bench.Number(c.From), To: bench.Number(c.To),
			Change: c.Change, Low: c.Low, High: c.High, P: c.P, Before: c.Before, After: c.After, Verdict: stepResult(v, c).Verdict, State: "open"}
		if a, ok := v.AcceptedBy(c); ok {
			s.State, s.Accepted = "accepted", &a
		}
		if !c.Open() {
			s.State, s.Recovered = "recovered", v.Steps[c.Recovered].Revision.Commit
		}
		steps = append(steps, s)
	}
	return steps
}

type trendPoint struct {
	Commit   string       `json:"commit"`
	Dirty    bool         `json:"dirty,omitempty"`
	Time     time.Time    `json:"time,omitzero"`
	Measured time.Time    `json:"measured,omitzero"`
	Branch   string       `json:"branch,omitempty"`
	Subject  string       `json:"subject,omitempty"`
	Center   bench.Number `json:"center"`
	Low      bench.Number `json:"low"`
	High     bench.Number `json:"high"`
	Change   bench.Number `json:"change"`
	Samples  []float64    `json:"samples"`
	// Where there are several environments: the point's, its center as it was measured, and whether
	// Center and all that follows from it are "raw" or "calibrated".
	Fingerprint string   `json:"fingerprint,omitempty"`
	Raw         *float64 `json:"raw,omitempty"`
	Used        string   `json:"used,omitempty"`
}

func entryOf(v *trend.View, points bool) trendEntry {
	e := trendEntry{Benchmark: v.Benchmark, Plan: v.Plan, Source: v.Source, Runs: len(v.Steps), First: bench.NaN, Latest: bench.NaN,
		SinceFirst: v.SinceFirst, SincePrevious: v.SincePrevious, Move: v.Move.Change, MoveRuns: v.Move.Runs, Noise: v.Move.Noise, Moved: v.Move.Sure(),
		ChangePoints: stepsOf(v), Looked: v.Looked}
	if last, ok := v.Latest(); ok {
		e.First, e.Latest = bench.Number(v.Steps[0].Center), bench.Number(last.Center)
	}
	if !points {
		return e
	}
	for _, s := range v.Steps {
		r := s.Revision
		q := trendPoint{Commit: r.Commit, Dirty: r.Dirty, Time: r.Time, Measured: s.Measured, Branch: r.Branch, Subject: r.Subject,
			Center: bench.Number(s.Center), Low: bench.Number(s.Low), High: bench.Number(s.High), Change: s.Change, Samples: s.Samples}
		if a := s.Across; a != nil {
			q.Fingerprint, q.Raw, q.Used = a.Machine, &a.Raw, used(a)
		}
		e.Points = append(e.Points, q)
	}
	return e
}

func (s *TrendScope) json(w io.Writer, views []*trend.View, points bool) error {
	doc := trendDocument{Schema: TrendSchema, Unit: s.Unit, Environment: s.Environment, Fingerprint: s.Fingerprint, Benchmarks: []trendEntry{}}
	for _, m := range s.Machines {
		doc.Machines = append(doc.Machines, machineEntryOf(m, s.Unit))
	}
	for _, v := range views {
		doc.Benchmarks = append(doc.Benchmarks, entryOf(v, points))
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

// JSON writes the page with every point and its samples.
func (t *TrendPage) JSON(w io.Writer) error { return t.json(w, []*trend.View{t.View}, true) }

// JSON writes the overview, a benchmark without its points.
func (t *TrendOverview) JSON(w io.Writer) error { return t.json(w, t.Views, false) }

// CSV writes a line for each run, with all digits, times in UTC, and the samples separated by spaces. A
// run that a change point begins with has its size, as a fraction, and its p. Where there are several
// machines, raw is the center as it was measured, and used says whether the other figures are calibrated.
func (t *TrendPage) CSV(w io.Writer) error {
	rows := [][]string{{"package", "benchmark", "procs", "unit", "plan", "environment", "commit", "dirty", "time", "measured", "branch", "subject", "center", "low", "high", "change", "samples", "change_point", "change_point_p"}}
	if t.Across {
		rows[0] = append(rows[0], "raw", "used")
	}
	v := t.View
	at := map[int]trend.ChangePoint{}
	for _, c := range v.ChangePoints {
		at[c.Index] = c
	}
	for i, s := range v.Steps {
		r := s.Revision
		samples := make([]string, len(s.Samples))
		for i, x := range s.Samples {
			samples[i] = digits(bench.Number(x))
		}
		var step, p string
		if c, ok := at[i]; ok {
			step, p = digits(c.Change), digits(bench.Number(c.P))
		}
		machine := t.Fingerprint
		if s.Across != nil {
			machine = s.Across.Machine
		}
		row := []string{v.Benchmark.Package, v.Benchmark.Name, strconv.Itoa(v.Benchmark.Procs), v.Unit, v.Plan, machine,
			r.Commit, strconv.FormatBool(r.Dirty), timestamp(r.Time), timestamp(s.Measured), r.Branch, r.Subject,
			digits(bench.Number(s.Center)), digits(bench.Number(s.Low)), digits(bench.Number(s.High)), digits(s.Change), strings.Join(samples, " "), step, p}
		if t.Across {
			row = append(row, digits(bench.Number(s.Across.Raw)), used(s.Across))
		}
		rows = append(rows, row)
	}
	return writeCSV(w, rows)
}

// CSV writes a line for each benchmark, with all digits and changes as fractions; since_… are of its
// newest change point.
func (t *TrendOverview) CSV(w io.Writer) error {
	rows := [][]string{{"package", "benchmark", "procs", "unit", "plan", "environment", "runs", "first", "latest", "since_first", "since_previous", "move", "move_runs", "noise", "moved", "change_points", "since_commit", "since_time", "since_change", "since_p"}}
	for _, v := range t.Views {
		e := entryOf(v, false)
		since := make([]string, 4)
		if n := len(e.ChangePoints); n > 0 {
			c := e.ChangePoints[n-1]
			since = []string{c.Commit, timestamp(c.Time), digits(c.Change), digits(bench.Number(c.P))}
		}
		rows = append(rows, append([]string{e.Package, e.Name, strconv.Itoa(e.Procs), v.Unit, e.Plan, t.Fingerprint, strconv.Itoa(e.Runs),
			digits(e.First), digits(e.Latest), digits(e.SinceFirst), digits(e.SincePrevious), digits(e.Move), strconv.Itoa(e.MoveRuns), digits(e.Noise), strconv.FormatBool(e.Moved), strconv.Itoa(len(e.ChangePoints))}, since...))
	}
	return writeCSV(w, rows)
}

func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func writeCSV(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("writing the trend as CSV: %w", err)
	}
	return nil
}
