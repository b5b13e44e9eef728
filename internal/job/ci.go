package job

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/config"
	"github.com/benchbot/benchbot/internal/github"
	"github.com/benchbot/benchbot/internal/report"
	"github.com/benchbot/benchbot/internal/revision"
)

// Modes of CI, and when it comments.
const (
	ModeMeasure = "measure" // measures a pull request and leaves the result; needs no rights
	ModePublish = "publish" // reads the result that another job left, and writes what it shows
	ModeRecord  = "record"  // measures a push to the default branch and records it
	ModeAll     = "all"     // measures a pull request and publishes, in one job

	CommentAuto     = "auto"      // not where nothing was measured and nothing stands there yet
	CommentAlways   = "always"    // in any case
	CommentOnChange = "on-change" // where something moved or failed, or a comment stands there already
	CommentNever    = "never"
)

// CIOptions say what to do in a job of a workflow.
type CIOptions struct {
	Mode     string
	Comment  string
	Key      string // of the comment, where one pull request has several
	Workflow string // the file of the workflow that measures: ".github/workflows/benchbot-measure.yml"
	Lang     string
	Out      string // the folder for the files of the result
	Config   string // a file instead of the repository's .benchbot.yml
	History  string // where record puts it, and a report asks; "" for nowhere
	Branch   string // the history branch that record pushes to and publish reads; "" for none
	Issue    bool   // record keeps an issue about lasting steps
	Run      RunOptions
	// Configure puts what was given on the command line over the configuration that was read.
	Configure func(*config.Config, *CIOptions) error
	// Getenv reads the variables that the runner sets; Log takes the remarks that it shows.
	Getenv func(string) string
	Log    io.Writer
	// Sleep waits between two tries of a request; nil really waits.
	Sleep func(context.Context, time.Duration) error
}

// An Outcome is what came of a job.
type Outcome struct {
	// Comparison is nil where nothing was measured or published, and that is in order.
	Comparison *bench.Comparison
	// Judged says that the job's exit status follows the verdict. It does not where the job only
	// measures: its result would be lost.
	Judged bool
	// Accepted says that every regression was accepted.
	Accepted bool
}

// ci is one job of a workflow.
type ci struct {
	CIOptions
	step  *github.Step
	event *github.Event
	began time.Time
}

// CI does the job of a workflow's step. What may not be done ends it without an error and with a
// notice; what could not be written is a warning, and the verdict stands.
func CI(ctx context.Context, o CIOptions) (Outcome, error) {
	j := &ci{CIOptions: o, step: github.NewStep(o.Getenv, o.Log), began: time.Now()}
	out, err := j.do(ctx)
	var refused github.Refusal
	if errors.As(err, &refused) {
		j.step.Notice(refused.Why + "; nothing was written")
		return Outcome{}, nil
	}
	return out, err
}

func (j *ci) do(ctx context.Context) (out Outcome, err error) {
	if j.Run.Shard.Of > 0 && j.Mode != ModeMeasure {
		return out, bench.Faultf(bench.ExitUsage, "a shard is measured with the mode measure; publish puts them together", "reading --shard: the mode is %s", j.Mode)
	}
	if j.event, err = github.ReadEvent(j.Getenv); err != nil {
		return out, err
	}
	switch j.Mode {
	case ModeMeasure:
		return j.measure(ctx)
	case ModePublish:
		if j.event.Comment != nil {
			return j.answer(ctx)
		}
		run, err := j.event.Measured(j.Workflow)
		if err != nil {
			return out, err
		}
		if err := j.configure(ctx, "", ""); err != nil {
			return out, err
		}
		client, err := j.client()
		if err != nil {
			return out, err
		}
		return j.publishRun(ctx, client, run)
	case ModeRecord:
		return j.record(ctx)
	case ModeAll:
		return j.all(ctx)
	}
	return out, bench.Faultf(bench.ExitUsage, "it is one of measure, publish, record, all", "reading --mode: %q", j.Mode)
}

func (j *ci) client() (*github.Client, error) {
	return github.NewClient(github.Options{
		APIURL: j.Getenv("GITHUB_API_URL"), GraphQLURL: j.Getenv("GITHUB_GRAPHQL_URL"), Repository: j.Getenv("GITHUB_REPOSITORY"),
		Token: j.Getenv("GITHUB_TOKEN"), Sleep: j.Sleep,
	})
}

// repository is what the history calls the repository of the job: "host/owner/name".
func (j *ci) repository() string {
	server, err := url.Parse(j.Getenv("GITHUB_SERVER_URL"))
	if err != nil || server.Hostname() == "" {
		return ""
	}
	return server.Hostname() + "/" + j.event.Repository.FullName
}

// link is the page of the workflow's run, where the summary stands.
func (j *ci) link() string {
	server, run := j.Getenv("GITHUB_SERVER_URL"), j.Getenv("GITHUB_RUN_ID")
	if _, err := strconv.ParseUint(run, 10, 64); err != nil || j.repository() == "" {
		return ""
	}
	return strings.TrimSuffix(server, "/") + "/" + j.event.Repository.FullName + "/actions/runs/" + run
}

// configure reads the configuration. Where something is measured it is that of the base, so that a pull
// request cannot loosen its own limits; elsewhere that of the checkout, which is of the default branch.
func (j *ci) configure(ctx context.Context, base, head string) error {
	from := ConfigSource{Dir: j.Run.Dir, File: j.Config, FromBase: base != "", Base: base, Head: head}
	c, notes, err := config.Default(), []string(nil), error(nil)
	if _, none := revision.Open(ctx, j.Run.Dir); none == nil || j.Config != "" {
		c, notes, err = LoadConfig(ctx, from)
	}
	if err == nil && j.Configure != nil {
		err = j.Configure(c, &j.CIOptions)
	}
	if err != nil {
		return err
	}
	j.Run.Configure(c)
	j.Run.Notes = notes
	j.Lang = c.Lang.Value
	return nil
}

// measured measures the event's pull request: its head commit against the commit at which it branched
// off. The checkout has to hold both, and is not asked which commit it is at: that may be a merge that
// nobody wrote.
func (j *ci) measured(ctx context.Context) (*bench.Comparison, error) {
	p := j.event.Pull
	if p == nil {
		return nil, bench.Faultf(bench.ExitUsage, "start the workflow on: pull_request", "measuring a pull request: the event %q has none", j.event.Name)
	}
	if j.Run.Head = p.HeadSHA; j.Run.Base == "" {
		repo, err := revision.Open(ctx, j.Run.Dir)
		if err != nil {
			return nil, err
		}
		base, err := repo.MergeBase(ctx, p.HeadSHA, p.BaseSHA)
		if err != nil {
			return nil, err
		}
		j.Run.Base = base.Commit
	}
	if err := j.configure(ctx, j.Run.Base, j.Run.Head); err != nil {
		return nil, err
	}
	c, err := Run(ctx, j.Run)
	if err != nil {
		return nil, err
	}
	c.Base.Branch, c.Head.Branch = p.BaseRef, p.HeadRef
	j.name(c)
	return c, nil
}

// name gives a comparison the repository's name as the server has it.
func (j *ci) name(c *bench.Comparison) {
	if name := j.repository(); name != "" {
		c.Repository = name
	}
	c.Command = again(c)
}

// again is the command that repeats a measurement.
func again(c *bench.Comparison) string {
	return fmt.Sprintf("benchbot run --base %.12s --head %.12s --seed %d", c.Base.Commit, c.Head.Commit, c.Seed)
}

func (j *ci) measure(ctx context.Context) (Outcome, error) {
	c, err := j.measured(ctx)
	if err != nil {
		return Outcome{}, err
	}
	r, err := NewReport(c, j.Lang)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Comparison: c}, j.leave(r, "", true)
}

// all measures and publishes in one job. What was measured here is believed.
func (j *ci) all(ctx context.Context) (Outcome, error) {
	client, err := j.client()
	if err != nil {
		return Outcome{}, err
	}
	c, err := j.measured(ctx)
	if err != nil {
		return Outcome{}, err
	}
	return j.publish(ctx, client, c, j.event.Pull)
}

// record measures what a push to the default branch brought, and puts it into the history.
func (j *ci) record(ctx context.Context) (Outcome, error) {
	push, err := j.event.Recorded()
	if err != nil {
		return Outcome{}, err
	}
	if err := j.configure(ctx, "", ""); err != nil {
		return Outcome{}, err
	}
	j.Run.Head = push.After
	if j.Run.History == "" && j.History != "" {
		j.Run.History = j.History
		if j.Branch != "" { // a runner begins without the runs before; what is wrong with them, keep says
			j.Run.History, _ = Fresh(ctx, HistoryBranch{Dir: j.Run.Dir, Location: j.History, Branch: j.Branch, Env: j.credentials()})
		}
	}
	c, err := Run(ctx, j.Run)
	if err != nil {
		return Outcome{}, err
	}
	c.Head.Branch = j.event.Repository.DefaultBranch
	j.name(c)
	if err := j.recall(ctx, c); err != nil {
		return Outcome{}, err
	}
	if err := j.keep(ctx, c); err != nil {
		return Outcome{}, err
	}
	r, err := NewReport(c, j.Lang)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Comparison: c}, j.leave(r, "", true)
}

// recall notes with the head of a comparison what was accepted on its pull request, so that the history
// knows it. A server that does not tell, or a token that may not ask, keeps nothing from being recorded.
func (j *ci) recall(ctx context.Context, c *bench.Comparison) error {
	if j.History == "" || j.Getenv("GITHUB_TOKEN") == "" {
		return nil
	}
	client, err := j.client()
	if err == nil {
		c.Head.Accepted, err = client.AcceptedWith(ctx, j.event.Repository.ID, c.Head.Commit)
	}
	if err != nil && ctx.Err() == nil {
		j.step.Notice("what was accepted on the pull request was left out: " + err.Error())
		return nil
	}
	return err
}

// keep puts a comparison into the history, and the history's new runs onto its branch.
func (j *ci) keep(ctx context.Context, c *bench.Comparison) error {
	if j.History == "" {
		return nil
	}
	branch := HistoryBranch{
		Dir: j.Run.Dir, Location: j.History, Branch: j.Branch, Repository: c.Repository, OfBranch: j.event.Repository.DefaultBranch,
		Now: time.Now(), Env: j.credentials(),
	}
	if j.Issue && j.Branch != "" { // a runner begins without the runs before
		if _, err := PullHistory(ctx, branch); err != nil {
			j.step.Warning(err.Error())
		}
	}
	recorded, err := Record(ctx, j.History, c)
	if err != nil || !recorded {
		return err
	}
	if j.Branch != "" {
		if _, err = PushHistory(ctx, branch); err != nil {
			return err
		}
	}
	if j.Issue {
		return j.tellIssue(ctx, c)
	}
	return nil
}

// credentials let git push with the job's token, which so is in no argument and in no file. They are for
// the server alone.
func (j *ci) credentials() []string {
	server, token := strings.TrimSuffix(j.Getenv("GITHUB_SERVER_URL"), "/"), j.Getenv("GITHUB_TOKEN")
	if server == "" || token == "" {
		return nil
	}
	secret := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token))
	return []string{"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http." + server + "/.extraheader", "GIT_CONFIG_VALUE_0=Authorization: Basic " + secret}
}

// leave writes the files, the summary and the outputs of a job. Only the files have to be there.
func (j *ci) leave(r *report.Report, comment string, summary bool) error {
	files, err := WriteFiles(j.Out, r)
	if err != nil {
		return err
	}
	if summary {
		var text strings.Builder
		if err := r.Summary(&text, j.step.SummaryRoom()); err != nil {
			return err
		}
		if err := j.step.Summary(text.String()); err != nil {
			j.step.Warning(err.Error())
		}
	}
	c := r.Comparison
	n := func(v bench.Verdict) int { return c.Count()[v] }
	values := map[string]string{
		"verdict": string(c.Verdict), "regressed": strconv.FormatBool(n(bench.Regression) > 0), "regressions": strconv.Itoa(n(bench.Regression)),
		"improvements": strconv.Itoa(n(bench.Improvement)), "comment-url": comment,
	}
	for _, f := range files {
		switch filepath.Base(f.Path) {
		case ResultFile:
			values["json-path"] = f.Path
		case CommentFile:
			values["report-path"] = f.Path
		}
	}
	for name, value := range values {
		if err := j.step.Output(name, value); err != nil {
			j.step.Warning(err.Error())
		}
	}
	return nil
}
