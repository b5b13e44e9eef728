package githubtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

// issueNumber is the number of the first issue.
const issueNumber = 100

func (s *Server) issue(operation string, i int) object {
	e, it := s.example(operation), s.Issues[i]
	e["number"], e["title"], e["body"], e["state"] = issueNumber+i, it.Title, it.Body, it.State
	e["user"].(object)["login"], e["user"].(object)["type"] = it.Author, it.Kind
	e["html_url"] = fmt.Sprintf("https://example.com/%s/issues/%d", s.Repository, issueNumber+i)
	delete(e, "pull_request")
	return e
}

func (s *Server) listIssues(w http.ResponseWriter) {
	out := []any{}
	for i, it := range slices.Backward(s.Issues) {
		if it.State == "open" {
			out = append(out, s.issue("GET "+repo+"/issues", i))
		}
	}
	reply(w, http.StatusOK, out)
}

// putIssue changes an issue, or makes one where i is -1.
func (s *Server) putIssue(w http.ResponseWriter, operation string, status, i int, body []byte) {
	var in Issue
	json.Unmarshal(body, &in)
	if i < 0 {
		i = len(s.Issues)
		s.Issues = append(s.Issues, Issue{Author: s.Viewer, Kind: "Bot", State: "open"})
	}
	if i >= len(s.Issues) {
		reply(w, http.StatusNotFound, object{"message": "Not Found"})
		return
	}
	it := &s.Issues[i]
	it.Title, it.Body, it.State = cmp.Or(in.Title, it.Title), cmp.Or(in.Body, it.Body), cmp.Or(in.State, it.State)
	reply(w, status, s.issue(operation, i))
}
