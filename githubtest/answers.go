package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

type object = map[string]any

// example is the description's own example of an answer, or of the items in it, to be filled in.
func (s *Server) example(operation string, item ...string) object {
	var v any
	if err := json.Unmarshal(s.examples[operation], &v); err != nil {
		panic(fmt.Sprintf("the example of %s: %v", operation, err))
	}
	for _, key := range item {
		v = v.(object)[key]
	}
	if list, ok := v.([]any); ok {
		v = list[0]
	}
	return v.(object)
}

const repo = "/repos/{owner}/{repo}"

// handle answers one of the operations that the description has.
func (s *Server) handle(w http.ResponseWriter, r *http.Request, operation string, params map[string]string, body []byte) {
	number, _ := strconv.Atoi(params["issue_number"] + params["pull_number"])
	write := r.Method != http.MethodGet
	if write && s.ReadOnly {
		reply(w, http.StatusForbidden, object{"message": "Resource not accessible by integration"})
		return
	}
	switch operation {
	case "GET " + repo + "/pulls":
		s.listPulls(w, r)
	case "GET " + repo + "/pulls/{pull_number}":
		s.getPull(w, number)
	case "GET " + repo + "/issues/{issue_number}/comments":
		s.listComments(w, r, number)
	case "POST " + repo + "/issues/{issue_number}/comments":
		s.postComment(w, number, body)
	case "PATCH " + repo + "/issues/comments/{comment_id}":
		s.editComment(w, params["comment_id"], body)
	case "GET " + repo + "/issues":
		s.listIssues(w)
	case "POST " + repo + "/issues":
		s.putIssue(w, operation, http.StatusCreated, -1, body)
	case "PATCH " + repo + "/issues/{issue_number}":
		s.putIssue(w, operation, http.StatusOK, number-issueNumber, body)
	case "GET " + repo + "/issues/{issue_number}/events":
		s.listEvents(w, number)
	case "GET " + repo + "/actions/runs":
		s.listRuns(w, r)
	case "GET " + repo + "/actions/runs/{run_id}/artifacts":
		s.listArtifacts(w, params["run_id"])
	case "POST " + repo + "/actions/runs/{run_id}/rerun":
		id, _ := strconv.ParseInt(params["run_id"], 10, 64)
		s.Reruns = append(s.Reruns, id)
		reply(w, http.StatusCreated, object{})
	case "GET " + repo + "/actions/artifacts/{artifact_id}/{archive_format}":
		w.Header().Set("Location", s.storage.URL+"/"+params["artifact_id"]+"?sig=secret")
		w.WriteHeader(http.StatusFound)
	case "POST " + repo + "/check-runs":
		s.postCheck(w, body)
	case "GET " + repo + "/commits/{ref}/check-runs":
		s.listChecks(w, r, params["ref"])
	case "GET " + repo + "/commits/{commit_sha}/pulls":
		s.pullsOf(w, params["commit_sha"])
	case "GET " + repo + "/collaborators/{username}/permission":
		s.permission(w, params["username"])
	default:
		s.violate("no answer for %s", operation)
		reply(w, http.StatusNotImplemented, object{})
	}
}

// overlay fills a pull request into an example.
func (p Pull) overlay(e object, repository int64, full string) object {
	e["number"], e["state"], e["title"], e["body"] = p.Number, p.State, p.Title, p.Body
	e["user"].(object)["login"] = p.Author
	e["requested_teams"] = []any{} // the example's lack what the description asks for
	head, base := e["head"].(object), e["base"].(object)
	head["sha"], head["ref"], head["label"] = p.HeadSHA, p.HeadRef, p.HeadOwner+":"+p.HeadRef
	head["repo"].(object)["id"] = p.HeadRepositoryID
	base["sha"], base["ref"] = p.BaseSHA, p.BaseRef
	base["repo"].(object)["id"], base["repo"].(object)["full_name"] = repository, full
	labels := []any{}
	for i, name := range p.Labels {
		labels = append(labels, object{"id": i + 1, "node_id": "L", "url": "https://example.com/l", "name": name, "description": "", "color": "ffffff", "default": false})
	}
	e["labels"] = labels
	// One that was not merged has the commit of a merge that was tried.
	e["merged_at"], e["merge_commit_sha"] = nil, strings.Repeat("7e57", 10)
	if p.MergedAs != "" {
		e["merged_at"], e["merge_commit_sha"] = "2026-01-02T03:04:05Z", p.MergedAs
	}
	if _, ok := e["merged"]; ok { // lists do not have it
		e["merged"] = p.MergedAs != ""
	}
	return e
}

func (s *Server) listPulls(w http.ResponseWriter, r *http.Request) {
	out := []any{}
	for _, p := range s.Pulls {
		state, head := r.URL.Query().Get("state"), r.URL.Query().Get("head")
		if (state == "all" || p.State == state) && (head == "" || head == p.HeadOwner+":"+p.HeadRef) {
			out = append(out, p.overlay(s.example("GET "+repo+"/pulls"), s.RepositoryID, s.Repository))
		}
	}
	reply(w, http.StatusOK, out)
}

// pullsOf answers with the pull requests that a commit came from, and with those that only hold it.
func (s *Server) pullsOf(w http.ResponseWriter, commit string) {
	out := []any{}
	for _, p := range s.Pulls {
		if commit != p.MergedAs && commit != p.HeadSHA {
			continue
		}
		e := p.overlay(s.example("GET "+repo+"/commits/{commit_sha}/pulls"), s.RepositoryID, s.Repository)
		out = append(out, e)
	}
	reply(w, http.StatusOK, out)
}

func (s *Server) getPull(w http.ResponseWriter, number int) {
	for _, p := range s.Pulls {
		if p.Number == number {
			reply(w, http.StatusOK, p.overlay(s.example("GET "+repo+"/pulls/{pull_number}"), s.RepositoryID, s.Repository))
			return
		}
	}
	reply(w, http.StatusNotFound, object{"message": "Not Found"})
}

func (s *Server) comment(operation string, number int, c Comment) object {
	e := s.example(operation)
	e["id"], e["node_id"], e["body"] = c.ID, fmt.Sprintf("IC_%d", c.ID), c.Body
	e["html_url"] = fmt.Sprintf("https://example.com/%s/pull/%d#issuecomment-%d", s.Repository, number, c.ID)
	e["user"].(object)["login"], e["user"].(object)["type"] = c.Author, c.Kind
	return e
}

func (s *Server) listComments(w http.ResponseWriter, r *http.Request, number int) {
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	size, page = min(max(size, 1), 100), max(page, 1)
	all := s.Comments[number]
	part := all[min(len(all), (page-1)*size):min(len(all), page*size)]
	more := page*size < len(all)
	if s.IgnorePages {
		part, more = all, true
	}
	out := []any{}
	for _, c := range part {
		out = append(out, s.comment("GET "+repo+"/issues/{issue_number}/comments", number, c))
	}
	if more {
		w.Header().Set("Link", fmt.Sprintf(`<%s/repositories/1/issues/%d/comments?per_page=%d&page=%d>; rel="next"`, s.URL, number, size, page+1))
	}
	reply(w, http.StatusOK, out)
}

func (s *Server) postComment(w http.ResponseWriter, number int, body []byte) {
	var in struct{ Body string }
	json.Unmarshal(body, &in)
	if len([]rune(in.Body)) > 65_536 {
		s.violate("a comment of %d characters", len([]rune(in.Body)))
	}
	c := Comment{ID: s.nextID(), Author: s.Viewer, Kind: "Bot", Body: in.Body}
	s.Comments[number] = append(s.Comments[number], c)
	reply(w, http.StatusCreated, s.comment("POST "+repo+"/issues/{issue_number}/comments", number, c))
}

func (s *Server) nextID() int64 {
	id := int64(5000)
	for _, list := range s.Comments {
		for _, c := range list {
			id = max(id, c.ID+1)
		}
	}
	return id
}

func (s *Server) editComment(w http.ResponseWriter, id string, body []byte) {
	var in struct{ Body string }
	json.Unmarshal(body, &in)
	for number, list := range s.Comments {
		for i := range list {
			if strconv.FormatInt(list[i].ID, 10) == id {
				list[i].Body = in.Body
				reply(w, http.StatusOK, s.comment("PATCH "+repo+"/issues/comments/{comment_id}", number, list[i]))
				return
			}
		}
	}
	reply(w, http.StatusNotFound, object{"message": "Not Found"})
}

func (s *Server) listEvents(w http.ResponseWriter, number int) {
	out := []any{}
	for _, ev := range s.Events[number] {
		e := s.example("GET " + repo + "/issues/{issue_number}/events")
		e["event"], e["actor"].(object)["login"], e["label"] = "labeled", ev.Actor, object{"name": ev.Label, "color": "ffffff"}
		out = append(out, e)
	}
	reply(w, http.StatusOK, out)
}

func (s *Server) listRuns(w http.ResponseWriter, r *http.Request) {
	out := []any{}
	for _, run := range slices.Backward(s.Runs) {
		q := r.URL.Query()
		if q.Get("head_sha") != run.HeadSHA || q.Get("event") != run.Event {
			continue
		}
		e := s.example("GET "+repo+"/actions/runs", "workflow_runs")
		run.overlay(e, s.RepositoryID)
		out = append(out, e)
	}
	reply(w, http.StatusOK, object{"total_count": len(out), "workflow_runs": out})
}

func (r Run) overlay(e object, repository int64) {
	e["id"], e["path"], e["event"], e["conclusion"], e["status"] = r.ID, r.Path, r.Event, r.Conclusion, "completed"
	e["head_sha"], e["head_branch"] = r.HeadSHA, r.HeadBranch
	e["repository"].(object)["id"] = repository
	head, ok := e["head_repository"].(object)
	if !ok {
		head = object{}
		e["head_repository"] = head
	}
	head["id"] = r.HeadRepositoryID
	owner, ok := head["owner"].(object)
	if !ok {
		owner = object{}
		head["owner"] = owner
	}
	owner["login"] = r.HeadOwner
}

func (s *Server) listArtifacts(w http.ResponseWriter, run string) {
	id, _ := strconv.ParseInt(run, 10, 64)
	out := []any{}
	for _, a := range s.Artifacts[id] {
		e := s.example("GET "+repo+"/actions/runs/{run_id}/artifacts", "artifacts")
		e["id"], e["name"], e["size_in_bytes"], e["expired"] = a.ID, a.Name, len(a.Zip), a.Expired
		e["workflow_run"].(object)["id"] = a.RunID
		out = append(out, e)
	}
	reply(w, http.StatusOK, object{"total_count": len(out), "artifacts": out})
}

func (s *Server) check(operation string, c Check) object {
	e := s.example(operation)
	if strings.HasPrefix(operation, "GET") {
		e = s.example(operation, "check_runs")
	}
	e["name"], e["head_sha"], e["conclusion"], e["external_id"], e["status"] = c.Name, c.SHA, c.Conclusion, c.ExternalID, "completed"
	e["output"].(object)["title"] = c.Title
	return e
}

func (s *Server) postCheck(w http.ResponseWriter, body []byte) {
	if s.NoChecks {
		reply(w, http.StatusNotFound, object{"message": "Not Found"})
		return
	}
	var in struct {
		Name       string
		HeadSHA    string `json:"head_sha"`
		Conclusion string
		ExternalID string `json:"external_id"`
		Output     struct {
			Title, Summary string
			Annotations    []any
		}
	}
	json.Unmarshal(body, &in)
	if len(in.Output.Summary) > 65_535 || len(in.Output.Annotations) > 50 {
		s.violate("a check run with a summary of %d bytes and %d annotations", len(in.Output.Summary), len(in.Output.Annotations))
	}
	c := Check{in.Name, in.HeadSHA, in.Conclusion, in.ExternalID, in.Output.Title, in.Output.Summary, len(in.Output.Annotations)}
	s.Checks = append(s.Checks, c)
	reply(w, http.StatusCreated, s.check("POST "+repo+"/check-runs", c))
}

func (s *Server) listChecks(w http.ResponseWriter, r *http.Request, ref string) {
	out := []any{}
	for _, c := range slices.Backward(s.Checks) {
		if c.SHA == ref && r.URL.Query().Get("check_name") == c.Name {
			out = append(out, s.check("GET "+repo+"/commits/{ref}/check-runs", c))
		}
	}
	reply(w, http.StatusOK, object{"total_count": len(out), "check_runs": out})
}

func (s *Server) permission(w http.ResponseWriter, login string) {
	right, ok := s.Rights[login]
	if !ok {
		reply(w, http.StatusNotFound, object{"message": "Not Found"})
		return
	}
	e := s.example("GET " + repo + "/collaborators/{username}/permission")
	e["permission"], e["role_name"] = right, right
	e["user"].(object)["login"], e["user"].(object)["role_name"] = login, right
	reply(w, http.StatusOK, e)
}
