package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/goccy/go-yaml"
)

// An Alert is a target that Prometheus is to watch, of one benchmark.
type Alert struct {
	Repository string
	Benchmark  bench.Benchmark
	Unit       string
	Bound      bench.Bound // not relative: Prometheus has no base
}

// The rules file of Prometheus, as far as it is written here
// (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/).
type (
	ruleFile struct {
		Groups []ruleGroup `yaml:"groups"`
	}
	ruleGroup struct {
		Name  string      `yaml:"name"`
		Rules []alertRule `yaml:"rules"`
	}
	alertRule struct {
		Alert       string            `yaml:"alert"`
		Expr        string            `yaml:"expr"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations"`
	}
)

// Alerts writes alert rules over what openMetrics writes. A rule fires where the whole 95 % interval of the
// latest figure is beyond the target, or the figure itself where it has no interval.
func Alerts(w io.Writer, alerts []Alert) error {
	group := ruleGroup{Name: "benchbot"}
	for _, a := range alerts {
		u, known := metricUnits[a.Unit]
		of := labels{{"repository", a.Repository}, {"package", a.Benchmark.Package}, {"benchmark", a.Benchmark.Name}, {"procs", strconv.Itoa(a.Benchmark.Procs)}}
		if !known {
			u, of = otherUnit, append(of, label{"unit", a.Unit})
		}
		end, beyond := "low", ">"
		if !a.Bound.AtMost {
			end, beyond = "high", "<"
		}
		var match []string
		for _, l := range of {
			match = append(match, l.name+`="`+labelEscapes.Replace(l.value)+`"`)
		}
		selector := "{" + strings.Join(match, ",") + "}"
		group.Rules = append(group.Rules, alertRule{
			Alert: "BenchbotTargetMissed",
			Expr:  fmt.Sprintf("(benchbot_benchmark_%s_%s%s or benchbot_benchmark_%s%s) %s %s", end, u.suffix, selector, u.suffix, selector, beyond, limit(a.Bound.Value)),
			Labels: map[string]string{
				"severity": "warning",
				"metric":   bench.UnitWord(a.Unit),
			},
			Annotations: map[string]string{
				"summary": fmt.Sprintf("%s: %s is not %s", template(a.Benchmark.WithProcs()), template(bench.UnitWord(a.Unit)), template(a.Bound.Text)),
				"description": fmt.Sprintf("The latest run in the environment {{ $labels.environment }} is beyond its target (%s) by its whole interval, whose near end is {{ $value }}. Ask: benchbot trend '%s'",
					template(a.Bound.Text), template(a.Benchmark.WithProcs())),
			},
		})
	}
	text, err := yaml.Marshal(ruleFile{[]ruleGroup{group}})
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// template keeps a name from being read as a template of Prometheus.
func template(s string) string { return strings.ReplaceAll(s, "{{", "{ {") }

// limit writes a bound without what turning milliseconds into seconds costs.
func limit(v float64) string { return strconv.FormatFloat(v, 'g', 15, 64) }

// AlertNote says why a target has no rule: that it is relative, on the change against base, or that the
// history has no run of it. It fails where the language is unknown.
func AlertNote(lang, target string, relative bool) (string, error) {
	c, err := catalogueOf(lang)
	if err != nil {
		return "", err
	}
	p := printer{catalogue: c, escape: Terminal}
	if relative {
		return string(p.say("alerts.relative", "target", target)), nil
	}
	return string(p.say("alerts.no-run", "target", target)), nil
}
