package report

import (
	"io"
	"strings"

	"github.com/benchbot/benchbot/internal/trend"
)

// maxIssue is the largest text of an issue, in bytes, and issueRows the most benchmarks that it lists.
const (
	maxIssue  = 60_000
	issueRows = 100
)

// A Lasting is a step for the worse that has lasted, as trend.View.Worse finds it.
type Lasting struct {
	View  *trend.View
	Point trend.ChangePoint
}

// IssueTitle is the title of the issue about lasting steps, in plain text.
func IssueTitle(lang, branch string, n int) (string, error) {
	texts, err := catalogueOf(lang)
	if err != nil {
		return "", err
	}
	p := printer{catalogue: texts, escape: Terminal}
	if n == 0 {
		return string(p.say("issue.title-done", "branch", clip(branch, 100))), nil
	}
	return string(p.count("issue.title", n, "branch", clip(branch, 100))), nil
}

// IssueBody writes, as Markdown, the text of that issue: a row for each step, or that all have recovered
// where there is none.
func IssueBody(w io.Writer, lang string, steps []Lasting) error {
	texts, err := catalogueOf(lang)
	if err != nil {
		return err
	}
	p := printer{catalogue: texts, escape: Code}
	out := &page{limit: maxIssue}
	if len(steps) == 0 {
		out.line(p.say("issue.done"))
		_, err = io.WriteString(w, string(out.text()))
		return err
	}
	out.line(p.say("issue.intro"))
	out.gap()
	out.line(tableRow(p.say("column.benchmark"), p.say("column.metric"), p.say("column.before"), p.say("column.after"), p.say("column.since")))
	out.line("| --- | --- | ---: | ---: | --- |")
	var rows []safe
	for _, s := range steps[:min(len(steps), issueRows)] {
		v := s.View
		rows = append(rows, tableRow(safe(Code(clip(v.Benchmark.String(), nameLength))), p.metric(v.Unit),
			safe(formatValue(s.Point.From, nan, nan, v.Unit)), safe(formatValue(s.Point.To, nan, nan, v.Unit)), p.place(v, s.Point)))
	}
	if left := out.rows(rows, spareLine) + len(steps) - len(rows); left > 0 {
		out.gap()
		out.line(p.count("more.rows", left))
	}
	out.gap()
	out.line(p.say("issue.closes"))
	_, err = io.WriteString(w, strings.TrimSpace(string(out.text()))+"\n")
	return err
}
