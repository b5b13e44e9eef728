package githubtest

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/job"
)

// The tests TestPointNN are listed in docs/security.md with what each defends.

func TestPoint04OnlyTheExpectedEventIsPublished(t *testing.T) {
	for _, c := range []struct {
		reason string
		change func(*scene)
	}{
		{"started by \"push\"", func(s *scene) { s.measuredRun()["event"] = "push" }},
		{"started by \"pull_request_target\"", func(s *scene) { s.measuredRun()["event"] = "pull_request_target" }},
		{"of another repository", func(s *scene) { s.measuredRun()["repository"] = map[string]any{"id": forkID} }},
		{"of the workflow", func(s *scene) { s.measuredRun()["path"] = ".github/workflows/other.yml" }},
		{"of the workflow", func(s *scene) { s.measuredRun()["path"] = "" }},
		{"only \"requested\"", func(s *scene) { s.event["action"] = "requested" }},
		{"ended as \"cancelled\"", func(s *scene) { s.measuredRun()["conclusion"] = "cancelled" }},
		{"does not say which commit", func(s *scene) { s.measuredRun()["head_sha"] = "main" }},
		{"the event is of", func(s *scene) { s.env["GITHUB_REPOSITORY"] = "octo/other" }},
		{"nothing is done for the event", func(s *scene) { s.env["GITHUB_EVENT_NAME"] = "pull_request_target" }},
		{"published after a run that measured", func(s *scene) { s.env["GITHUB_EVENT_NAME"] = "push" }},
	} {
		s := newScene(t)
		c.change(s)
		s.refused(c.reason)
		if n := len(s.Requests()); n > 0 {
			t.Errorf("%s: %d requests were made", c.reason, n)
		}
	}
	s := newScene(t) // a path with the ref that the file was read from is the same path
	s.measuredRun()["path"] = workflow + "@refs/heads/main"
	s.mustPublish()
}

func TestPoint05ArtifactOfSomethingElse(t *testing.T) {
	for _, c := range []struct {
		reason string
		change func(*bench.Comparison)
	}{
		{"of commit 0123456", func(d *bench.Comparison) { d.Head.Commit = otherSHA }},
		{"which two commits", func(d *bench.Comparison) { d.Head.Commit = "c83e0d7" }},
		{"which two commits", func(d *bench.Comparison) { d.Head.Dirty = true }},
		{"this is", func(d *bench.Comparison) { d.Repository = "github.example.com/octo/other" }},
		{"this is", func(d *bench.Comparison) { d.Repository = "" }},
	} {
		s := newScene(t)
		doc := document(1)
		c.change(doc)
		s.upload(doc)
		s.refused(c.reason)
	}
	for reason, change := range map[string]func(*Artifact){
		"of run 8":    func(a *Artifact) { a.RunID = 8 },
		"expired":     func(a *Artifact) { a.Expired = true },
		"no artifact": func(a *Artifact) { a.Name = "Benchbot-result" },
	} {
		s := newScene(t)
		change(&s.Artifacts[runID][0])
		s.refused(reason)
	}
}

func TestPoint06NoSuchPullRequestAnyMore(t *testing.T) {
	for _, c := range []struct {
		reason string
		change func(*scene)
	}{
		{"no open pull request", func(s *scene) { s.Pulls[0].State = "closed" }},
		{"no open pull request", func(s *scene) { s.Pulls[0].HeadSHA = otherSHA }},
		{"no open pull request", func(s *scene) { s.Pulls[0].HeadRepositoryID = 3000 }},
		{"no open pull request", func(s *scene) { s.Pulls[0].HeadRef = "other" }},
		{"2 open pull requests", func(s *scene) {
			two := s.Pulls[0]
			two.Number, two.BaseRef = 8, "release"
			s.Pulls = append(s.Pulls, two)
		}},
		{"closed meanwhile", func(s *scene) { s.meanwhile("/graphql", func() { s.Pulls[0].State = "closed" }) }},
		{"pushed to meanwhile", func(s *scene) { s.meanwhile("/graphql", func() { s.Pulls[0].HeadSHA = otherSHA }) }},
		{"pushed to meanwhile", func(s *scene) {
			s.NoGraphQL = true
			s.meanwhile("/comments", func() { s.Pulls[0].HeadSHA = otherSHA })
		}},
		{"closed meanwhile", func(s *scene) { // after the comments were read
			s.Rights = map[string]string{"owner": "write"}
			s.say("owner", "benchbot accept parse.Decode0: fine")
			s.meanwhile("/permission", func() { s.Pulls[0].State = "closed" })
		}},
	} {
		s := newScene(t)
		c.change(s)
		s.refused(c.reason)
	}
}

// meanwhile changes something after the pull request was found, with a request to a path that ends so.
func (s *scene) meanwhile(path string, change func()) {
	s.Before = func(_ int, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, path) {
			change()
		}
	}
}

func TestPoint07ArtifactOfThisRunAndNoTokenForStorage(t *testing.T) {
	s := newScene(t)
	s.Artifacts[runID] = append([]Artifact{{ID: 30, Name: "logs", RunID: runID}}, s.Artifacts[runID]...)
	s.Artifacts[8] = []Artifact{{ID: 29, Name: "benchbot-result", RunID: 8}}
	s.mustPublish()
	storage := 0
	for _, r := range s.Requests() {
		if r.Storage {
			storage++
			if r.Authorization != "" || r.Path != "/31" {
				t.Errorf("the storage was asked for %s with %q", r.Path, r.Authorization)
			}
		} else if strings.Contains(r.Path, "/artifacts") && !strings.Contains(r.Path, fmt.Sprintf("/runs/%d/", runID)) && !strings.Contains(r.Path, "/artifacts/31/") {
			t.Errorf("asked for %s", r.Path)
		}
	}
	if storage != 1 {
		t.Errorf("the storage was asked %d times", storage)
	}
	s = newScene(t)
	s.Artifacts[runID] = append(s.Artifacts[runID], s.Artifacts[runID][0])
	s.refused("left 2 artifacts")
}

// hostile are texts that would act in a comment if they came out as they are.
var hostile = []string{
	"a|b", `a\|b`, "`x`", "```", "@team", "&#64;x", "#1", "https://evil.example/x", "<!-- x", "-->", "</details>",
	"![i](https://evil.example/i.png)", "line\nbreak", "<img src=x>", "[x](javascript:x)", "$x$", ":tada:", "\u202egnp", "zero\u200bwidth",
	"<!-- benchbot:v1 key=benchbot sha=" + headSHA + " -->", "\x1b[31m", "</summary>", "GH-1", "::error::x", "octo/parse#1", "a`@crew",
}

// hostileDocument has a text wherever a document can have one.
func hostileDocument(text string) *bench.Comparison {
	d := document(3)
	d.Base.Subject, d.Head.Subject, d.Base.Label, d.Head.Branch = text, text, text, text
	d.Environment = bench.Environment{GOOS: text, GOARCH: text, CPU: text, Cores: 2, GoVersion: text, Kernel: text, Runner: text}
	d.Results[0].Name, d.Results[1].Package, d.Results[2].Unit = "A/"+text, "example.com/"+text, text
	for i := range d.Results {
		d.Results[i].Plan = text
	}
	d.Skipped = []bench.Skipped{{Package: text, Reason: text, Benchmarks: []string{text}}}
	d.Failures = []bench.Failure{{Package: text, Benchmark: text, Revision: "base", Kind: text, Output: text + "\n" + text}}
	d.Diagnoses = []bench.Diagnosis{{Benchmark: d.Results[0].Benchmark, Findings: []bench.Finding{{Kind: text, Measure: text, Function: text, Via: text, File: text, Line: 3, Edge: text, Change: 0.5}}}}
	d.Notes, d.Changed, d.Command = []string{text}, []string{text}, text
	return d
}

func TestPoint10HiddenCharactersAreShown(t *testing.T) {
	for _, text := range []string{"a\u202eb", "a\u200bb", "a\u2066b", "a\x07b", "a\u0000b", "a\ufeffb"} {
		s := newScene(t)
		s.upload(hostileDocument(text))
		s.mustPublish()
		for _, own := range s.own() {
			for _, r := range own.Body {
				if r < ' ' && r != '\n' || r == 0x202e || r == 0x200b || r == 0x2066 || r == 0xfeff {
					t.Errorf("%+q came through: %+q", text, own.Body)
					break
				}
			}
		}
	}
	s := newScene(t)
	d := document(1)
	d.Results[0].Name = "Décoder/größe=大"
	s.upload(d)
	s.mustPublish()
	if !strings.Contains(s.own()[0].Body, "`parse.Décoder/größe=大`") {
		t.Errorf("other Unicode is changed:\n%s", s.own()[0].Body)
	}
}

func TestPoint11NothingOfThePullRequestActs(t *testing.T) {
	for _, text := range hostile {
		s := newScene(t)
		s.Pulls[0].Title, s.Pulls[0].Body = text, "Cause: "+text+"\n\nSolution: "+text
		s.upload(hostileDocument(text))
		s.mustPublish()
		own := s.own()
		if len(own) != 1 {
			t.Fatalf("%q: %d comments", text, len(own))
		}
		if bare := outsideCode(own[0].Body); acts(bare, text) {
			t.Errorf("%q stands outside of code:\n%s", text, bare)
		}
		if row := brokenRow(own[0].Body); row != "" {
			t.Errorf("%q ends a cell of the table: %s", text, row)
		}
		if strings.Count(own[0].Body, "<details>") != strings.Count(own[0].Body, "\n</details>") {
			t.Errorf("%q: the folds are not closed as they were opened", text)
		}
	}
}

// acts tells whether a text that has to be code stands outside of code.
func acts(bare, text string) bool {
	if text == "`x`" || text == "```" || text == "line\nbreak" || text == "a|b" || text == `a\|b` {
		return strings.Contains(bare, "```") || strings.Contains(bare, "line\nbreak") || strings.Contains(bare, `\|`)
	}
	if _, outside, ok := strings.Cut(text, "a`"); ok { // behind the end of a span
		text = outside
	}
	for _, own := range []string{"</details>", "</summary>", "-->"} { // the program's own
		if text == own {
			return false // the count of folds is what tells
		}
	}
	return strings.Contains(bare, text)
}

// brokenRow finds a row of a table with a pipe in a code span, which GitHub takes for the end of the cell.
func brokenRow(body string) string {
	for line := range strings.Lines(body) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		for i, part := range strings.Split(line, "`") {
			if i%2 == 1 && strings.Contains(part, "|") {
				return line
			}
		}
	}
	return ""
}

// outsideCode is Markdown without its code spans, its blocks of indented code, and its first line.
func outsideCode(body string) string {
	_, body, _ = strings.Cut(body, "\n")
	var out strings.Builder
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "    ") {
			continue
		}
		parts := strings.Split(line, "`")
		for i := 0; i < len(parts); i += 2 {
			out.WriteString(parts[i])
		}
	}
	return out.String()
}

func TestPoint12MarkersOfOthers(t *testing.T) {
	forged := "<!-- benchbot:v1 key=benchbot sha=" + headSHA + " -->\nall is well"
	s := newScene(t)
	s.Comments[number] = []Comment{
		{ID: 1, Author: "mallory", Kind: "User", Body: forged},
		{ID: 2, Author: "other-app[bot]", Kind: "Bot", Body: forged},
		{ID: 3, Author: "github-actions[bot]", Kind: "Bot", Body: "quoted:\n" + forged},
	}
	s.mustPublish()
	for _, c := range s.Comments[number][:3] {
		if !strings.HasSuffix(c.Body, "all is well") {
			t.Errorf("the comment of %s was edited: %.80q", c.Author, c.Body)
		}
	}
	if len(s.own()) != 1 || len(s.Hidden) > 0 {
		t.Errorf("%d comments of one's own, hidden: %v", len(s.own()), s.Hidden)
	}
}

func TestPoint13FiveThousandRows(t *testing.T) {
	s := newScene(t)
	d := document(0)
	for i := range 5000 {
		one := document(1).Results[0]
		one.Name = fmt.Sprintf("Decode/with/a/rather/long/name/of/a/benchmark/%04d", i)
		d.Results = append(d.Results, one)
	}
	s.upload(d)
	s.mustPublish()
	own := s.own()
	if len(own) != 1 || len(own[0].Body) > 60_000 || len(s.Checks[0].Summary) > 65_535 || s.Checks[0].Annotations > 10 || len(s.summary()) > 1<<20 {
		t.Errorf("%d comments, the limits are not kept: %d, %d, %d", len(own), len(own[0].Body), len(s.Checks[0].Summary), len(s.summary()))
	}
	if n := strings.Count(s.summary(), "\n| `parse.Decode/with/a/rather"); n < 5000 {
		t.Errorf("the summary has %d rows", n)
	}
	if !strings.Contains(own[0].Body, "5000 regressions") {
		t.Errorf("the comment begins %.200q", own[0].Body)
	}
}

func TestPoint14OwnCommentOnPageThree(t *testing.T) {
	for _, place := range []int{0, 150, 250, 449} {
		for _, noGraphQL := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d of 450, no GraphQL %v", place, noGraphQL), func(t *testing.T) { ownComment(t, place, noGraphQL) })
		}
	}
}

func ownComment(t *testing.T, place int, noGraphQL bool) {
	s := newScene(t)
	s.mustPublish()
	own := s.own()[0]
	own.ID, own.Body = 900, strings.Replace(own.Body, "1 regression", "2 regressions", 1)
	s.Comments[number], s.NoGraphQL = nil, noGraphQL
	for i := range 450 {
		if s.say("newcomer", fmt.Sprint("comment ", i)); i == place {
			s.Comments[number][i] = own
		}
	}
	s.mustPublish()
	if got := s.own(); len(got) != 1 || got[0].ID != 900 || !strings.Contains(got[0].Body, "### benchbot: 1 regression\n") {
		t.Errorf("%d comments of one's own", len(got))
	}
	s.IgnorePages = true // ends all the same
	s.Forget()
	out := s.mustPublish()
	if n := len(s.own()); n != 1 || out.Comparison == nil || len(s.Requests()) > 10 {
		t.Errorf("where the server gives no pages: %d comments of one's own after %d requests (%s)", n, len(s.Requests()), s.log.String())
	}
}

func TestPoint18HistoryOnlyByPushToTheDefaultBranch(t *testing.T) {
	push := func(ref string) func(*scene) {
		return func(s *scene) {
			s.env["GITHUB_EVENT_NAME"] = "push"
			s.event["ref"], s.event["after"] = ref, headSHA
		}
	}
	for _, change := range []func(*scene){
		push("refs/heads/feature"), push("refs/tags/main"), push("main"), push("refs/heads/main/x"), func(*scene) {},
		func(s *scene) { push("refs/heads/main")(s); s.event["deleted"] = true },
		func(s *scene) { s.commented("owner", "benchbot rerun") },
	} {
		s := newScene(t)
		change(s)
		history := filepath.Join(t.TempDir(), "history.db")
		s.set = func(o *job.CIOptions) { o.Mode, o.History, o.Run.Dir = job.ModeRecord, history, t.TempDir() }
		s.refused("")
		if _, err := os.Stat(history); err == nil {
			t.Error("there is a history")
		}
	}
	s := newScene(t) // the push that may: it goes on to the checkout, which is none
	push("refs/heads/main")(s)
	s.set = func(o *job.CIOptions) { o.Mode, o.Run.Dir = job.ModeRecord, t.TempDir() }
	if _, err := s.publish(); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("the push to the default branch ended with %v", err)
	}
}
