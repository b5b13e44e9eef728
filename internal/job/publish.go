package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/github"
	"github.com/benchbot/benchbot/internal/report"
)

// DefaultKey is the key of the comment where a pull request has one.
const DefaultKey = "benchbot"

// checkName is what the check run is called: one a comment.
func (j *ci) checkName() string {
	if j.Key == DefaultKey {
		return DefaultKey
	}
	return DefaultKey + " (" + j.Key + ")"
}

// publishRun publishes the result that a run left.
func (j *ci) publishRun(ctx context.Context, client *github.Client, run *github.Run) (Outcome, error) {
	docs, err := client.Results(ctx, run, j.repository())
	if err != nil {
		return Outcome{}, err
	}
	c, err := decide(docs, j.Run.Settings)
	if err != nil {
		return Outcome{}, err
	}
	pull, err := client.FindPull(ctx, j.event.Repository.ID, run)
	if err != nil {
		return Outcome{}, err
	}
	c.Head.Branch, c.Base.Branch = pull.HeadRef, pull.BaseRef
	return j.publish(ctx, client, c, pull)
}

// publish shows a comparison on a pull request. Where the server does not let it, the summary, the
// outputs and the exit status still say what there is to say.
func (j *ci) publish(ctx context.Context, client *github.Client, c *bench.Comparison, pull *github.Pull) (Outcome, error) {
	r, err := NewReport(c, j.Lang)
	if err != nil {
		return Outcome{}, err
	}
	r.Link, r.Title, r.Description = j.link(), pull.Title, pull.Body
	out := Outcome{Comparison: c, Judged: true}
	if j.History != "" {
		location, note := Fresh(ctx, HistoryBranch{Dir: j.Run.Dir, Location: j.History, Branch: j.Branch, Env: j.credentials()})
		if note != "" {
			j.step.Notice("the history was left out: " + note)
		}
		r.Trends = Trends(ctx, location, c)
	}
	address, err := j.show(ctx, client, r, pull, &out)
	for _, what := range client.LeftOut() {
		j.step.Notice(what)
	}
	fmt.Fprintf(j.Log, "benchbot: %d requests to %s, %.1f s so far\n", client.Requests(), j.event.Repository.FullName, time.Since(j.began).Seconds())
	var refused github.Refusal
	if errors.As(err, &refused) || ctx.Err() != nil {
		return Outcome{}, err
	}
	if err != nil {
		j.step.Warning(err.Error() + "; the report stands in the summary of this job")
	}
	return out, j.leave(r, address, true)
}

// show writes the comment and the check run. It reads everything first, and looks at the pull request
// once more right before it writes.
func (j *ci) show(ctx context.Context, client *github.Client, r *report.Report, pull *github.Pull, out *Outcome) (address string, err error) {
	thread, err := client.Thread(ctx, pull.Number)
	if err != nil {
		return "", err
	}
	said, err := client.Acceptances(ctx, pull, thread)
	if err != nil {
		j.step.Warning(err.Error() + "; what was accepted is not known")
	}
	r.Accepted, out.Accepted = github.Accepted(r.Comparison, said)
	var text strings.Builder
	if err := r.Markdown(&text); err != nil {
		return "", err
	}
	if err := client.StillAt(ctx, pull, thread); err != nil {
		return "", err
	}
	wrote := true
	if j.Comment != CommentNever {
		s := github.Sticky{Key: j.Key, SHA: pull.HeadSHA, Body: text.String(), OnlyUpdate: j.onlyUpdate(r.Comparison)}
		if address, wrote, err = thread.Put(ctx, s); err != nil {
			err = allowed(err, "writing comments")
		}
	}
	check := j.check(r.Comparison, pull, text.String(), out.Accepted)
	check.Look = address != "" && !wrote
	var marksErr error
	if check.Annotations, marksErr = annotations(r); marksErr != nil {
		return address, marksErr
	}
	if checkErr := client.PutCheck(ctx, check); checkErr != nil {
		j.step.Warning(allowed(checkErr, "writing check runs").Error())
	}
	return address, err
}

// allowed adds to an error what to do where the token lacks a right or the server an interface.
func allowed(err error, doing string) error {
	if github.Forbidden(err) || github.Missing(err) {
		return bench.Faultf(bench.ExitOther, "the job's token has no right to it (permissions:), or this server does not have it", "%s was left out: %w", doing, err)
	}
	return err
}

// onlyUpdate tells whether a comment that is not there yet may stay away.
func (j *ci) onlyUpdate(c *bench.Comparison) bool {
	quiet := c.Verdict != bench.Regression && c.Verdict != bench.Improvement && c.Verdict != bench.Failed
	switch j.Comment {
	case CommentAuto:
		return len(c.Results) == 0 && quiet
	case CommentOnChange:
		return quiet
	}
	return false
}

// check is the check run of a comparison, text being its report.
func (j *ci) check(c *bench.Comparison, pull *github.Pull, text string, accepted bool) github.Check {
	title, _, _ := strings.Cut(strings.TrimLeft(text, "# "), "\n")
	return github.Check{
		Name: j.checkName(), SHA: pull.HeadSHA, Title: title, Summary: text, Conclusion: github.Conclusion(c.Verdict, accepted),
		ID: j.Getenv("GITHUB_RUN_ID") + "." + j.Getenv("GITHUB_RUN_ATTEMPT") + "." + j.Key,
	}
}

// annotations are those of the check run.
func annotations(r *report.Report) (out []github.Annotation, err error) {
	marks, err := r.Annotations(github.MaxAnnotations)
	if err != nil {
		return nil, err
	}
	for _, m := range marks {
		out = append(out, github.Annotation{Path: m.File, Line: m.Line, Level: "warning", Title: m.Title, Message: m.Text})
	}
	return out, nil
}

// answer does what somebody asked for in a comment. A comment that asks for nothing, or whose author may
// not ask, is passed over in silence: anyone may write one.
func (j *ci) answer(ctx context.Context) (Outcome, error) {
	said := j.event.Comment
	commands := github.ParseCommands(said.Body)
	if said.Action != "created" || !said.OnPull || said.Bot || len(commands) == 0 {
		return Outcome{}, nil
	}
	if err := j.configure(ctx, "", ""); err != nil {
		return Outcome{}, err
	}
	client, err := j.client()
	if err != nil {
		return Outcome{}, err
	}
	if may, err := client.MayWrite(ctx, said.Author); err != nil || !may {
		return Outcome{}, err
	}
	pull, err := client.Pull(ctx, said.Number)
	if err != nil {
		return Outcome{}, err
	}
	switch {
	case pull.State == "open":
		return j.obey(ctx, client, pull, commands)
	case pull.MergedAs != "" && slices.ContainsFunc(commands, func(c github.Command) bool { return c.Verb == "accept" }):
		return Outcome{}, j.acceptLate(ctx, client, pull)
	}
	return Outcome{}, github.Refusal{Why: "the pull request is closed"}
}

// recordWorkflow is the file of the workflow that records, as `benchbot init` writes it.
const recordWorkflow = ".github/workflows/benchbot-record.yml"

// acceptLate lets the history know what was accepted after the merge. Only a push to the default branch writes
// the history, so the run that recorded the merge is started again: it asks what was accepted.
func (j *ci) acceptLate(ctx context.Context, client *github.Client, pull *github.Pull) error {
	run, err := client.RecordedRun(ctx, j.event.Repository, pull, recordWorkflow)
	if err != nil {
		return err
	}
	switch err = client.Rerun(ctx, run); {
	case err == nil:
		j.step.Notice(fmt.Sprintf("the run that recorded %.7s was started again, and notes what was accepted", pull.MergedAs))
	case github.Missing(err) || github.Forbidden(err):
		j.step.Warning(allowed(err, "starting a run again").Error())
		err = nil
	}
	return err
}

func (j *ci) obey(ctx context.Context, client *github.Client, pull *github.Pull, commands []github.Command) (out Outcome, err error) {
	verbs := map[string]bool{}
	for _, c := range commands {
		verbs[c.Verb] = true
	}
	if verbs["help"] {
		if err := j.help(ctx, client, pull); err != nil {
			return out, err
		}
	}
	if !verbs["rerun"] && !verbs["accept"] {
		return out, nil
	}
	run, err := client.MeasuredRun(ctx, j.event.Repository.ID, pull, j.Workflow)
	if err != nil {
		return out, err
	}
	if verbs["accept"] {
		if out, err = j.publishRun(ctx, client, run); err != nil {
			return out, err
		}
	}
	if verbs["rerun"] {
		if err = client.Rerun(ctx, run); github.Missing(err) || github.Forbidden(err) {
			j.step.Warning(allowed(err, "starting a run again").Error())
			err = nil
		}
	}
	return out, err
}

func (j *ci) help(ctx context.Context, client *github.Client, pull *github.Pull) error {
	var text strings.Builder
	if err := report.Commands(&text, j.Lang, github.AcceptLabel); err != nil {
		return err
	}
	thread, err := client.Thread(ctx, pull.Number)
	if err != nil {
		return err
	}
	_, _, err = thread.Put(ctx, github.Sticky{Key: j.Key + "-help", SHA: pull.HeadSHA, Body: text.String()})
	return err
}
