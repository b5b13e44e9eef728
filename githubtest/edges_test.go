package githubtest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// A person removed the comment, or its author's account is gone: the next push writes a new one, and nobody
// else's is touched.
func TestCommentThatWasRemoved(t *testing.T) {
	s := newScene(t)
	s.Comments[number] = []Comment{{ID: s.nextID(), Kind: "User", Body: "from an account that was removed"}}
	s.mustPublish()
	s.Comments[number] = s.Comments[number][:1]
	s.mustPublish()
	if own := s.own(); len(own) != 1 || s.Comments[number][0].Body != "from an account that was removed" {
		t.Errorf("the comments are %+v", s.Comments[number])
	}
	// Removed after it was read: what is to be edited is not there any more.
	s.upload(document(3))
	s.Before = func(_ int, r *http.Request) {
		if r.Method == http.MethodPatch {
			s.Comments[number] = s.Comments[number][:1]
		}
	}
	s.mustPublish()
	if own := s.own(); len(own) != 1 || !strings.Contains(own[0].Body, "3 benchmarks:") || strings.Contains(s.log.String(), "::warning::") {
		t.Errorf("the comments are %+v\n%s", own, s.log.String())
	}
}

// The longest comment stays below what the server takes, in characters and in bytes, also where every name is
// of characters that have several bytes.
func TestLongestComment(t *testing.T) {
	s := newScene(t)
	d := document(600)
	for i := range d.Results {
		d.Results[i].Name = fmt.Sprintf("解析/%s/%d", strings.Repeat("größe大", 20), i)
		d.Results[i].Head.Samples = d.Results[0].Head.Samples
	}
	s.upload(d)
	s.mustPublish()
	if n := len(s.own()[0].Body); n > 60_000 || n < 30_000 {
		t.Errorf("the comment has %d bytes", n)
	}
	if !strings.Contains(s.own()[0].Body, "left out here") {
		t.Error("nothing says that rows were left out")
	}
}

// A command may stand among anything, in any spelling of line ends; what looks like one is none.
func TestCommandsInHostileText(t *testing.T) {
	for body, accepted := range map[string]bool{
		"Thanks!\r\nbenchbot accept parse.Decode0: checking\r\n":                 true,
		"benchbot accept `parse.Decode0`: `code` | ![x](https://evil.example/i)": true,
		"benchbot accept parse.Decode0: a\u202eb\u200bc":                         true,
		"Benchbot: benchbot accept parse.Decode0: in the middle":                 false,
		"<!-- \n> benchbot accept parse.Decode0: quoted":                         false,
		"~~~\nbenchbot accept parse.Decode0: an example\n~~~":                    false,
		"````\n```\nbenchbot accept parse.Decode0: an example\n````":             false,
		"bеnchbot accept parse.Decode0: with a letter of another script":         false,
	} {
		s := newScene(t)
		s.Rights = map[string]string{"owner": "write"}
		s.Pulls[0].Author, s.Pulls[0].Body = "owner", body
		out := s.mustPublish()
		if out.Accepted != accepted {
			t.Errorf("%q: accepted is %v", body, out.Accepted)
		}
		comment := s.own()[0].Body
		if strings.ContainsAny(comment, "\u202e\u200b") || strings.Contains(outsideCode(comment), "https://evil.example") {
			t.Errorf("%q acts in the comment:\n%.600s", body, comment)
		}
	}
}

// Two pull requests of one branch and commit, to two branches: the event does not tell which was measured.
// Where one of them is closed, it is the other.
func TestTwoPullRequestsOfOneCommit(t *testing.T) {
	s := newScene(t)
	two := s.Pulls[0]
	two.Number, two.BaseRef = 8, "release"
	s.Pulls = append(s.Pulls, two)
	s.refused("2 open pull requests")
	s.Pulls[1].State = "closed"
	if s.mustPublish(); len(s.own()) != 1 || len(s.Comments[8]) > 0 {
		t.Errorf("the comments are %+v", s.Comments)
	}
	// A branch of the same name and commit in another fork is another pull request.
	other := s.Pulls[0]
	other.Number, other.HeadRepositoryID, other.HeadOwner = 9, 3000, "other"
	s.Pulls = append(s.Pulls, other)
	if s.mustPublish(); len(s.own()) != 1 || len(s.Comments[9]) > 0 {
		t.Errorf("the comments are %+v", s.Comments)
	}
}

// Names of branches and benchmarks in any script, and a fork that was removed meanwhile.
func TestNamesInOtherScripts(t *testing.T) {
	s := newScene(t)
	s.Pulls[0].HeadRef, s.measuredRun()["head_branch"] = "速度/größer#1&x=?", "速度/größer#1&x=?"
	s.Pulls[0].Title = "Декодер быстрее"
	d := document(1)
	d.Head.Branch, d.Head.Subject = "速度/größer#1&x=?", "Декодер быстрее"
	s.upload(d)
	if out := s.mustPublish(); out.Comparison.Verdict != bench.Regression || !strings.Contains(s.own()[0].Body, "Декодер быстрее") {
		t.Errorf("the comment:\n%.400s", s.own()[0].Body)
	}
	s.Comments[number] = nil
	s.meanwhile("/graphql", func() { s.Pulls[0].HeadRepositoryID = 0 })
	s.refusedAfterAll("pushed to meanwhile")
}

// refusedAfterAll is refused where something was written before.
func (s *scene) refusedAfterAll(reason string) {
	s.t.Helper()
	s.Forget()
	s.log.Reset()
	s.refused(reason)
}
