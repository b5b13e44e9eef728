// Package githubtest is a server that stands in for GitHub's in tests. It keeps state (pull requests,
// comments in pages, artifacts, check runs, people's rights) and holds every request and every response
// against GitHub's own OpenAPI description, of which testdata/openapi.json is the part in use, or its GraphQL
// schema, of which testdata/schema.graphql is: a request that GitHub would refuse is a violation, and so is an
// answer that it would not give. Faults can be put in the place of any answer, before or after the request took
// effect.
package githubtest

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

//go:embed testdata/openapi.json
var description []byte

//go:embed testdata/examples.json
var exampleText []byte

// Token is the one that the server takes.
const Token = "ghs_0123456789abcdefTOKEN"

// A Server is a GitHub with one repository.
type Server struct {
	// URL is the address of the API, with a path, as other servers than github.com have one.
	URL, GraphQLURL string
	State

	mu         sync.Mutex
	server     *httptest.Server
	storage    *httptest.Server
	router     routers.Router
	examples   map[string]json.RawMessage
	requests   []Request
	violations []string
}

// State is what the repository holds. It may be changed between requests.
type State struct {
	RepositoryID int64
	Repository   string // "owner/name"
	Pulls        []Pull
	Comments     map[int][]Comment // by pull request
	Issues       []Issue           // from issueNumber on
	Events       map[int][]LabelEvent
	Runs         []Run
	Artifacts    map[int64][]Artifact // by run
	Checks       []Check
	Rights       map[string]string // "admin", "write", "read" by login
	Reruns       []int64
	Hidden       []string // node ids of comments that were minimised
	// Viewer is who the token stands for; NoGraphQL, NoChecks and NoRights take interfaces and rights away.
	Viewer                        string
	NoGraphQL, NoChecks, ReadOnly bool
	// Latency is how long each request takes.
	Latency time.Duration
	// IgnorePages gives all comments for every page, and says that there are more.
	IgnorePages bool
	// Fault, where set, may return what takes the place of the answer to the n-th request, from 0.
	Fault func(n int, r *http.Request) *Fault
	// Before, where set, is called with each request before it is answered.
	Before func(n int, r *http.Request)
}

// The things of a repository, with what of them matters here.
type (
	// A Pull is a pull request.
	Pull struct {
		Number              int
		State               string
		Title, Body, Author string
		HeadSHA, HeadRef    string
		HeadOwner           string
		HeadRepositoryID    int64
		BaseSHA, BaseRef    string
		Labels              []string
		MergedAs            string // the commit of the default branch that it became, "" where it was not merged
	}
	// A Comment is one on a pull request; Kind is "User" or "Bot".
	Comment struct {
		ID                 int64
		Author, Kind, Body string
	}
	// An Issue is one of the repository.
	Issue struct{ Author, Kind, State, Title, Body string }
	// A LabelEvent says that somebody set a label.
	LabelEvent struct{ Actor, Label string }
	// A Run is a run of a workflow.
	Run struct {
		ID                             int64
		Path, Event, Conclusion        string
		HeadSHA, HeadBranch, HeadOwner string
		HeadRepositoryID               int64
	}
	// An Artifact is a file that a run left.
	Artifact struct {
		ID      int64
		Name    string
		RunID   int64
		Zip     []byte
		Expired bool
	}
	// A Check is a check run.
	Check struct {
		Name, SHA, Conclusion, ExternalID, Title, Summary string
		Annotations                                       int
	}
	// A Request is one that the server got. Storage says that it went to the server that holds artifacts.
	Request struct {
		Method, Path, Authorization, Body string
		Storage                           bool
	}
	// A Fault takes the place of an answer. After says that the request takes effect all the same, Cut
	// that the connection ends without an answer.
	Fault struct {
		Status     int
		RetryAfter string
		Message    string
		After, Cut bool
	}
)

// String leaves the body out, which may be long.
func (r Request) String() string { return r.Method + " " + r.Path }

// String shows how a comment begins.
func (c Comment) String() string {
	return fmt.Sprintf("%d of %s, %d bytes: %.200q", c.ID, c.Author, len(c.Body), c.Body)
}

// String leaves the summary out, which may be long.
func (c Check) String() string {
	return fmt.Sprintf("%s of %.7s: %s, %q, %d annotations", c.Name, c.SHA, c.Conclusion, c.Title, c.Annotations)
}

// Write tells whether a request asked to change something.
func (r Request) Write() bool {
	return r.Method != http.MethodGet && !(strings.HasSuffix(r.Path, "/graphql") && !strings.Contains(r.Body, "mutation"))
}

// NewServer starts a server; Close ends it.
func NewServer() (*Server, error) {
	s := &Server{State: State{
		RepositoryID: 1000, Repository: "octo/parse", Comments: map[int][]Comment{}, Events: map[int][]LabelEvent{},
		Artifacts: map[int64][]Artifact{}, Rights: map[string]string{}, Viewer: "github-actions[bot]",
	}}
	if err := json.Unmarshal(exampleText, &s.examples); err != nil {
		return nil, fmt.Errorf("reading the examples: %w", err)
	}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	s.storage = httptest.NewServer(http.HandlerFunc(s.serveStorage))
	s.URL, s.GraphQLURL = s.server.URL+"/api/v3", s.server.URL+"/api/graphql"
	var err error
	if s.router, err = described(); err == nil {
		_, err = schema()
	}
	return s, err
}

// described finds the operation of a request in the description.
var described = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromData(description)
	if err != nil {
		return nil, fmt.Errorf("reading the description: %w", err)
	}
	doc.Servers = openapi3.Servers{{URL: "/api/v3"}}
	return gorillamux.NewRouter(doc)
})

// Close stops the server.
func (s *Server) Close() {
	s.server.Close()
	s.storage.Close()
}

// Requests are all requests so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Violations are the requests and answers that do not keep to the description.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// Forget empties the list of requests.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

func (s *Server) serveStorage(w http.ResponseWriter, r *http.Request) {
	time.Sleep(s.Latency)
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.requests)
	s.requests = append(s.requests, Request{Method: r.Method, Path: r.URL.Path, Authorization: r.Header.Get("Authorization"), Storage: true})
	if f := s.fault(n, r); f != nil {
		f.write(w)
		return
	}
	id, _ := strconv.ParseInt(strings.TrimPrefix(r.URL.Path, "/"), 10, 64)
	for _, list := range s.Artifacts {
		for _, a := range list {
			if a.ID == id {
				w.Write(a.Zip)
				return
			}
		}
	}
	http.NotFound(w, r)
}

func (s *Server) fault(n int, r *http.Request) *Fault {
	if s.Fault == nil {
		return nil
	}
	return s.Fault(n, r)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	time.Sleep(s.Latency)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.requests)
	s.requests = append(s.requests, Request{Method: r.Method, Path: r.URL.Path, Authorization: r.Header.Get("Authorization"), Body: string(body)})
	if s.Before != nil {
		s.Before(n, r)
	}
	f := s.fault(n, r)
	if f != nil && !f.After {
		f.write(w)
		return
	}
	answer := s.answer(r, body)
	if f != nil {
		f.write(w)
		return
	}
	for key, values := range answer.Header() {
		w.Header()[key] = values
	}
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

func (f *Fault) write(w http.ResponseWriter) {
	if f.Cut {
		panic(http.ErrAbortHandler)
	}
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(f.Status)
	json.NewEncoder(w).Encode(map[string]string{"message": f.Message, "documentation_url": "https://docs.example.com/rest"})
}

// answer makes the answer to a request and holds both against the description.
func (s *Server) answer(r *http.Request, body []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	if r.Header.Get("Authorization") != "Bearer "+Token {
		reply(w, http.StatusUnauthorized, map[string]any{"message": "Bad credentials"})
		return w
	}
	if strings.HasSuffix(r.URL.Path, "/api/graphql") {
		s.graphql(w, body)
		return w
	}
	route, params, err := s.router.FindRoute(r)
	if err != nil {
		s.violate("%s %s: %v", r.Method, r.URL.Path, err)
		reply(w, http.StatusNotFound, map[string]any{"message": "Not Found"})
		return w
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
		s.violate("%s %s: %v", r.Method, r.URL.Path, err)
	}
	if params["owner"]+"/"+params["repo"] != s.Repository {
		reply(w, http.StatusNotFound, map[string]any{"message": "Not Found"})
		return w
	}
	s.handle(w, r, strings.ToUpper(route.Method)+" "+route.Path, params, body)
	if w.Code >= 400 {
		return w
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: w.Code, Header: w.Header(), Options: in.Options}
	out.SetBodyBytes(w.Body.Bytes())
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		s.violate("answer %d to %s %s: %v", w.Code, r.Method, r.URL.Path, err)
	}
	return w
}

func (s *Server) violate(format string, args ...any) {
	// An error of the validator goes on with the whole schema.
	text, _, _ := strings.Cut(fmt.Sprintf(format, args...), "\nSchema:")
	if !slices.Contains(s.violations, text) {
		s.violations = append(s.violations, text)
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
