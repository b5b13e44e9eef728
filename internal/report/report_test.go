package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"
)

var update = flag.Bool("update", false, "renew the golden files in testdata")

func TestMain(m *testing.M) {
	// The locale of the machine must not decide how wide an arrow is.
	runewidth.DefaultCondition.EastAsianWidth = false
	flag.Parse()
	os.Exit(m.Run())
}

// comparison reads a constructed comparison from testdata.
func comparison(t *testing.T, name string) *bench.Comparison {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := bench.Read(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

// cases lists the names of the constructed comparisons.
func cases(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 9 {
		t.Fatalf("testdata has %d comparisons (%v)", len(files), err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".json"))
	}
	return names
}

// golden compares an output with testdata/name, or renews that file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./internal/report -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// outputs are the files and commands that every golden report lists.
func outputs(c *bench.Comparison, lang string) *Report {
	return &Report{Comparison: c, Lang: lang,
		Files: []Output{{"JSON", "benchbot-out/result.json"}, {"Markdown", "benchbot-out/comment.md"}},
		Next:  []string{"benchbot doc -o docs/decode.md", "benchbot trend 'parse.Decode/large'"},
	}
}

func TestReportsAreAsTheGoldenFilesShow(t *testing.T) {
	for _, name := range cases(t) {
		c := comparison(t, name)
		for _, lang := range Languages {
			suffix := "." + lang
			if lang == "en" {
				suffix = ""
			}
			r := outputs(c, lang)
			var md, text bytes.Buffer
			if err := r.Markdown(&md); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			golden(t, name+suffix+".md", md.Bytes())
			if err := r.Text(&text, TextOptions{}); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			golden(t, name+suffix+".txt", text.Bytes())
		}
	}
}

// record is the pull request that goes with the comparison "improvement".
func record(t *testing.T, lang string) *Report {
	c := comparison(t, "improvement")
	match := c.Results[0].Benchmark
	r := &Report{Comparison: c, Lang: lang, Title: "Compile key patterns once (fixes #12)",
		Trends: map[TrendKey]Trend{{match, bench.Time}: {Runs: 214, Since: "8c1d2e3, 2026-03-02", Change: 0.38}}}
	r.Description = "Makes matching cheap again.\n\nCause: every call of `Match` compiled the\npattern anew, see @team.\n\n" +
		"## Solution\n- compile in `NewMatcher`\n- keep the compiled pattern beside the key\n\n**Lesson:** a benchmark of the constructor alone hides the cost\n\nLoad: 1200 requests a second\n"
	if lang == "es" {
		r.Description = "Vuelve a abaratar la búsqueda.\n\nCausa: cada llamada a `Match` compilaba de\nnuevo el patrón, véase @team.\n\n" +
			"## Solución\n- compilar en `NewMatcher`\n- guardar el patrón compilado junto a la clave\n\n**Lección:** un benchmark del constructor por sí solo esconde el coste\n\nCarga: 1200 peticiones por segundo\n"
	}
	return r
}

func TestDocumentsAreAsTheGoldenFilesShow(t *testing.T) {
	for _, lang := range Languages {
		for name, r := range map[string]*Report{
			"worksheet":           {Comparison: comparison(t, "mixed"), Lang: lang},
			"record":              record(t, lang),
			"nothing":             {Comparison: comparison(t, "all-skipped"), Lang: lang},
			"worksheet-zero-base": {Comparison: comparison(t, "zero-base"), Lang: lang},
			"base-does-not-build": {Comparison: comparison(t, "base-does-not-build"), Lang: lang},
			"explained":           {Comparison: explained(t), Lang: lang},
		} {
			var b bytes.Buffer
			if err := r.Document(&b); err != nil {
				t.Fatal(err)
			}
			golden(t, "doc-"+name+"."+lang+".md", b.Bytes())
		}
	}
}
