package github

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// Limits of a document beside its bytes. They keep what is done with it, and what is shown, within
// bounds that no honest result reaches.
const (
	maxDepth    = 16
	maxResults  = 20_000
	maxPackages = 10_000 // of a shard
	maxSamples  = 1_000  // of a side, and lines of a process
	maxText     = 1 << 10
	maxOutput   = 128 << 10
	maxValue    = 1e100
	maxWork     = 100_000_000 // the sum of the squares of the numbers of samples: what the tests take
)

// ReadDocument reads a benchbot/1 document that somebody else wrote. Beyond what bench.Read refuses
// (unknown keys, another schema, trailing data) it refuses keys that stand twice or are spelt in
// another case, of which readers keep one or the other; null in a list, which would become a 0; and
// counts and values that no measurement gives. What it returns is well formed, not true: see
// compare.Again. A document that is refused is a Refusal.
func ReadDocument(text []byte) (*bench.Comparison, error) {
	c, _, err := readDocument(text)
	return c, err
}

// readDocument also tells how much there is to test in it.
func readDocument(text []byte) (*bench.Comparison, int, error) {
	if len(text) > documentBytes {
		return nil, 0, refuse("the result is larger than %d MiB", documentBytes>>20)
	}
	if err := checkKeys(text); err != nil {
		return nil, 0, refuse("the result cannot be read: %v", err)
	}
	c, err := bench.Read(bytes.NewReader(text))
	work := 0
	if err == nil {
		work, err = checkCounts(c)
	}
	if err != nil {
		return nil, 0, refuse("the result cannot be read: %.300v", err)
	}
	return c, work, nil
}

// checkKeys walks over the whole text once.
func checkKeys(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := checkValue(dec, 0, false); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("there is more after its end")
	}
	return nil
}

func checkValue(dec *json.Decoder, depth int, inList bool) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if t == nil && inList {
		return errors.New("null in a list")
	}
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	if depth == maxDepth {
		return errors.New("it is nested too deeply")
	}
	seen := map[string]bool{}
	for dec.More() {
		if open == '{' {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			k := key.(string)
			if seen[k] || len(k) > maxText || strings.Trim(k, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
				return fmt.Errorf("the key %.40q is unknown, or stands twice", k)
			}
			seen[k] = true
		}
		if err := checkValue(dec, depth+1, open == '['); err != nil {
			return err
		}
	}
	_, err = dec.Token() // the end of it
	return err
}

// checkCounts refuses a document whose numbers no measurement gives. It returns the sum of the squares of
// the numbers of samples.
func checkCounts(c *bench.Comparison) (work int, err error) {
	looks := c.Settings.Looks
	switch {
	case len(c.Results) > maxResults || len(c.Skipped)+len(c.Failures)+len(c.Notes) > maxResults || len(c.Changed) > 10*maxResults:
		return 0, errors.New("it holds too many results")
	case len(c.Shards) > 1:
		return 0, errors.New("it is of several shards")
	case len(c.Shards) == 1 && (c.Shards[0].Check() != nil || c.Shards[0].Missing || len(c.Shards[0].Looks) > 0 || len(c.Shards[0].Packages) > maxPackages):
		return 0, errors.New("its shard is none")
	case !c.Settings.Paired:
		return 0, errors.New("its samples were not taken in pairs")
	case len(looks) != 0 && (len(looks) != 3 || looks[0] < 1 || !slices.IsSorted(looks) || looks[2] > maxSamples):
		return 0, fmt.Errorf("its looks %.40v are none", looks)
	case !fullCommit.MatchString(c.Head.Commit) || !fullCommit.MatchString(c.Base.Commit) || c.Head.Dirty || c.Base.Dirty:
		return 0, errors.New("it does not say which two commits were measured")
	}
	for _, s := range []float64{c.Timings.BuildSeconds, c.Timings.MeasureSeconds, c.Timings.ProcessSeconds, c.Timings.TotalSeconds} {
		if !(s >= 0 && s <= 1e7) {
			return 0, fmt.Errorf("it took %v s", s)
		}
	}
	if err := checkTexts(c); err != nil {
		return 0, err
	}
	for _, r := range c.Results {
		n, err := checkResult(r)
		if err != nil {
			return 0, fmt.Errorf("%.80q, %.40q: %w", r.Benchmark.String(), r.Unit, err)
		}
		if work += n; work > maxWork {
			return 0, errors.New("it holds too many samples")
		}
	}
	return work, nil
}

func checkTexts(c *bench.Comparison) error {
	texts := append([]string{
		c.Base.Subject, c.Head.Subject, c.Base.Branch, c.Head.Branch, c.Repository, c.Environment.GOOS, c.Environment.GOARCH, c.Environment.CPU,
		c.Environment.GoVersion, c.Environment.Kernel, c.Environment.Runner,
	}, c.Notes...)
	for _, r := range c.Results {
		texts = append(texts, r.Package, r.Name, r.Unit, r.Plan)
	}
	for _, s := range c.Shards {
		texts = append(append(texts, s.Plan), s.Packages...)
	}
	for _, s := range c.Skipped {
		texts = append(append(texts, s.Package, s.Reason), s.Benchmarks...)
	}
	for _, f := range c.Failures {
		texts = append(texts, f.Package, f.Benchmark, f.Revision, f.Kind)
		if len(f.Output) > maxOutput {
			return errors.New("the output of a failure is too long")
		}
	}
	for _, s := range texts {
		if len(s) > maxText {
			return fmt.Errorf("the text %.40q… is too long", s)
		}
	}
	return nil
}

// checkResult refuses a result whose two sides cannot be pairs. It returns the square of the number
// of samples.
func checkResult(r bench.Result) (int, error) {
	if r.Procs < 0 || r.Procs > 1<<20 || r.Iterations < 0 || r.Pairs < 0 || r.Pairs > maxSamples {
		return 0, errors.New("a count is out of range")
	}
	n := 0
	for _, s := range []*bench.Side{r.Base, r.Head} {
		if s == nil {
			continue
		}
		if len(s.Samples) == 0 || n > 0 && len(s.Samples) != n {
			return 0, errors.New("base and head are no pairs")
		}
		n = len(s.Samples)
		if err := checkNumbers(append(slices.Clone(s.Lines), s.Samples)); err != nil {
			return 0, err
		}
	}
	if r.Layout == nil {
		return n * n, nil
	}
	if len(r.Layout.Base) != len(r.Layout.Head) {
		return 0, errors.New("base and head are no pairs of layouts")
	}
	return n*n + len(r.Layout.Base)*len(r.Layout.Base), checkNumbers([][]float64{r.Layout.Base, r.Layout.Head})
}

func checkNumbers(lists [][]float64) error {
	if len(lists) > maxSamples+1 {
		return errors.New("it holds too many samples")
	}
	for _, list := range lists {
		if len(list) > maxSamples {
			return errors.New("it holds too many samples")
		}
		for _, v := range list {
			if !(math.Abs(v) <= maxValue) {
				return fmt.Errorf("it holds the sample %v", v)
			}
		}
	}
	return nil
}
