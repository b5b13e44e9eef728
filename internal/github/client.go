// Package github speaks with the server that a pull request lives on: it reads the event that started
// the job, the artifact that another job left, and the comments of people; it writes one comment, one
// check run, the job's summary and its outputs.
//
// Whatever came from a pull request is hostile here. An event is refused unless it is the one that was
// expected, an artifact is read within limits and trusted for nothing but its samples, and a comment
// is somebody's word only when the server says that this person may write to the repository. A refusal
// (see Refusal) is no error: nothing is written, and the job ends well with a notice.
//
// Nothing here measures or decides.
package github

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// Options say where a Client sends its requests and as whom.
type Options struct {
	// APIURL is GITHUB_API_URL as the runner sets it; a path in it is kept as it is, since servers of
	// other makes have one of their own.
	APIURL string
	// GraphQLURL is GITHUB_GRAPHQL_URL; "" where the server has no such interface.
	GraphQLURL string
	// Repository is GITHUB_REPOSITORY, "owner/name".
	Repository string
	// Token is sent to the server of APIURL alone. It is in no error.
	Token string
	// Sleep waits between two tries; nil really waits.
	Sleep func(context.Context, time.Duration) error
}

// A Client makes the requests of one job to one repository. It is not for several goroutines.
type Client struct {
	api         *gh.Client
	plain       *http.Client // sends no token
	requests    *counter
	graphql     string
	owner, name string
	token       string
	sleep       func(context.Context, time.Duration) error
	self        *author
	rights      map[string]bool
	leftOut     []string
}

// Limits of a request.
const (
	requestTime   = 30 * time.Second
	responseBytes = 64 << 20
)

// NewClient makes a client. It fails with exit status 2 where an address or the repository's name is
// none.
func NewClient(o Options) (*Client, error) {
	base, err := endpoint(o.APIURL)
	if err != nil {
		return nil, variable("GITHUB_API_URL", o.APIURL)
	}
	owner, name, err := splitRepository(o.Repository)
	if err != nil {
		return nil, err
	}
	if o.GraphQLURL != "" {
		if _, err := endpoint(o.GraphQLURL); err != nil {
			return nil, variable("GITHUB_GRAPHQL_URL", o.GraphQLURL)
		}
	}
	if o.Sleep == nil {
		o.Sleep = wait
	}
	pool := &counter{base: http.DefaultTransport.(*http.Transport).Clone()} // proxies come from the environment
	t := &transport{base: pool, api: base, graphql: o.GraphQLURL, token: o.Token, sleep: o.Sleep}
	c := &Client{
		api:      gh.NewClient(&http.Client{Transport: t, Timeout: requestTime * tries, CheckRedirect: sameServer}),
		plain:    &http.Client{Transport: pool, Timeout: requestTime},
		requests: pool,
		graphql:  o.GraphQLURL, owner: owner, name: name, token: o.Token, sleep: o.Sleep, rights: map[string]bool{},
	}
	base.Path = strings.TrimSuffix(base.Path, "/") + "/"
	c.api.BaseURL = base
	c.api.UserAgent = "benchbot"
	return c, nil
}

// Requests is how many requests were sent so far, repetitions too.
func (c *Client) Requests() int { return c.requests.n }

// LeftOut says, a line each, what the server does not have and so was not done.
func (c *Client) LeftOut() []string { return c.leftOut }

func (c *Client) leave(what string) {
	if !slices.Contains(c.leftOut, what) {
		c.leftOut = append(c.leftOut, what)
	}
}

// A counter counts requests.
type counter struct {
	base http.RoundTripper
	n    int
}

// RoundTrip implements http.RoundTripper.
func (c *counter) RoundTrip(req *http.Request) (*http.Response, error) {
	c.n++
	return c.base.RoundTrip(req)
}

func endpoint(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("no address")
	}
	return u, nil
}

// sameServer follows no redirection to another server, and few at all.
func sameServer(req *http.Request, via []*http.Request) error {
	if len(via) > 3 || req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return http.ErrUseLastResponse
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// A transport adds the token to requests to the API, and sends those again that change nothing when
// they are sent twice. The others are sent again by Client.once.
type transport struct {
	base    http.RoundTripper
	api     *url.URL
	graphql string
	token   string
	sleep   func(context.Context, time.Duration) error
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	repeatable := req.Method != http.MethodPost || t.graphql != "" && req.URL.String() == t.graphql
	for try := 1; ; try++ {
		r := req.Clone(req.Context())
		if req.GetBody != nil {
			body, err := req.GetBody()
			if err != nil {
				return nil, err
			}
			r.Body = body
		}
		if t.token != "" && t.own(r.URL) {
			r.Header.Set("Authorization", "Bearer "+t.token)
		}
		resp, err := t.base.RoundTrip(r)
		pause, again := time.Duration(0), false
		if err != nil {
			pause, again = pauseAfter(nil, try), req.Context().Err() == nil
		} else {
			limitBody(resp)
			pause, again = pauseAfter(resp, try), passing(resp)
		}
		if !again || !repeatable || try == tries || pause > longestPause {
			return resp, err
		}
		if resp != nil {
			resp.Body.Close()
		}
		if err := t.sleep(req.Context(), pause); err != nil {
			return nil, err
		}
	}
}

// own tells whether an address is the API's.
func (t *transport) own(u *url.URL) bool {
	return u.Scheme == t.api.Scheme && u.Host == t.api.Host || u.String() == t.graphql
}

func limitBody(resp *http.Response) {
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, responseBytes), resp.Body}
}

// apiError says what was being done, and what the server said to it, in one line without the token.
type apiError struct {
	text string
	err  error
}

func (e *apiError) Error() string { return e.text }
func (e *apiError) Unwrap() error { return e.err }

// failed makes the error of a request; nil stays nil.
func (c *Client) failed(err error, doing string, args ...any) error {
	if err == nil {
		return nil
	}
	var known *apiError
	var refused Refusal
	if errors.As(err, &known) || errors.As(err, &refused) {
		return err
	}
	text := err.Error()
	var address *url.Error // its address may be a signed one
	if errors.As(err, &address) {
		text = address.Err.Error()
	}
	text = fmt.Sprintf(doing, args...) + ": " + strings.Join(strings.Fields(text), " ")
	if c.token != "" {
		text = strings.ReplaceAll(text, c.token, "***")
	}
	return &apiError{text, err}
}

// status is the HTTP status that an error stands for, 0 for none.
func status(err error) int {
	var e *gh.ErrorResponse
	var limited *gh.RateLimitError
	var secondary *gh.AbuseRateLimitError
	switch {
	case errors.As(err, &e) && e.Response != nil:
		return e.Response.StatusCode
	case errors.As(err, &limited), errors.As(err, &secondary):
		return http.StatusForbidden
	}
	return 0
}

// Missing tells whether an error says that the server does not have this interface, as servers of
// another make do not have all of them.
func Missing(err error) bool {
	switch status(err) {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented:
		return true
	}
	return false
}

// Forbidden tells whether an error says that the token has no right to what was asked. A server that
// hides what one may not see says 404.
func Forbidden(err error) bool {
	s := status(err)
	return s == http.StatusUnauthorized || s == http.StatusForbidden || s == http.StatusNotFound
}
