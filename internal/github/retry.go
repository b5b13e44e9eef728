package github

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// A request is sent at most tries times, and not after a pause longer than longestPause: a job that
// sleeps costs its owner more than a comment that comes with the next push.
const (
	tries        = 4
	longestPause = time.Minute
)

// passing tells whether a response says "later": 429, a server's error, or a secondary limit, which
// comes as 403. The primary limit does not pass within a job.
func passing(resp *http.Response) bool {
	switch {
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented:
		return true
	case resp.StatusCode != http.StatusForbidden:
		return false
	case resp.Header.Get("Retry-After") != "":
		return true
	}
	// What is read to look at it is put back.
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(text), resp.Body), resp.Body}
	return bytes.Contains(bytes.ToLower(text), []byte("secondary rate limit"))
}

// pauseAfter is how long to wait before a request is sent again: as long as the server asked for, or
// longer with each try, and never the same for two jobs that were refused together.
func pauseAfter(resp *http.Response, try int) time.Duration {
	if resp != nil {
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s >= 0 {
			return time.Duration(s) * time.Second
		}
	}
	d := time.Second << (try - 1)
	return d + rand.N(d/2)
}

// once sends a request that must take effect once, such as one that writes a comment. An answer that
// was lost leaves open whether it did; so before it is sent again, done looks.
func (c *Client) once(ctx context.Context, send func() error, done func() (bool, error)) error {
	for try := 1; ; try++ {
		err := send()
		pause, again := c.later(ctx, err, try)
		if !again {
			return err
		}
		if err := c.sleep(ctx, pause); err != nil {
			return err
		}
		if ok, err := done(); ok || err != nil {
			return err
		}
	}
}

// later tells whether and after which pause a request that ended in err is worth another try.
func (c *Client) later(ctx context.Context, err error, try int) (time.Duration, bool) {
	if err == nil || try == tries || ctx.Err() != nil {
		return 0, false
	}
	var secondary *gh.AbuseRateLimitError
	var answer *gh.ErrorResponse
	var cut *url.Error
	var resp *http.Response
	again := false
	switch {
	case errors.As(err, &secondary):
		resp, again = secondary.Response, true
	case errors.As(err, &answer) && answer.Response != nil:
		resp = answer.Response
		// Its body was read already; what it said is in the message.
		again = passing(resp) || resp.StatusCode == http.StatusForbidden && strings.Contains(strings.ToLower(answer.Message), "secondary rate limit")
	default:
		again = errors.As(err, &cut) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
	}
	pause := pauseAfter(resp, try)
	return pause, again && pause <= longestPause
}
