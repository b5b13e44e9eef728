package job

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/report"
)

// promtool runs Prometheus' own judge on a file, or skips where it is not installed.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	path, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed (apt-get install prometheus)")
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func alertRules(t *testing.T, targets string) (rules string, notes []string) {
	t.Helper()
	c, err := config.Read([]byte(targets), config.Name)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	notes, err = ExportAlerts(t.Context(), ExportOptions{Location: exportHistory(t)}, c, &out)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), notes
}

func TestAlertsAreOfTheTargets(t *testing.T) {
	rules, notes := alertRules(t, `targets:
  m.A: {time: "<= 2s", memory: "<= 4"}
  B/*: {time: ">= 6s"}
  Odd/*: {hits/op: "<= 1"}
  Allocs: {allocs: "<= 1", time: "<= +5%"}
  Gone: {time: "<= 1ms"}
`)
	if n := strings.Count(rules, "alert: BenchbotTargetMissed"); n != 5 {
		t.Errorf("%d rules, want 5:\n%s", n, rules)
	}
	if got := strings.Join(notes, "\n"); !strings.Contains(got, "Allocs time <= +5%: it is on the change") || !strings.Contains(got, "Gone time <= 1ms: the history has no run of it") || len(notes) != 2 {
		t.Errorf("notes: %q", notes)
	}
	path := writeFile(t, "rules.yml", rules)
	t.Run("promtool check", func(t *testing.T) { promtool(t, "check", "rules", path) })
	t.Run("promtool test", func(t *testing.T) { promtool(t, "test", "rules", ruleTest(t, path)) })
}

// ruleTest is a unit test of promtool over the metrics that are really exported: A's interval reaches
// below its limit, B's is below its own by all of it.
func ruleTest(t *testing.T, rules string) string {
	var series strings.Builder
	for line := range strings.Lines(export(t, ExportOptions{Location: exportHistory(t), Format: "openmetrics"})) {
		if name, value, ok := cutLast(strings.TrimSpace(line)); ok && !strings.HasPrefix(line, "#") && !strings.Contains(line, "quoted") {
			fmt.Fprintf(&series, "      - series: '%s'\n        values: '%s'\n", strings.ReplaceAll(name, "'", "''"), value)
		}
	}
	const labels = "            exp_labels: {alertname: BenchbotTargetMissed, severity: warning, metric: %s, source: gobench, repository: example.com/m, package: %q, benchmark: %q, procs: \"%d\", plan: %q, environment: %s}\n"
	const text = `
rule_files: [%s]
tests:
  - interval: 1m
    input_series:
%s    alert_rule_test:
      - eval_time: 1m
        alertname: BenchbotTargetMissed
        exp_alerts:
%s`
	var environments []string
	for _, m := range regexp.MustCompile(`environment="([0-9a-f]+)"`).FindAllStringSubmatch(series.String(), -1) {
		if !slices.Contains(environments, m[1]) {
			environments = append(environments, m[1])
		}
	}
	want := ""
	for _, e := range environments {
		for _, a := range []struct {
			metric, pkg, name, plan, summary, near string
			procs                                  int
		}{
			{"time", "example.com/m", "B/x=1", "12x4ms", "m.B/x=1-2: time is not >= 6s", "5", 2},
			{"allocs", "", "Allocs", "", "Allocs: allocs is not <= 1", "2", 1},
			{"hits/op", "example.com/m", `Odd/"x"\y`, "", `m.Odd/"x"\y-4: hits/op is not <= 1`, "1.5", 4},
		} {
			if a.metric != "time" && !strings.Contains(series.String(), `benchbot_benchmark_allocations{repository="example.com/m",source="gobench",environment="`+e) {
				continue
			}
			labelled := fmt.Sprintf(labels, a.metric, a.pkg, a.name, a.procs, a.plan, e)
			if a.metric == "hits/op" {
				labelled = strings.Replace(labelled, "procs:", "unit: hits/op, procs:", 1)
			}
			labelled = strings.NewReplacer(`package: "", `, "", `plan: "", `, "").Replace(labelled) // an empty label is none
			bound := strings.TrimPrefix(a.summary[strings.LastIndex(a.summary, " is not "):], " is not ")
			name, _, _ := strings.Cut(a.summary, ": ")
			want += "          - exp_annotations:\n" +
				fmt.Sprintf("              summary: %q\n", a.summary) +
				fmt.Sprintf("              description: %q\n", "The latest run in the environment "+e+" is beyond its target ("+bound+") by its whole interval, whose near end is "+a.near+". Ask: benchbot trend '"+name+"'") + labelled
		}
	}
	return writeFile(t, "test.yml", fmt.Sprintf(text, rules, series.String(), want))
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndex(s, " ")
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

var metricName = regexp.MustCompile(`benchbot_[a-z_]+`)

// Every query of the dashboard is one that Prometheus takes, of metrics that are written.
func TestDashboardAsksForWhatIsExported(t *testing.T) {
	var text bytes.Buffer
	if err := report.Dashboard(&text); err != nil {
		t.Fatal(err)
	}
	var board struct {
		Templating struct {
			List []struct{ Name, Query string }
		}
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text.Bytes(), &board); err != nil {
		t.Fatal(err)
	}
	exported := map[string]bool{}
	for _, name := range metricName.FindAllString(export(t, ExportOptions{Location: exportHistory(t), Format: "openmetrics"}), -1) {
		exported[name] = true
	}
	variables := map[string]bool{}
	var queries []string
	for _, v := range board.Templating.List {
		variables["$"+v.Name] = true
		queries = append(queries, v.Query)
	}
	rules := "groups:\n  - name: panels\n    rules:\n"
	for i, p := range board.Panels {
		if len(p.Targets) == 0 {
			t.Errorf("the panel %q asks nothing", p.Title)
		}
		for j, target := range p.Targets {
			queries = append(queries, target.Expr)
			rules += fmt.Sprintf("      - record: panel_%d_%d\n        expr: %q\n", i, j, target.Expr)
		}
	}
	for _, q := range queries {
		for _, name := range metricName.FindAllString(q, -1) {
			if !exported[name] {
				t.Errorf("%s: nothing exports %s", q, name)
			}
		}
		for _, v := range regexp.MustCompile(`\$[a-z]+`).FindAllString(q, -1) {
			if !variables[v] {
				t.Errorf("%s: there is no variable %s", q, v)
			}
		}
	}
	t.Run("promtool", func(t *testing.T) { promtool(t, "check", "rules", writeFile(t, "panels.yml", rules)) })
}
