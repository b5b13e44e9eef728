package catalogue

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/diagnose"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/perf/benchunit"
)

var update = flag.Bool("update", false, "renew docs/optimizations.md")

// docs/optimizations.md lists the catalogue as it is.
func TestDocumentListsTheCatalogue(t *testing.T) {
	causes := map[string]string{}
	for _, g := range diagnose.CauseGroups {
		for _, c := range g.Causes {
			causes[c.ID] = c.Name.En
		}
	}
	var b strings.Builder
	b.WriteString(`# The catalogue of optimizations

What the optimization document proposes, for which causes of the checklist, and what the example of each
was measured to bring:

    go test -run '^$' -bench Catalogue -benchtime 100ms -count 3 ./internal/diagnose/catalogue

The document shows the example of what it proposes; all of them are in ` + "`internal/diagnose/catalogue`" + `. Times are
of one machine; counts are the same on every one, and tests hold them.

| optimization | for | effort | risk | measured |
| --- | --- | --- | --- | --- |
`)
	grades := []string{"low", "medium", "high"}
	for _, o := range Optimizations {
		var answers, effects []string
		for _, c := range o.Causes {
			answers = append(answers, causes[c])
		}
		for _, e := range o.Effects() {
			class := benchunit.ClassOf(e.Unit)
			unit := e.Unit
			if unit == "sec/op" {
				unit = "s/op"
			}
			effects = append(effects, fmt.Sprintf("%s → %s %s", strings.TrimSpace(benchunit.Scale(e.Before, class)), strings.TrimSpace(benchunit.Scale(e.After, class)), unit))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", o.Name.En, strings.Join(answers, ", "), grades[o.Effort], grades[o.Risk], strings.Join(effects, "; "))
	}
	const path = "../../../docs/optimizations.md"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s is not the catalogue (-update renews it; -want +got):\n%s", path, diff)
	}
}
