package github

import (
	"fmt"
	"io"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/sethvargo/go-githubactions"
)

// A Step is the step of a workflow that the program runs in: its outputs, its summary, and the lines
// that the runner takes for remarks. Outside of a workflow it keeps quiet where there is nothing to
// write to.
type Step struct {
	action *githubactions.Action
	getenv func(string) string
	log    io.Writer
}

// NewStep makes the step of the variables that the runner sets; remarks go to log.
func NewStep(getenv func(string) string, log io.Writer) *Step {
	return &Step{githubactions.New(githubactions.WithWriter(log), githubactions.WithGetenv(getenv)), getenv, log}
}

// outputNames are the outputs of the action.
var outputNames = []string{"verdict", "regressed", "regressions", "improvements", "report-path", "json-path", "comment-url"}

// delimiter is what ends a value in the file of outputs.
const delimiter = "_GitHubActionsFileCommandDelimeter_"

// Output sets an output of the step. A value of several lines, or one that holds the line by which the
// file of outputs ends a value, could set outputs of its own; it is refused.
func (s *Step) Output(name, value string) (err error) {
	known := false
	for _, n := range outputNames {
		known = known || n == name
	}
	if !known || strings.ContainsAny(value, "\r\n\x00") || strings.Contains(value, delimiter) {
		return bench.Faultf(bench.ExitOther, "", "setting the output %s: %.80q cannot be a value", name, value)
	}
	if s.getenv("GITHUB_OUTPUT") == "" {
		return nil
	}
	defer recovered(&err, "setting the output "+name)
	s.action.SetOutput(name, value)
	return nil
}

// recovered makes an error of the library's panic where a file cannot be written.
func recovered(err *error, doing string) {
	if p := recover(); p != nil {
		*err = bench.Faultf(bench.ExitOther, "", "%s: %v", doing, p)
	}
}

// Notice shows a remark in the run's page, in one line.
func (s *Step) Notice(text string) { s.remark(s.action.Noticef, "notice", text) }

// Warning is Notice for what was left out.
func (s *Step) Warning(text string) { s.remark(s.action.Warningf, "warning", text) }

func (s *Step) remark(show func(string, ...any), kind, text string) {
	text = report.Terminal(text)
	if s.getenv("GITHUB_ACTIONS") != "true" {
		fmt.Fprintf(s.log, "benchbot: %s: %s\n", kind, text)
		return
	}
	show("%s", text)
}
