package githubtest

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// faults are what can be in the place of an answer. A cut after the request took effect is the one that
// makes two comments of one.
var faults = map[string]Fault{
	"secondary limit":      {Status: 403, RetryAfter: "0", Message: "You have exceeded a secondary rate limit."},
	"secondary, no header": {Status: 403, Message: "You have exceeded a secondary rate limit."},
	"429":                  {Status: 429, RetryAfter: "0"},
	"500":                  {Status: 500},
	"502":                  {Status: 502},
	"cut":                  {Cut: true},
	"500 after success":    {Status: 500, After: true},
	"cut after success":    {Cut: true, After: true},
	"403":                  {Status: 403, Message: "Resource not accessible by integration"},
}

// Each request is answered in turn with each fault, once, for the first comment and for an edit of it.
func TestPoint15ExactlyOneComment(t *testing.T) {
	for name, fault := range faults {
		for _, edit := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, edit %v", name, edit), func(t *testing.T) {
				for at := 0; ; at++ {
					if !oneComment(t, fault, edit, at) {
						break
					}
				}
			})
		}
	}
}

// oneComment publishes with a fault at one request. It returns false where there is no such request.
func oneComment(t *testing.T, fault Fault, edit bool, at int) bool {
	t.Helper()
	s := newScene(t)
	if edit {
		s.mustPublish()
		s.Comments[number][0].Body = strings.Replace(s.Comments[number][0].Body, "1 regression", "no regression", 1)
		s.Forget()
		s.env["GITHUB_RUN_ID"] = "78"
	}
	hit := ""
	s.Fault = func(n int, r *http.Request) *Fault {
		if n != at {
			return nil
		}
		hit = r.Method + " " + r.URL.Path
		return &fault
	}
	_, err := s.publish()
	if hit == "" {
		return false
	}
	// The storage knows no secondary limits: its 403 is one, unless it says when to come again.
	noRight := fault.Status == 403 && (!strings.Contains(fault.Message, "secondary") || hit == "GET /31" && fault.RetryAfter == "")
	right := len(s.own()) == 1 && strings.Contains(s.own()[0].Body, "### benchbot: 1 regression\n")
	warned := err != nil || strings.Contains(s.log.String(), "::warning::") || strings.Contains(s.log.String(), "::notice::")
	switch {
	case len(s.own()) > 1:
		t.Errorf("%s: %d comments", hit, len(s.own()))
	case !right && !noRight:
		t.Errorf("%s: no right comment (%v, %s)", hit, err, s.log.String())
	case !right && !warned && !strings.Contains(hit, "graphql"):
		t.Errorf("%s: no comment, and nothing says so", hit)
	}
	if !noRight && len(s.Checks) != map[bool]int{false: 1, true: 2}[edit] {
		t.Errorf("%s: %d check runs", hit, len(s.Checks))
	}
	return true
}

// A fault that stays ends the job with a warning, and with tries that are counted.
func TestFaultThatStays(t *testing.T) {
	for name, fault := range faults {
		s := newScene(t)
		s.Fault = func(_ int, r *http.Request) *Fault {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/comments") {
				f := fault
				f.After = false
				return &f
			}
			return nil
		}
		out := s.mustPublish()
		if out.Comparison == nil || !strings.Contains(s.summary(), "1 regression") || !strings.Contains(s.log.String(), "::warning::") {
			t.Errorf("%s: no summary or no warning: %s", name, s.log.String())
		}
		posts := 0
		for _, r := range s.writes() {
			if strings.HasSuffix(r.Path, "/comments") {
				posts++
			}
		}
		if posts < 1 || posts > 4 {
			t.Errorf("%s: %d tries", name, posts)
		}
	}
}

// A pause of an hour is not waited for.
func TestLongPauseIsNotWaitedFor(t *testing.T) {
	s := newScene(t)
	n := 0
	s.Fault = func(_ int, r *http.Request) *Fault {
		if strings.HasSuffix(r.URL.Path, "/comments") {
			n++
			return &Fault{Status: 429, RetryAfter: "3600"}
		}
		return nil
	}
	s.mustPublish()
	if n != 1 || !strings.Contains(s.log.String(), "::warning::") {
		t.Errorf("%d tries: %s", n, s.log.String())
	}
}

func TestPoint20TokenIsNowhere(t *testing.T) {
	for name, fault := range faults {
		for at := range 12 {
			s := newScene(t)
			s.Fault = func(n int, r *http.Request) *Fault {
				if n < at {
					return nil
				}
				f := fault
				f.Message += " " + Token + " " + r.Header.Get("Authorization")
				return &f
			}
			_, err := s.publish()
			said := s.log.String() + fmt.Sprint(err) + s.summary()
			if strings.Contains(said, Token) || strings.Contains(said, "sig=secret") {
				t.Errorf("%s from request %d on: a secret is in %s", name, at, said)
			}
		}
	}
	s := newScene(t)
	s.mustPublish()
	for _, dir := range []string{s.out, filepath.Dir(s.env["GITHUB_OUTPUT"])} {
		filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if text, _ := os.ReadFile(path); strings.Contains(string(text), Token) {
				t.Errorf("the token is in %s", path)
			}
			return err
		})
	}
	for _, r := range s.Requests() {
		if strings.Contains(r.Path+r.Body, Token) {
			t.Errorf("the token is in %s %s", r.Method, r.Path)
		}
	}
}
