package trend

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

var (
	update       = flag.Bool("update", false, "write the table into docs/change-points.md")
	exportSeries = flag.String("export", "", "write the series of the table to a file, for another program to look at")
)

// margin is how far from a step a change point may lie and still be that step's, as in van den Burg
// and Williams, An Evaluation of Change Point Detection Algorithms (2020).
const margin = 5

// The series of the table.
func tableSeries() map[string][]known {
	return map[string][]known{"synthetic": synthetic(1000, 2026), "traces": resampled(300, 2026, true), "noise": noiseOnly(50, 2026), "delay": waiting(200, 2026)}
}

// otavaJSON holds what Apache Otava 0.8.0 (commit 1ceb153; otava.analysis.compute_change_points, with its defaults and,
// where a name ends in @, at another p) found in the series that -export writes: indexes, and for
// "delay" the runs from the step on that it took, -1 where 40 were not enough.
//
//go:embed testdata/otava.json
var otavaJSON []byte

type otavaAnswers struct {
	Found map[string][][]int `json:"found"`
	Delay map[string][]int   `json:"delay"`
}

func otavaSays(t *testing.T) otavaAnswers {
	var a otavaAnswers
	if err := json.NewDecoder(bytes.NewReader(otavaJSON)).Decode(&a); err != nil {
		t.Fatalf("testdata/otava.json: %v", err)
	}
	return a
}

// A score counts what was found and what was there.
type score struct{ hit, found, steps, runs int }

func (s *score) add(k known, found []int) {
	s.hit += hits(k.Steps, found)
	s.found += len(found)
	s.steps += len(k.Steps)
	s.runs += len(k.Values)
}

// hits pairs steps with change points that lie within the margin, each once.
func hits(steps, found []int) int {
	n, next := 0, 0
	for _, f := range found {
		for next < len(steps) && steps[next] < f-margin {
			next++
		}
		if next < len(steps) && steps[next] <= f+margin {
			n++
			next++
		}
	}
	return n
}

func (s score) precision() float64 { return float64(s.hit) / float64(max(1, s.found)) }
func (s score) recall() float64    { return float64(s.hit) / float64(max(1, s.steps)) }
func (s score) f1() float64        { return 2 * float64(s.hit) / float64(max(1, s.found+s.steps)) }
func (s score) perThousand() float64 {
	return 1000 * float64(s.found) / float64(max(1, s.runs))
}

// A method finds the indexes of change points.
type method struct {
	name string
	find func(set string, i int, values []float64) []int
}

func ours(p float64) func(string, int, []float64) []int {
	return func(_ string, _ int, values []float64) []int { return indexes(values, Sensitivity{P: p}) }
}

func indexes(values []float64, s Sensitivity) []int {
	d := Detector{Sensitivity: s}
	d.Append(values...)
	var at []int
	for _, c := range d.ChangePoints() {
		at = append(at, c.Index)
	}
	return at
}

func pure(find func([]float64) []int) func(string, int, []float64) []int {
	return func(_ string, _ int, values []float64) []int { return find(values) }
}

// scores runs a method over one series in every of each set, by kind and in all ("").
func scores(m method, sets map[string][]known, every int) map[string]map[string]*score {
	out := map[string]map[string]*score{}
	for name, set := range sets {
		if name == "delay" {
			continue
		}
		out[name] = map[string]*score{"": {}}
		for i := 0; i < len(set); i += every {
			if out[name][set[i].Kind] == nil {
				out[name][set[i].Kind] = &score{}
			}
			found := m.find(name, i, set[i].Values)
			out[name][set[i].Kind].add(set[i], found)
			out[name][""].add(set[i], found)
		}
	}
	return out
}

// delays are the runs from the step on that it took to find it, -1 where 40 were not enough.
func delays(set []known) []int {
	var out []int
	for _, k := range set {
		delay := -1
		for n := k.Steps[0] + 1; n <= len(k.Values) && delay < 0; n++ {
			if hits(k.Steps, indexes(k.Values[:n], Sensitivity{})) > 0 {
				delay = n - k.Steps[0]
			}
		}
		out = append(out, delay)
	}
	return out
}

func medianDelay(d []int) (middle float64, missed int) {
	var x []float64
	for _, n := range d {
		if n < 0 {
			missed++
			x = append(x, math.Inf(1))
		} else {
			x = append(x, float64(n))
		}
	}
	return median(x), missed
}

// TestChangePointTable measures precision, recall, F1, delay and false change points beside Apache
// Otava. With -v it does so on all series, with the methods that lost, prints the tables of
// docs/change-points.md and holds that page to them; else on every fifth series.
func TestChangePointTable(t *testing.T) {
	sets := tableSeries()
	if *exportSeries != "" {
		data, err := json.Marshal(sets)
		if err == nil {
			err = os.WriteFile(*exportSeries, data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	answers := otavaSays(t)
	otava := func(p string) func(string, int, []float64) []int {
		return func(set string, i int, _ []float64) []int { return answers.Found[set+p][i] }
	}
	for name, set := range sets {
		if name != "delay" && len(answers.Found[name]) != len(set) {
			t.Fatalf("Otava's answers are for %d series %q, not %d", len(answers.Found[name]), name, len(set))
		}
	}
	every := 5
	if testing.Verbose() {
		every = 1
	}
	mine, theirs := scores(method{"", ours(0)}, sets, every), scores(method{"", otava("")}, sets, every)
	for _, set := range []string{"synthetic", "traces"} {
		m, o := mine[set][""], theirs[set][""]
		if m.f1() <= o.f1() || m.f1() < 0.90 {
			t.Errorf("%s: F1 is %.3f, Otava's %.3f", set, m.f1(), o.f1())
		}
	}
	for kind, s := range mine["noise"] {
		// Of one kind there are too few runs in a fifth of the series to tell a rate.
		if rate := s.perThousand(); rate > 1 && (kind == "" || every == 1) {
			t.Errorf("%.2f false change points in 1,000 runs of noise, %s", rate, kind)
		}
	}
	if !testing.Verbose() {
		return
	}

	var b strings.Builder
	fmt.Fprintf(&b, "| method | synthetic: precision | recall | F1 | traces: precision | recall | F1 | false in 1,000 runs of noise |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	rows := []method{{"benchbot, p 0.01 (the default)", ours(0)}, {"benchbot, p 0.001", ours(0.001)}, {"benchbot, p 0.5", ours(0.5)},
		{"Apache Otava, its defaults (p 0.001)", otava("")}, {"Apache Otava, p 0.0001", otava("@0.0001")}, {"Apache Otava, p 0.000001", otava("@0.000001")},
		{"E-Divisive, permutations, p 0.01", pure(energyDivisive)}, {"ranks on benchbot's partition, p 0.01", pure(ranked)}, {"optimal partitioning, bounded loss", pure(boundedLoss)}}
	for _, m := range rows {
		s := scores(m, sets, 1)
		a, r := s["synthetic"][""], s["traces"][""]
		fmt.Fprintf(&b, "| %s | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %.2f |\n", m.name, a.precision(), a.recall(), a.f1(), r.precision(), r.recall(), r.f1(), s["noise"][""].perThousand())
	}
	fmt.Fprintf(&b, "\n| synthetic series | steps | benchbot: precision | recall | F1 | Otava: precision | recall | F1 |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, kind := range kinds {
		m, o := mine["synthetic"][kind], theirs["synthetic"][kind]
		fmt.Fprintf(&b, "| %s | %d | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f |\n", kind, m.steps, m.precision(), m.recall(), m.f1(), o.precision(), o.recall(), o.f1())
	}
	fmt.Fprintf(&b, "\n| unchanged noise | runs | benchbot: false in 1,000 runs | Otava |\n| --- | ---: | ---: | ---: |\n")
	for _, kind := range sortedKinds(mine["noise"]) {
		m := mine["noise"][kind]
		fmt.Fprintf(&b, "| %s | %d | %.2f | %.2f |\n", kind, m.runs, m.perThousand(), theirs["noise"][kind].perThousand())
	}
	own, missed := medianDelay(delays(sets["delay"]))
	fmt.Fprintf(&b, "\n| delay, %d steps of 3 to 20 %% | runs until it is found, median | not found in 40 runs |\n| --- | ---: | ---: |\n", len(sets["delay"]))
	fmt.Fprintf(&b, "| benchbot | %.0f | %d |\n", own, missed)
	for _, p := range []string{"", "@0.0001", "@0.000001"} {
		middle, missed := medianDelay(answers.Delay["delay"+p])
		fmt.Fprintf(&b, "| Apache Otava, p %s | %.0f | %d |\n", cmp.Or(strings.TrimPrefix(p, "@"), "0.001"), middle, missed)
	}
	fmt.Print(b.String())
	holdPage(t, b.String())
}

func sortedKinds(m map[string]*score) []string {
	var kinds []string
	for k := range m {
		if k != "" {
			kinds = append(kinds, k)
		}
	}
	slices.Sort(kinds)
	return kinds
}

const (
	page  = "../../docs/change-points.md"
	begin = "<!-- go test ./internal/trend -run TestChangePointTable -v -update -->\n"
	end   = "<!-- end -->\n"
)

// holdPage compares the tables with those of the page, or renews them there.
func holdPage(t *testing.T, tables string) {
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s does not mark where the tables stand", page)
	}
	if *update {
		if err := os.WriteFile(page, []byte(head+begin+tables+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if old != tables {
		t.Errorf("%s shows other figures; -update renews them", page)
	}
}
