package compare

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/perf/benchfmt"
)

// tablesOf reads the texts as files of the names old and new (and a third, of the name more).
func tablesOf(t *testing.T, o Options, texts ...string) *Tables {
	t.Helper()
	b, err := NewBuilder(o)
	if err != nil {
		t.Fatal(err)
	}
	var r benchfmt.Reader
	for i, text := range texts {
		name := []string{"old", "new", "more"}[i]
		r.Reset(strings.NewReader(text), name, ".file", name)
		for r.Scan() {
			if res, ok := r.Result().(*benchfmt.Result); ok {
				b.Add(res)
			}
		}
	}
	return b.Tables(r.Units())
}

func compared(t *testing.T, old, new string) *bench.Comparison {
	t.Helper()
	c, err := tablesOf(t, DefaultOptions(), old, new).Compare(Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	return c
}

// summary is one line a result: what a reader of the document would look at first.
func summary(c *bench.Comparison) []string {
	var out []string
	for _, r := range c.Results {
		side := func(s *bench.Side) string {
			if s == nil {
				return "-"
			}
			return fmt.Sprint(s.Samples)
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s: %s → %s: %s %s", r.Benchmark.WithProcs(), r.Unit, side(r.Base), side(r.Head), r.Verdict, r.Reason)))
	}
	return out
}

func wantSummary(t *testing.T, c *bench.Comparison, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, summary(c)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestCompareMakesResults(t *testing.T) {
	c := compared(t, `goos: linux
goarch: amd64
cpu: A
pkg: example.com/parse
commit: abc
BenchmarkDecode/large-8 1 5 allocs/op
BenchmarkGone-8 1 5 allocs/op
`, `goos: linux
goarch: amd64
cpu: A
pkg: example.com/parse
commit: abc
BenchmarkAdded-8 1 5 allocs/op
BenchmarkDecode/large-8 1 6 allocs/op
`)
	wantSummary(t, c,
		"parse.Decode/large-8 allocs/op: [5] → [6]: regression exact",
		"parse.Gone-8 allocs/op: [5] → -: removed only in base",
		"parse.Added-8 allocs/op: - → [5]: new only in head")
	if c.Verdict != bench.Regression || c.Base.Label != "old" || c.Head.Label != "new" || c.Base.Commit != "abc" || c.Environment.CPU != "A" {
		t.Errorf("%+v", c)
	}
	if d := cmp.Diff(bench.Settings{FalseAlarmRate: 0.01}, c.Settings); d != "" {
		t.Errorf("settings, -want +got:\n%s", d)
	}
}

// A commit line in each file is what it says of its revision. Benchstat makes two tables of one
// column each; the verdict must not get lost in that.
func TestCompareGoesAcrossWhatNamesTheRevision(t *testing.T) {
	tables := tablesOf(t, DefaultOptions(),
		"commit: abc\ncpu: A\nBenchmarkX 1 5 allocs/op\n",
		"commit: def\ncpu: B\nBenchmarkX 1 6 allocs/op\n")
	if len(tables.List) != 2 {
		t.Fatalf("benchstat has 2 tables here, got %d", len(tables.List))
	}
	c, err := tables.Compare(Settings{})
	if err != nil {
		t.Fatal(err)
	}
	wantSummary(t, c, "X allocs/op: [5] → [6]: regression exact")
	if c.Base.Commit != "abc" || c.Head.Commit != "def" {
		t.Errorf("commits %q and %q", c.Base.Commit, c.Head.Commit)
	}
	notes := strings.Join(c.Notes, "\n")
	for _, want := range []string{`commit ("abc", "def"): the tables keep them apart`, `cpu ("A", "B"): a change may be the machine's`} {
		if !strings.Contains(notes, want) {
			t.Errorf("no note says %q:\n%s", want, notes)
		}
	}
	for _, table := range tables.List {
		if r := table.Rows[0].Result; r == nil || r.Verdict != bench.Regression {
			t.Errorf("a row without its result: %+v", r)
		}
	}
}

// What differs within a file names different benchmarks.
func TestCompareKeepsConfigurationsApart(t *testing.T) {
	text := func(a, b int) string {
		return fmt.Sprintf("note: plain\nBenchmarkX-4 1 %d allocs/op\nnote: with hashes\nBenchmarkX-4 1 %d allocs/op\n", a, b)
	}
	c := compared(t, text(5, 7), text(5, 8))
	wantSummary(t, c,
		"X/note=plain-4 allocs/op: [5] → [5]: unchanged exact",
		"X/note=with_hashes-4 allocs/op: [7] → [8]: regression exact")
}

func TestCompareJoinsZeroTimes(t *testing.T) {
	// benchfmt leaves 0 ns/op in ns/op, where it would be another unit than sec/op.
	c := compared(t, "BenchmarkX 1 0 ns/op\nBenchmarkX 1 2 ns/op\n", "BenchmarkX 1 3 ns/op\n")
	if len(c.Results) != 1 || c.Results[0].Unit != bench.Time || len(c.Results[0].Base.Samples) != 2 {
		t.Errorf("%v", summary(c))
	}
}

func TestCompareReportsWhatIsNoNumber(t *testing.T) {
	c := compared(t,
		"BenchmarkX 1 1 ns/op 5 allocs/op\nBenchmarkY 1 5 allocs/op\nBenchmarkZ 1 +Inf ns/op\n",
		"BenchmarkX 1 1 ns/op 5 allocs/op\nBenchmarkX 1 NaN ns/op\nBenchmarkY 1 5 allocs/op\nBenchmarkZ 1 1 ns/op\n")
	wantSummary(t, c,
		"X sec/op: [1e-09] → [1e-09]: failed failed in head",
		"X allocs/op: [5] → [5]: unchanged exact",
		"Y allocs/op: [5] → [5]: unchanged exact",
		"Z sec/op: - → [1e-09]: failed failed in base")
	want := []bench.Failure{
		{Benchmark: "X", Revision: "head", Kind: bench.FailValue, Output: "new:2: NaN sec/op"},
		{Benchmark: "Z", Revision: "base", Kind: bench.FailValue, Output: "old:3: +Inf sec/op"},
	}
	if d := cmp.Diff(want, c.Failures); d != "" {
		t.Errorf("failures, -want +got:\n%s", d)
	}
	if c.Verdict != bench.Failed {
		t.Errorf("the verdict is %s", c.Verdict)
	}
}

func TestCompareReadsUnitMetadata(t *testing.T) {
	c := compared(t,
		"Unit score better=higher\nUnit ratio assume=exact\nBenchmarkX 1 5 score 0.5 ratio\n",
		"BenchmarkX 1 6 score 0.25 ratio\n")
	wantSummary(t, c, "X score: [5] → [6]: improvement exact", "X ratio: [0.5] → [0.25]: improvement exact")
	if c.Results[0].Better != bench.HigherIsBetter || c.Results[1].Better != bench.LowerIsBetter {
		t.Errorf("directions %v and %v", c.Results[0].Better, c.Results[1].Better)
	}
}

func TestCompareNeedsTwoColumns(t *testing.T) {
	text := "BenchmarkX 1 5 allocs/op\n"
	for _, texts := range [][]string{{text}, {text, text, text}} {
		_, err := tablesOf(t, DefaultOptions(), texts...).Compare(Settings{})
		if bench.ExitStatus(err) != bench.ExitUsage || !strings.Contains(err.Error(), fmt.Sprintf("there are %d", len(texts))) {
			t.Errorf("%d columns: %v", len(texts), err)
		}
	}
}

func TestSamplesKeepTheOrderOfTheFile(t *testing.T) {
	c := compared(t, "BenchmarkX 1 3 ns/op\nBenchmarkX 1 1 ns/op\nBenchmarkX 1 2 ns/op\n", "BenchmarkX 1 1 ns/op\n")
	nano := 1e-9
	if got := c.Results[0].Base.Samples; !slices.Equal(got, []float64{3 * nano, 1 * nano, 2 * nano}) {
		t.Errorf("the samples are %v", got)
	}
}

func TestRowsOfOneNameStayApart(t *testing.T) {
	text := "BenchmarkX 1 5 allocs/op\nBenchmarkX-1 1 6 allocs/op\nBenchmark 1 7 allocs/op\n"
	wantSummary(t, compared(t, text, text),
		"X allocs/op: [5] → [5]: unchanged exact",
		"X-1 allocs/op: [6] → [6]: unchanged exact",
		"all allocs/op: [7] → [7]: unchanged exact")
}

// Whatever a file holds, the comparison is a valid document, and every row of the tables has its
// verdict.
func FuzzCompare(f *testing.F) {
	f.Add("BenchmarkX-8 1 5 ns/op 3 B/op\n", "cpu: a\nBenchmarkX-8 1 NaN ns/op -3 B/op\n")
	f.Add("note: a b\nBenchmarkX 1 0 ns/op\nnote: a_b\nBenchmarkX 1 Inf ns/op\n", "Unit x assume=exact better=higher\nBenchmarkX-1 1 1e308 x -1e308 x\n")
	f.Add("BenchmarkX 1 5 allocs/op\nBenchmarkX-1 1 6 allocs/op\nBenchmark 1 1 x\n", "pkg: p\nBenchmarkX#2 1 5e-324 MB/s 1 ns/op\n")
	f.Add("Benchmark 1 0 x\n", "a: b\nBenchmark 1 NaN x\n")
	f.Add("Benchmark-8 1 0 x\nBenchmark 1 0 x\n", "Benchmark 1 0 x\n")
	f.Fuzz(func(t *testing.T, old, new string) {
		tables := tablesOf(t, DefaultOptions(), old, new)
		c, err := tables.Compare(Settings{})
		if err != nil {
			return
		}
		if err := c.Check(); err != nil {
			t.Error(err)
		}
		if err := c.Write(io.Discard); err != nil {
			t.Error(err)
		}
		for _, table := range tables.List {
			for _, row := range table.Rows {
				if row.Result == nil {
					t.Errorf("no verdict on %s", row.Label)
				}
			}
		}
	})
}

func TestOptionsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"--row":        func(o *Options) { o.Row = "(" },
		"--col":        func(o *Options) { o.Col = ".unit" },
		"--table":      func(o *Options) { o.Table = "a@" },
		"--ignore":     func(o *Options) { o.Ignore = "@" },
		"--filter":     func(o *Options) { o.Filter = "a:/(/" },
		"--alpha":      func(o *Options) { o.Alpha = math.NaN() },
		"--confidence": func(o *Options) { o.Confidence = 1.5 },
	} {
		o := DefaultOptions()
		change(&o)
		_, err := NewBuilder(o)
		if bench.ExitStatus(err) != bench.ExitUsage || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
