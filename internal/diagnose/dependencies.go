package diagnose

import (
	"regexp"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// This file tells which modules the change takes in another version, by the lines of go.mod that differ.

var (
	required  = regexp.MustCompile(`^\s*(?:require\s+)?([^\s/]+\.[^\s]*)\s+v\S+`)
	replaced  = regexp.MustCompile(`^\s*(?:replace\s+)?([^\s/]+\.[^\s]*)\s+(?:v\S+\s+)?=>`)
	toolchain = regexp.MustCompile(`^\s*(?:go|toolchain)\s+(?:go)?1\.\d`)
)

// upgraded is where the change takes another version of the module that a function belongs to, or, of a
// function of Go itself, another version of Go. where is "" if it takes none.
func (c *Changes) upgraded(function string) (work string, at place, edge string) {
	standard := !strings.Contains(strings.SplitN(function, "/", 2)[0], ".") || !strings.Contains(function, "/")
	for _, side := range []struct {
		lines map[place]string
		edge  string
	}{{c.added, bench.EdgeAdded}, {c.removed, bench.EdgeRemoved}} {
		best := ""
		for p, text := range side.lines {
			if p.file != "go.mod" && !strings.HasSuffix(p.file, "/go.mod") {
				continue
			}
			m := required.FindStringSubmatch(text)
			if m == nil {
				m = replaced.FindStringSubmatch(text)
			}
			switch {
			case m != nil && len(m[1]) > len(best) && belongs(function, m[1]):
				best, work, at, edge = m[1], bench.WorkDependency, p, side.edge
			case m == nil && best == "" && standard && toolchain.MatchString(text):
				work, at, edge = bench.WorkToolchain, p, side.edge
			}
		}
		if work != "" {
			return work, at, edge
		}
	}
	return "", place{}, ""
}

// belongs tells whether a function is one of a module's packages. Names of functions escape the dots of
// the last element of a package's path.
func belongs(function, module string) bool {
	rest, ok := strings.CutPrefix(strings.ReplaceAll(function, "%2e", "."), module)
	return ok && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "/"))
}
