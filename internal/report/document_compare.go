package report

import (
	"math"
	"slices"

	"github.com/benchbot/benchbot/internal/bench"
)

// Percentiles are given from this many values on: with fewer the percentile is the maximum.
const (
	valuesForP95 = 20
	valuesForP99 = 100
)

// compare writes step 5: the spread of the subject before and after, and the table of results.
func (d *document) compare() {
	d.heading(2, "h.step5")
	d.heading(3, "h.step5.benchmark")
	d.spread()
	if cmd := d.Comparison.Command; cmd != "" {
		d.paragraph(d.say("latency.repeat"))
		d.block(clip(cmd, 1000))
	}
	d.heading(3, "h.step5.compare")
	d.resultTable()
}

// spread shows the distribution of the subject's values on both sides, and says what a value is.
func (d *document) spread() {
	r := d.subject
	if r == nil || r.Base == nil || r.Head == nil || len(r.Base.Samples)*len(r.Head.Samples) == 0 {
		d.ask("latency.question")
		return
	}
	base, head, lines := sideValues(r)
	d.paragraph(d.say("latency.caption", "name", d.name(r), "metric", d.metric(r.Unit)))
	var rows []safe
	row := func(label safe, before, after safe) { rows = append(rows, tableRow(label, before, after)) }
	row(d.say("latency.requests"), number(len(base)), number(len(head)))
	if lines && r.Iterations > 0 {
		row(d.say("latency.operations"), number(len(base)*r.Iterations), number(len(head)*r.Iterations))
	}
	value := func(v float64) safe { return safe(formatValue(v, nan, nan, r.Unit)) }
	row(d.say("latency.min"), value(base[0]), value(head[0]))
	row(d.say("latency.max"), value(base[len(base)-1]), value(head[len(head)-1]))
	row(d.say("latency.avg"), value(bench.Mean(base)), value(bench.Mean(head)))
	row(d.say("latency.median"), value(quantile(base, 0.5)), value(quantile(head, 0.5)))
	percentile := func(v []float64, q float64, least int) safe {
		if len(v) < least {
			return d.say("latency.few", "n", least)
		}
		return value(quantile(v, q))
	}
	row(d.say("latency.p95"), percentile(base, 0.95, valuesForP95), percentile(head, 0.95, valuesForP95))
	row(d.say("latency.p99"), percentile(base, 0.99, valuesForP99), percentile(head, 0.99, valuesForP99))
	d.table(rows, "| --- | ---: | ---: |", "column.metric", "column.before", "column.after")
	switch {
	case lines && r.Iterations > 0:
		d.paragraph(d.say("latency.lines", "iterations", r.Iterations))
	case lines:
		d.paragraph(d.say("latency.lines-unknown"))
	default:
		d.paragraph(d.say("latency.samples"))
	}
	if lines && r.Unit == bench.Time {
		d.paragraph(d.say("latency.centers"))
	}
}

func number(n int) safe { return safe(formatValue(float64(n), nan, nan, "")) }

// sideValues returns the sorted values of both sides: the lines where both sides kept them, else
// the samples.
func sideValues(r *bench.Result) (base, head []float64, lines bool) {
	base, head = slices.Concat(r.Base.Lines...), slices.Concat(r.Head.Lines...)
	lines = len(base) > 0 && len(head) > 0
	if !lines {
		base, head = slices.Clone(r.Base.Samples), slices.Clone(r.Head.Samples)
	}
	slices.Sort(base)
	slices.Sort(head)
	return base, head, lines
}

// quantile is the linearly interpolated quantile of sorted values (type 7 of Hyndman and Fan,
// "Sample Quantiles in Statistical Packages", 1996).
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(math.Floor(at))
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// resultTable shows what moved with all units of the benchmarks concerned; where nothing moved,
// everything.
func (d *document) resultTable() {
	concerned := map[bench.Benchmark]bool{}
	for _, r := range d.moved() {
		concerned[r.Benchmark] = true
	}
	var rows []safe
	rest := 0
	for i := range d.Comparison.Results {
		r := &d.Comparison.Results[i]
		if len(concerned) > 0 && !concerned[r.Benchmark] {
			rest++
			continue
		}
		rows = append(rows, tableRow(d.name(r)+" "+d.metric(r.Unit), safe(formatSide(r.Base, r.Unit)), safe(formatSide(r.Head, r.Unit)), d.improvement(r)))
	}
	if len(rows) == 0 {
		d.paragraph(d.say("compare.none"))
		return
	}
	d.table(rows, "| --- | ---: | ---: | --- |", "column.metric", "column.before", "column.after", "column.improvement")
	if d.Comparison.Settings.Paired && len(concerned) > 0 {
		d.paragraph(d.say("compare.paired"))
	}
	if rest > 0 {
		d.paragraph(d.count("compare.rest", rest))
	}
}
