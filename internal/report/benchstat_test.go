package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/compare"
	"golang.org/x/perf/benchfmt"
)

// That the tables are benchstat's is tested in cmd/benchbot, against the benchstat command. Here are
// the things in which they differ on purpose.

func benchstatTables(t *testing.T, texts ...string) *compare.Tables {
	t.Helper()
	b, err := compare.NewBuilder(compare.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	var r benchfmt.Reader
	for i, text := range texts {
		r.Reset(strings.NewReader(text), "x", ".file", string(rune('a'+i)))
		for r.Scan() {
			if res, ok := r.Result().(*benchfmt.Result); ok {
				b.Add(res)
			}
		}
	}
	tables := b.Tables(r.Units())
	if len(texts) == 2 {
		if _, err := tables.Compare(compare.Settings{}); err != nil {
			t.Fatal(err)
		}
	}
	return tables
}

// Benchstat writes "vs base" over the edge of a column without comparisons.
func TestBenchstatTextKeepsItsEdges(t *testing.T) {
	var b bytes.Buffer
	if err := BenchstatText(&b, benchstatTables(t, "BenchmarkX 1 5 B/op\n", "BenchmarkY 1 5 B/op\n")); err != nil {
		t.Fatal(err)
	}
	edge := -1
	for line := range strings.Lines(b.String()) {
		if at := strings.LastIndex(line, "│"); at >= 0 {
			at = len([]rune(line[:at]))
			if edge >= 0 && at != edge {
				t.Errorf("the edge is ragged:\n%s", &b)
			}
			edge = at
		}
	}
}

func TestBenchstatCSVHasVerdicts(t *testing.T) {
	var b, warnings bytes.Buffer
	tables := benchstatTables(t, "BenchmarkX 1 5 allocs/op\nBenchmarkY 1 5 allocs/op\n", "BenchmarkX 1 6 allocs/op\nBenchmarkZ 1 5 allocs/op\n")
	if err := BenchstatCSV(&b, &warnings, tables); err != nil {
		t.Fatal(err)
	}
	want := `,a,,b,,,
,allocs/op,CI,allocs/op,CI,vs base,P,verdict,reason,p adjusted
X,5,∞,6,∞,~,p=1.000 n=1,regression,exact,
Y,5,∞,,,,,removed,only in base,
Z,,,5,∞,,,new,only in head,
geomean,5,,5.47722557505166,,+20.00%,
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", &b, want)
	}
	if !strings.HasPrefix(warnings.String(), "B3: need >= 6 samples") {
		t.Errorf("warnings: %s", &warnings)
	}
}

func TestSpreadsheetColumn(t *testing.T) {
	for i, want := range map[int]string{0: "A", 1: "B", 25: "Z", 26: "AA", 27: "AB", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := spreadsheetColumn(i); got != want {
			t.Errorf("column %d is %s, want %s", i, got, want)
		}
	}
}

// A label from the outside has no way to the terminal.
func TestBenchstatTextShowsWhatIsHidden(t *testing.T) {
	var text, table, warnings bytes.Buffer
	tables := benchstatTables(t, "note: \x1b[2J\nBenchmarkX\x07\u202e 1 5 un\x1bit\n", "note: \x1b[2J\nBenchmarkX\x07\u202e 1 5 un\x1bit\n")
	if err := BenchstatText(&text, tables); err != nil {
		t.Fatal(err)
	}
	if err := BenchstatCSV(&table, &warnings, tables); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{text.String(), table.String()} {
		if strings.ContainsAny(out, "\x1b\x07\u202e") || !strings.Contains(out, `X\a\u202e`) || !strings.Contains(out, `un\x1bit`) {
			t.Errorf("%q", out)
		}
	}
}
