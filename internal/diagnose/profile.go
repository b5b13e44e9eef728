package diagnose

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/google/pprof/profile"
)

// Limits of what is read. A real profile of one benchmark has some ten thousand bytes.
const (
	profileBytes = 64 << 20 // unpacked
	stackDepth   = 1000     // frames; the outer ones of a deeper stack are left out
)

// A frame is one function on a sampled path, and where in it the path goes on.
type frame struct {
	function string // as Go writes it, its whole package path included
	file     string // relative to the repository's root; "" where it lies outside
	line     int
	start    int // the line that the function begins in; 0 where the profile does not say
}

// A stack is one sampled path, its outermost function first, and how often it was seen.
type stack struct {
	frames []frame
	count  int64
}

// costs are the stacks of one profile. A count stands for unit of the measure.
type costs struct {
	name   string
	stacks []stack
	total  int64
	unit   float64
}

// readSide reads profiles' values in a column ("samples", "alloc_objects") and adds them up. modules maps
// module paths to folders of the repository.
func readSide(name string, raw [][]byte, column string, modules map[string]string) (*costs, error) {
	c := &costs{name: name}
	if len(raw) == 0 {
		raw = [][]byte{nil}
	}
	for _, r := range raw {
		p, err := readProfile(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := c.add(p, column, modules); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return c, nil
}

// add adds one profile.
func (c *costs) add(p *profile.Profile, column string, modules map[string]string) error {
	at := slices.IndexFunc(p.SampleType, func(t *profile.ValueType) bool { return t.Type == column })
	if at < 0 {
		return fmt.Errorf("the profile has no %s", column)
	}
	files := map[*profile.Function]string{}
	for _, s := range p.Sample {
		if s.Value[at] <= 0 {
			continue
		}
		st := stack{count: s.Value[at]}
		own := false // the profiler's own work
		for i := len(s.Location) - 1; i >= 0; i-- {
			lines := s.Location[i].Line
			for k := len(lines) - 1; k >= 0; k-- {
				fn := lines[k].Function
				if fn == nil || fn.Name == "" || strings.HasPrefix(fn.Name, "runtime.asyncPreempt") {
					continue // no Go code, nothing that could be named, or where a goroutine was stopped
				}
				file, known := files[fn]
				if !known {
					file = repositoryPath(fn.Filename, modules)
					files[fn] = file
				}
				own = own || strings.HasPrefix(fn.Name, "runtime/pprof.")
				st.frames = append(st.frames, frame{fn.Name, file, int(lines[k].Line), int(fn.StartLine)})
			}
		}
		if own {
			continue
		}
		if n := len(st.frames); n > stackDepth {
			st.frames = st.frames[n-stackDepth:]
		}
		c.total += st.count
		c.stacks = append(c.stacks, st)
	}
	return nil
}

// inLargeObjects is how many of the bytes of an allocation profile are in large objects. A sample of it stands for
// objects of one size.
func inLargeObjects(raw []byte) (bytes int64, err error) {
	p, err := readProfile(raw)
	if err != nil {
		return 0, err
	}
	column := func(name string) int {
		return slices.IndexFunc(p.SampleType, func(t *profile.ValueType) bool { return t.Type == name })
	}
	objects, space := column("alloc_objects"), column("alloc_space")
	if objects < 0 || space < 0 {
		return 0, errors.New("the profile has no alloc_objects and alloc_space")
	}
	for _, s := range p.Sample {
		if n := s.Value[objects]; n > 0 && s.Value[space]/n >= bench.LargeObject {
			bytes += s.Value[space]
		}
	}
	return bytes, nil
}

// readProfile unpacks and checks a profile.
func readProfile(raw []byte) (*profile.Profile, error) {
	if len(raw) == 0 {
		return nil, errors.New("the profile is empty")
	}
	if bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("the profile cannot be unpacked: %w", err)
		}
		if raw, err = io.ReadAll(io.LimitReader(z, profileBytes+1)); err != nil {
			return nil, fmt.Errorf("the profile cannot be unpacked: %w", err)
		}
	}
	if len(raw) > profileBytes {
		return nil, fmt.Errorf("the profile unpacks to more than %d bytes", profileBytes)
	}
	p, err := profile.ParseUncompressed(raw)
	if err != nil {
		return nil, fmt.Errorf("the profile cannot be read: %w", err)
	}
	if err := p.CheckValid(); err != nil {
		return nil, fmt.Errorf("the profile contradicts itself: %w", err)
	}
	return p, nil
}

// repositoryPath is where in the repository a file lies that a binary built with -trimpath names by
// its module's path. It is "" for the standard library and other modules, which have a version.
func repositoryPath(name string, modules map[string]string) string {
	for end := strings.LastIndexByte(name, '/'); end > 0; end = strings.LastIndexByte(name[:end], '/') {
		if dir, ok := modules[name[:end]]; ok {
			return strings.TrimPrefix(dir+name[end:], "/")
		}
	}
	return ""
}

// short is a function's name with the last element of its package alone, as people say it.
func short(function string) string {
	name := strings.ReplaceAll(function, "%2e", ".")
	end := strings.IndexAny(name, "([")
	if end < 0 {
		end = len(name)
	}
	for {
		i := strings.LastIndexByte(name[:end], '/')
		if i < 0 {
			return name
		}
		elem, rest, _ := strings.Cut(name[i+1:], ".")
		if rest == "" || len(elem) < 2 || elem[0] != 'v' || strings.Trim(elem[1:], "0123456789") != "" {
			return name[i+1:]
		}
		// A major version is no name: chi.NewMux of github.com/go-chi/chi/v5.NewMux.
		name = name[:i] + "." + rest
		end = i
	}
}

// inRuntime tells whether a function belongs to the runtime or is assembly under it. People write
// calls of none of these, so a finding names who calls it.
func inRuntime(function string) bool {
	if !strings.ContainsAny(function, ".") {
		return true // memeqbody, indexbytebody
	}
	for _, p := range []string{"runtime.", "runtime/internal/", "internal/runtime/", "internal/bytealg.", "internal/abi.", "internal/race.", "sync/atomic.", "type:.", "type..", "gosave_", "go:"} {
		if strings.HasPrefix(function, p) {
			return true
		}
	}
	return false
}

// inTesting tells whether a function is the harness around a benchmark.
func inTesting(function string) bool {
	return strings.HasPrefix(function, "testing.") || function == "main.main" || function == "runtime.main" || function == "runtime.goexit"
}
