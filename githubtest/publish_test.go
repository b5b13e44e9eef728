package githubtest

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/job"
)

// One comment, one check and the outputs; the verdict is of the samples, whatever the document says.
func TestPublish(t *testing.T) {
	s := newScene(t)
	out := s.mustPublish()
	if out.Comparison.Verdict != bench.Regression || !out.Judged {
		t.Errorf("the verdict is %s (judged: %v), want a regression", out.Comparison.Verdict, out.Judged)
	}
	own := s.own()
	if len(own) != 1 || !strings.Contains(own[0].Body, "### benchbot: 1 regression\n") || !strings.Contains(own[0].Body, "`parse.Decode0`") {
		t.Fatalf("the comments are %+v", own)
	}
	if !strings.HasPrefix(own[0].Body, "<!-- benchbot:v1 key=benchbot sha="+headSHA+" -->\n") {
		t.Errorf("the comment begins with %.120q", own[0].Body)
	}
	if len(s.Checks) != 1 || s.Checks[0].Conclusion != "failure" || s.Checks[0].SHA != headSHA || s.Checks[0].Title != "benchbot: 1 regression" {
		t.Errorf("the check runs are %+v", s.Checks)
	}
	if !strings.Contains(s.summary(), "1 regression") {
		t.Errorf("the summary is %.100q", s.summary())
	}
	outputs, _ := os.ReadFile(s.env["GITHUB_OUTPUT"])
	for _, want := range []string{"\nregression\n", "\ntrue\n", "result.json\n", "comment.md\n", "https://example.com/octo/parse/pull/7#issuecomment-5000\n"} {
		if !strings.Contains(string(outputs), want) {
			t.Errorf("the outputs lack %q:\n%s", want, outputs)
		}
	}
}

// The lines that causes point at are annotated, ten at the most, and only in files of the repository.
func TestAnnotations(t *testing.T) {
	s := newScene(t)
	d := document(2)
	for i := range 30 {
		f := bench.Finding{Kind: bench.FindingNew, Measure: bench.MeasureCPU, Function: "regexp.Compile", File: "parse/decode.go", Line: i, Change: 0.15}
		f.File = []string{"parse/decode.go", "", "../up.go", "/etc/passwd"}[i%4]
		d.Diagnoses = append(d.Diagnoses, bench.Diagnosis{Benchmark: d.Results[i%2].Benchmark, Findings: []bench.Finding{f}})
	}
	s.upload(d)
	s.mustPublish()
	// Of the 30, eight are in a file of the repository and of the benchmark that is slower; one has no line.
	if got := s.Checks[0].Annotations; got != 7 {
		t.Errorf("%d annotations, want 7", got)
	}
	for i := range d.Diagnoses {
		d.Diagnoses[i].Benchmark, d.Diagnoses[i].Findings[0].File = d.Results[0].Benchmark, "parse/decode.go"
	}
	s.upload(d)
	s.Checks, s.Comments[number] = nil, nil
	s.mustPublish()
	if got := s.Checks[0].Annotations; got != 10 {
		t.Errorf("%d annotations, want 10", got)
	}
}

func TestPublishAgainChangesNothing(t *testing.T) {
	s := newScene(t)
	s.mustPublish()
	before := s.own()
	s.Forget()
	s.mustPublish()
	if w := s.writes(); len(w) > 0 {
		t.Errorf("wrote %v although nothing changed\n%s", w, firstDifference(before, s.own()))
	}
	if len(s.own()) != 1 {
		t.Errorf("there are %d comments", len(s.own()))
	}
}

// crowded is a pull request with a thousand benchmarks and 300 comments.
func crowded(t testing.TB) *scene {
	s := newScene(t)
	s.upload(document(1000))
	for range 300 {
		s.say("newcomer", "a remark")
	}
	return s
}

// A thousand benchmarks and 300 comments cost few requests: two for the comments, with which comes the pull
// request as it is now, and one each to list the artifacts, ask for one, fetch it, find the pull request,
// comment, and write the check.
func TestPublishingIsCheap(t *testing.T) {
	s := crowded(t)
	s.mustPublish()
	if n := len(s.Requests()); n > 8 {
		t.Errorf("%d requests: %v", n, s.Requests())
	}
	if want := fmt.Sprintf("benchbot: %d requests to octo/parse, ", len(s.Requests())); !strings.Contains(s.log.String(), want) {
		t.Errorf("it lacks %q: %s", want, s.log.String())
	}
	s.Forget()
	before := s.own()
	s.mustPublish()
	if n, w := len(s.Requests()), s.writes(); n > 8 || len(w) > 0 {
		t.Errorf("%d requests where nothing changed, of which these write: %v\n%s", n, w, firstDifference(before, s.own()))
	}
}

// firstDifference is the first line that two states of the program's comments do not share.
func firstDifference(before, after []Comment) string {
	if len(before) != len(after) {
		return fmt.Sprintf("there were %d comments, and are %d", len(before), len(after))
	}
	for i := range before {
		old, now := strings.Split(before[i].Body, "\n"), strings.Split(after[i].Body, "\n")
		for k := range max(len(old), len(now)) {
			if k >= len(old) || k >= len(now) || old[k] != now[k] {
				return fmt.Sprintf("line %d of the comment was %.200q, and is %.200q", k+1, old[min(k, len(old)):min(k+1, len(old))], now[min(k, len(now)):min(k+1, len(now))])
			}
		}
	}
	return "the comments are the same"
}

// What is too large is refused by what the server says of it, before it is fetched.
func TestTooLargeIsNotFetched(t *testing.T) {
	s := newScene(t)
	s.uploadZip(make([]byte, 8<<20+1))
	s.refused("larger than 8 MiB")
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests: %v", n, s.Requests())
	}
}

// BenchmarkPublish publishes a thousand benchmarks to a pull request with 300 comments, each request taking
// 50 ms: the first time, and where nothing has changed.
func BenchmarkPublish(b *testing.B) {
	for _, again := range []bool{false, true} {
		b.Run(map[bool]string{false: "new", true: "unchanged"}[again], func(b *testing.B) {
			s := crowded(b)
			comments := len(s.Comments[number])
			if again {
				s.mustPublish()
			}
			s.Latency = 50 * time.Millisecond
			for b.Loop() {
				if !again {
					s.Comments[number], s.Checks = s.Comments[number][:comments], nil
				}
				s.Forget()
				os.Remove(s.env["GITHUB_STEP_SUMMARY"])
				s.mustPublish()
			}
			b.ReportMetric(float64(len(s.Requests())), "requests")
		})
	}
}

// BenchmarkRefuse refuses artifacts that are too large: by what the server says of one, and by what another
// unpacks to.
func BenchmarkRefuse(b *testing.B) {
	for name, c := range map[string]struct {
		zip    []byte
		reason string
	}{
		"packed":   {make([]byte, 8<<20+1), "larger than 8 MiB"},
		"unpacked": {archive(b, "result.json", make([]byte, 16<<20+1)), "larger than 16 MiB"},
	} {
		b.Run(name, func(b *testing.B) {
			s := newScene(b)
			s.uploadZip(c.zip)
			for b.Loop() {
				s.Forget()
				s.log.Reset()
				s.refused(c.reason)
			}
		})
	}
}

func TestNextPushEditsTheComment(t *testing.T) {
	s := newScene(t)
	s.mustPublish()
	doc := document(2)
	doc.Results[0], doc.Head.Commit = doc.Results[1], otherSHA
	doc.Results = doc.Results[:1]
	s.upload(doc)
	s.Pulls[0].HeadSHA = otherSHA
	s.measuredRun()["head_sha"] = otherSHA
	out := s.mustPublish()
	own := s.own()
	if out.Comparison.Verdict != bench.Unchanged || len(own) != 1 || strings.Contains(own[0].Body, "regression\n") || !strings.Contains(own[0].Body, "sha="+otherSHA) {
		t.Errorf("the verdict is %s and the comments %+v", out.Comparison.Verdict, own)
	}
}

func TestDuplicatesOfARaceAreHidden(t *testing.T) {
	s := newScene(t)
	s.mustPublish()
	again := s.own()[0]
	again.ID = 6000
	s.Comments[number] = append(s.Comments[number], again)
	s.mustPublish()
	s.mustPublish() // it stays hidden, and is not hidden again
	if len(s.Hidden) != 1 || s.Hidden[0] != "IC_6000" {
		t.Errorf("hidden are %v, want the second comment", s.Hidden)
	}
}

func TestWhenToComment(t *testing.T) {
	quiet := func(s *scene) {
		doc := document(2)
		doc.Results = doc.Results[1:]
		s.upload(doc)
	}
	nothing := func(s *scene) {
		doc := document(0)
		doc.Skipped = []bench.Skipped{{Package: "example.com/parse", Reason: bench.ReasonIdentical}}
		s.upload(doc)
	}
	worse := func(*scene) {}
	for _, c := range []struct {
		name, comment string
		of            func(*scene)
		want          int
	}{
		{"auto, nothing measured", job.CommentAuto, nothing, 0}, {"auto, unchanged", job.CommentAuto, quiet, 1},
		{"always, nothing measured", job.CommentAlways, nothing, 1}, {"on change, unchanged", job.CommentOnChange, quiet, 0},
		{"on change, a regression", job.CommentOnChange, worse, 1}, {"never", job.CommentNever, worse, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			c.of(s)
			s.set = func(o *job.CIOptions) { o.Comment = c.comment }
			s.mustPublish()
			if n := len(s.own()); n != c.want {
				t.Errorf("%d comments, want %d", n, c.want)
			}
		})
	}
}

// Without the right to comment, the summary and the exit status still say it.
func TestNoRightToComment(t *testing.T) {
	s := newScene(t)
	s.ReadOnly = true
	out := s.mustPublish()
	if !out.Judged || out.Comparison.Verdict != bench.Regression || !strings.Contains(s.summary(), "1 regression") {
		t.Errorf("the outcome is %+v, the summary %.60q", out, s.summary())
	}
	if !strings.Contains(s.log.String(), "::warning::") {
		t.Errorf("no warning: %s", s.log.String())
	}
}

// A server of another make has neither GraphQL nor check runs.
func TestServerOfAnotherMake(t *testing.T) {
	s := newScene(t)
	s.NoChecks, s.NoGraphQL = true, true
	s.Comments[number] = []Comment{{ID: 1, Author: "mallory", Kind: "User", Body: "<!-- benchbot:v1 key=benchbot sha=" + headSHA + " -->\nmine"}}
	s.mustPublish()
	s.mustPublish()
	if len(s.own()) != 1 || s.Comments[number][0].Body != "<!-- benchbot:v1 key=benchbot sha="+headSHA+" -->\nmine" {
		t.Errorf("the comments are %+v", s.Comments[number])
	}
	if !strings.Contains(s.log.String(), "writing check runs was left out") {
		t.Errorf("nothing says what was left out: %s", s.log.String())
	}
}

// A server that lacks interfaces still gets the comment, and a notice says what was left out.
func TestInterfacesThatAreMissing(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented} {
		s := newScene(t)
		s.Rights = map[string]string{"owner": "admin"}
		s.say("owner", "benchbot accept parse.Decode0: fine")
		s.Pulls[0].Labels = []string{"benchbot: accepted"}
		s.Fault = func(_ int, r *http.Request) *Fault {
			for _, path := range []string{"/graphql", "/check-runs", "/permission", "/events"} {
				if strings.HasSuffix(r.URL.Path, path) {
					return &Fault{Status: status, Message: "no such interface"}
				}
			}
			return nil
		}
		for range 2 {
			if out := s.mustPublish(); out.Comparison.Verdict != bench.Regression || out.Accepted || len(s.own()) != 1 {
				t.Errorf("%d: the outcome is %+v, the comments %+v", status, out, s.own())
			}
		}
		want := []string{"GraphQL was left out", "writing check runs was left out", "the label was left out"}
		if status != http.StatusNotFound { // which is what is said of somebody unknown, too
			want = append(want, "commands were left out")
		}
		for _, w := range want {
			if !strings.Contains(s.log.String(), w) {
				t.Errorf("%d: nothing says %q: %s", status, w, s.log.String())
			}
		}
	}
}

// The addresses are those that the server gives, whatever path they have.
func TestAddressOfAnEnterpriseServer(t *testing.T) {
	s := newScene(t)
	s.mustPublish()
	for _, r := range s.Requests() {
		if !r.Storage && !strings.HasPrefix(r.Path, "/api/v3/repos/octo/parse/") && r.Path != "/api/graphql" {
			t.Errorf("a request went to %s", r.Path)
		}
	}
}

func TestAcceptance(t *testing.T) {
	const line = "benchbot accept parse.Decode0: checking costs that much"
	for _, c := range []struct {
		name   string
		set    func(*scene)
		accept bool
	}{
		{"a maintainer's comment", func(s *scene) { s.say("owner", "Fine.\n"+line) }, true},
		{"anyone's comment", func(s *scene) { s.say("newcomer", line) }, false},
		{"a quoted comment", func(s *scene) { s.say("owner", "> "+line) }, false},
		{"an example", func(s *scene) { s.say("owner", "```\n"+line+"\n```") }, false},
		{"another benchmark", func(s *scene) { s.say("owner", "benchbot accept parse.Decode1: why not") }, false},
		{"no reason", func(s *scene) { s.say("owner", "benchbot accept parse.Decode0:") }, false},
		{"the description of a newcomer", func(s *scene) { s.Pulls[0].Body = line }, false},
		{"the description of a maintainer", func(s *scene) { s.Pulls[0].Body, s.Pulls[0].Author = line, "owner" }, true},
		{"the label, set by a maintainer", func(s *scene) {
			s.Pulls[0].Labels, s.Events[number] = []string{"benchbot: accepted"}, []LabelEvent{{"owner", "benchbot: accepted"}}
		}, true},
		{"the label, set by somebody else", func(s *scene) {
			s.Pulls[0].Labels, s.Events[number] = []string{"benchbot: accepted"}, []LabelEvent{{"triage", "benchbot: accepted"}}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			s.Rights = map[string]string{"owner": "admin", "newcomer": "read", "triage": "read"}
			c.set(s)
			out := s.mustPublish()
			if out.Accepted != c.accept || (s.Checks[0].Conclusion == "success") != c.accept {
				t.Errorf("accepted: %v, the check is %s; want %v", out.Accepted, s.Checks[0].Conclusion, c.accept)
			}
			if n := strings.Count(s.own()[0].Body, "**Accepted** by `owner`"); (n == 3) != c.accept || !c.accept && n > 0 { // also a lesson of the document
				t.Errorf("the comment:\n%.900s", s.own()[0].Body)
			}
		})
	}
}

func (s *scene) say(login, body string) {
	s.Comments[number] = append(s.Comments[number], Comment{ID: s.nextID(), Author: login, Kind: "User", Body: body})
}

func TestCommandsInComments(t *testing.T) {
	s := newScene(t)
	s.Rights = map[string]string{"owner": "write"}
	s.mustPublish()
	s.commented("owner", "benchbot accept parse.Decode0: checking costs that much")
	s.mustPublish()
	if last := s.Checks[len(s.Checks)-1]; last.Conclusion != "success" || !strings.Contains(s.own()[0].Body, "checking costs that much") {
		t.Errorf("the check is %s and the comment\n%.500s", last.Conclusion, s.own()[0].Body)
	}
	s.commented("owner", "benchbot rerun")
	s.mustPublish()
	if len(s.Reruns) != 1 || s.Reruns[0] != runID {
		t.Errorf("started again were %v", s.Reruns)
	}
	s.commented("owner", "benchbot help")
	s.mustPublish()
	if last := s.Comments[number][len(s.Comments[number])-1]; !strings.Contains(last.Body, "benchbot accept NAME: reason") {
		t.Errorf("the answer is %q", last.Body)
	}
}

// What is accepted after the merge is noted by the run that recorded it, which starts again; nothing else does.
func TestAcceptanceAfterTheMerge(t *testing.T) {
	const record, recorded = ".github/workflows/benchbot-record.yml", 9100
	for _, c := range []struct {
		name, login, body string
		set               func(*scene)
		again             bool
	}{
		{"who may write", "owner", "benchbot accept parse.Decode0: it is worth it", func(*scene) {}, true},
		{"anyone", "newcomer", "benchbot accept parse.Decode0: it is worth it", func(*scene) {}, false},
		{"another command", "owner", "benchbot rerun", func(*scene) {}, false},
		{"closed without a merge", "owner", "benchbot accept *: why not", func(s *scene) { s.Pulls[0].MergedAs = "" }, false},
		{"a run of another branch", "owner", "benchbot accept *: why not", func(s *scene) { s.Runs[1].HeadBranch = "release" }, false},
		{"a run of another workflow", "owner", "benchbot accept *: why not", func(s *scene) { s.Runs[1].Path = workflow }, false},
		{"a run of another event", "owner", "benchbot accept *: why not", func(s *scene) { s.Runs[1].Event = "workflow_dispatch" }, false},
		{"a run that is not over", "owner", "benchbot accept *: why not", func(s *scene) { s.Runs[1].Conclusion = "" }, false},
		{"no right to start a run", "owner", "benchbot accept *: why not", func(s *scene) {
			s.Fault = func(_ int, r *http.Request) *Fault {
				if !strings.HasSuffix(r.URL.Path, "/rerun") {
					return nil
				}
				return &Fault{Status: http.StatusForbidden, Message: "Resource not accessible by integration"}
			}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			s.Rights = map[string]string{"owner": "write", "newcomer": "read"}
			s.Pulls[0].State, s.Pulls[0].MergedAs = "closed", otherSHA
			s.Runs = append(s.Runs, Run{ID: recorded, Path: record, Event: "push", Conclusion: "success", HeadSHA: otherSHA, HeadBranch: "main", HeadOwner: "octo", HeadRepositoryID: 1000})
			c.set(s)
			s.commented(c.login, c.body)
			s.mustPublish()
			if again := len(s.Reruns) == 1 && s.Reruns[0] == recorded; again != c.again || len(s.Reruns) > 1 {
				t.Errorf("started again were %v: %s", s.Reruns, s.log.String())
			}
			if writes := len(s.writes()); len(s.own()) > 0 || writes > 1 || !c.again && s.Fault == nil && writes > 0 {
				t.Errorf("wrote %v", s.writes())
			}
			if said := s.log.String(); (said == "") != (c.login == "newcomer") {
				t.Errorf("it said %q", said)
			}
		})
	}
}

func TestCommandsOfOthersAreIgnored(t *testing.T) {
	for _, body := range []string{"benchbot rerun", "benchbot help", "benchbot accept parse.Decode0: no reason", "nothing to do with it"} {
		s := newScene(t)
		s.Rights = map[string]string{"newcomer": "read"}
		s.commented("newcomer", body)
		out := s.mustPublish()
		if w := s.writes(); len(w) > 0 || len(s.Reruns) > 0 || out.Comparison != nil || s.log.Len() > 0 {
			t.Errorf("%q did %v and said %q", body, w, s.log.String())
		}
	}
}
