package report

import (
	"regexp"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// tableRows is the number of rows that a table of the document shows.
const tableRows = 40

// measure writes step 1: what the base takes, what the runtime did, timing logs, profiles.
func (d *document) measure() {
	d.heading(2, "h.step1")
	d.heading(3, "h.step1.base")
	d.baseTable()
	d.runtimeTable()
	d.heading(3, "h.step1.logs")
	d.paragraph(d.say("logs.none"))
	d.ask("logs.question")
	d.heading(3, "h.step1.profiling")
	if d.profiles() {
		d.paragraph(d.say("profiling.again"))
		d.block(profileCommands(d.subject.Benchmark)...)
		return
	}
	if d.subject != nil {
		d.paragraph(d.say("profiling.none"))
		d.block(profileCommands(d.subject.Benchmark)...)
	}
	d.ask("profiling.question")
}

// baseTable shows the base of what moved, or of all where nothing did.
func (d *document) baseTable() {
	rows := d.moved()
	if len(rows) == 0 {
		for i := range d.Comparison.Results {
			rows = append(rows, &d.Comparison.Results[i])
		}
	}
	var lines []safe
	for _, r := range rows {
		if r.Base == nil || !r.Base.Center.Valid() {
			continue
		}
		lines = append(lines, tableRow(d.name(r), d.metric(r.Unit), safe(formatSide(r.Base, r.Unit)), d.fill("{n}", []any{"n", len(r.Base.Samples)})))
	}
	if len(lines) == 0 {
		d.ask("base.question")
		return
	}
	d.paragraph(d.say("base.caption", "base", d.revision(d.Comparison.Base)))
	d.table(lines, "| --- | --- | ---: | ---: |", "column.benchmark", "column.metric", "column.before", "column.samples")
}

// table writes a table of the first tableRows rows and how many more there are.
func (d *document) table(rows []safe, rule safe, columns ...string) {
	var head []safe
	for _, c := range columns {
		head = append(head, d.say(c))
	}
	d.out.gap()
	d.out.line(tableRow(head...))
	d.out.line(rule)
	for _, row := range rows[:min(len(rows), tableRows)] {
		d.out.line(row)
	}
	d.out.gap()
	if left := len(rows) - tableRows; left > 0 {
		d.paragraph(d.count("compare.cut", left))
	}
}

// profileCommands are what a person types to profile one benchmark. Its name came from a pull
// request, so each argument is quoted for the shell.
func profileCommands(b bench.Benchmark) []string {
	pkg := b.Package
	if pkg == "" {
		pkg = "."
	}
	test := []string{"go", "test", "-run", "^$", "-bench", benchPattern(b), "-cpuprofile", "cpu.out", "-memprofile", "mem.out", pkg}
	return []string{
		shell(test),
		"go tool pprof -top -cum -nodecount=20 cpu.out",
		"go tool pprof -top -cum -nodecount=20 -sample_index=alloc_space mem.out",
	}
}

// benchPattern is the -bench pattern that matches one benchmark alone; the testing package matches
// it element by element.
func benchPattern(b bench.Benchmark) string {
	parts := strings.Split("Benchmark"+b.Name, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}

var plainArgument = regexp.MustCompile(`^[A-Za-z0-9_./=@:-]+$`)

// shell writes a command as a POSIX shell reads it.
func shell(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		if plainArgument.MatchString(a) {
			quoted[i] = a
		} else {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
