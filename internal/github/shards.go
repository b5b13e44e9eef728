package github

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/benchbot/benchbot/internal/bench"
)

var shardName = regexp.MustCompile(`^` + ArtifactName + `(?:-([0-9]{1,3})-of-([0-9]{1,3}))?$`)

// shardOf reads the name of an artifact: of which shard it holds the result, the zero one for all of it.
// ok is false for an artifact that holds none.
func shardOf(name string) (s bench.Shard, ok bool) {
	m := shardName.FindStringSubmatch(name)
	if m == nil || m[1] == "" {
		return s, m != nil
	}
	s.Index, _ = strconv.Atoi(m[1])
	s.Of, _ = strconv.Atoi(m[2])
	return s, s.Check() == nil
}

// shards are the documents of one run, read one after the other. What a document may have, all of them
// have together.
type shards struct {
	docs        []*bench.Comparison
	bytes, work int
	results     int
	taken       map[string]bench.Shard // packages
}

// read reads the document of a shard.
func (s *shards) read(text []byte, of bench.Shard) error {
	if s.bytes += len(text); s.bytes > documentBytes {
		return refuse("the results of the shards are larger than %d MiB together", documentBytes>>20)
	}
	doc, work, err := readDocument(text)
	if err != nil {
		return err
	}
	s.work, s.results = s.work+work, s.results+len(doc.Results)
	if s.work > maxWork || s.results > maxResults {
		return refuse("the shards hold too many results")
	}
	if of.Of == 0 && len(doc.Shards) > 0 || of.Of > 0 && (len(doc.Shards) != 1 || doc.Shards[0].Index != of.Index || doc.Shards[0].Of != of.Of) {
		return refuse("the result does not say of which shard it is, or is of another one than its artifact says")
	}
	if err := s.fits(doc); err != nil {
		return refuse("the result of shard %s does not go with the others: %v", of, err)
	}
	s.docs = append(s.docs, doc)
	return nil
}

// fits refuses a document that is of another comparison than those before it, was split by another plan,
// or tells of packages that are not its own.
func (s *shards) fits(doc *bench.Comparison) error {
	if len(doc.Shards) == 0 {
		return nil
	}
	own := doc.Shards[0]
	if len(s.docs) > 0 {
		first := s.docs[0]
		if doc.Base.Commit != first.Base.Commit || doc.Head.Commit != first.Head.Commit {
			return fmt.Errorf("it compares %.7s with %.7s", doc.Base.Commit, doc.Head.Commit)
		}
		if own.Plan != first.Shards[0].Plan {
			return fmt.Errorf("the packages were split in another way, as its history told other costs")
		}
	}
	if s.taken == nil {
		s.taken = map[string]bench.Shard{}
	}
	for _, name := range own.Packages {
		if other, ok := s.taken[name]; ok {
			return fmt.Errorf("the package %.80q is in shard %s too", name, other)
		}
		s.taken[name] = own
	}
	for _, name := range packagesOf(doc) {
		if s.taken[name].Index != own.Index {
			return fmt.Errorf("the package %.80q is none of its own", name)
		}
	}
	return nil
}

// packagesOf lists the packages that a document tells something of.
func packagesOf(c *bench.Comparison) (out []string) {
	for _, r := range c.Results {
		out = append(out, r.Package)
	}
	for _, s := range c.Skipped {
		out = append(out, s.Package)
	}
	for _, f := range c.Failures {
		out = append(out, f.Package)
	}
	for _, d := range c.Diagnoses {
		out = append(out, d.Benchmark.Package)
	}
	return out
}
