package measure

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// This file makes a profile out of two of callgrind's files, of few and of many operations: what the ones between
// executed, on which paths of calls. It has the form that the testing package's profiles have.

const (
	// leastContext is the part of all instructions from which on a context is kept.
	leastContext = 1e-5
	// mostPaths is how many ways to a context are told apart, the most travelled ones, and longestPath how many
	// calls one has.
	mostPaths   = 8
	longestPath = 64
)

// instructionProfile is what the operations that many has more than few executed, as an encoded profile with the
// column "instructions".
func instructionProfile(few, many *callGraph, binary string) ([]byte, error) {
	s := newStacks(few, many)
	if err := s.symbolize(binary); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.profile().WriteUncompressed(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// stacks put the paths of calls together again. Where the runtime changes from one stack to another, callgrind
// loses track, and takes what returns for a call of what it returns to: such a call does not go to where a function
// begins, and the path ends there. It goes on as other paths to the same function do.
type stacks struct {
	graph    *callGraph
	symbols  *symbols
	self     map[int]map[uint64]float64 // of a context, by address
	incoming map[int][]called           // of a context
	alike    map[string][]int           // contexts of a function
	paths    map[int][]path
	lost     map[string][]path // to contexts of a function that no real call leads to
}

// A path is a way to a context: the addresses of calls, the outermost first, and the part of the context's cost
// that came this way.
type path struct {
	calls []uint64
	part  float64
}

// newStacks takes what many has more than few. Contexts of the same code may have other names in another run, so
// what they have in common is told by address.
func newStacks(few, many *callGraph) *stacks {
	s := &stacks{graph: many, self: map[int]map[uint64]float64{}, incoming: map[int][]called{}, alike: map[string][]int{}, paths: map[int][]path{}, lost: map[string][]path{}}
	before, after := map[uint64]int64{}, map[uint64]int64{}
	for e, n := range few.self {
		before[e.address] += n
	}
	for e, n := range many.self {
		after[e.address] += n
	}
	of, total := map[int]float64{}, 0.0
	more := func(e executed, n int64) float64 {
		return float64(n) * math.Max(0, float64(after[e.address]-before[e.address])) / float64(max(1, after[e.address]))
	}
	for e, n := range many.self {
		of[e.context] += more(e, n)
		total += more(e, n)
	}
	for e, n := range many.self {
		if c := more(e, n); c > 0 && of[e.context] >= leastContext*total {
			if s.self[e.context] == nil {
				s.self[e.context] = map[uint64]float64{}
			}
			s.self[e.context][e.address] = c
		}
	}
	for c := range many.calls {
		s.incoming[c.to] = append(s.incoming[c.to], c)
	}
	for i, name := range many.contexts {
		s.alike[innermost(name)] = append(s.alike[innermost(name)], i)
	}
	return s
}

// innermost is the function of a context.
func innermost(context string) string {
	name, _, _ := strings.Cut(context, "'")
	return name
}

// symbolize looks up what stands at the addresses.
func (s *stacks) symbolize(binary string) (err error) {
	addresses := map[uint64]bool{}
	for _, self := range s.self {
		for a := range self {
			addresses[a] = true
		}
	}
	for c := range s.graph.calls {
		addresses[c.at] = true
	}
	s.symbols, err = readSymbols(binary, slices.Collect(maps.Keys(addresses)))
	return err
}

// pathsTo are the ways to a context, those that most of its cost came by.
func (s *stacks) pathsTo(context, deep int) []path {
	if p, ok := s.paths[context]; ok {
		return p
	}
	none := []path{{part: 1}}
	s.paths[context] = none // what calls itself is not followed around
	if deep == longestPath {
		return none
	}
	if calls := s.callsOf(context); len(calls) > 0 {
		s.paths[context] = s.pathsBy(calls, deep)
		return s.paths[context]
	}
	name := innermost(s.graph.contexts[context])
	if _, ok := s.lost[name]; !ok {
		s.lost[name] = none
		var calls []called
		for _, other := range s.alike[name] {
			calls = append(calls, s.callsOf(other)...)
		}
		s.lost[name] = s.pathsBy(calls, deep)
	}
	s.paths[context] = s.lost[name]
	return s.paths[context]
}

// pathsBy are the ways that calls come, the most travelled ones; one without calls where there are none.
func (s *stacks) pathsBy(calls []called, deep int) []path {
	var paths []path
	for _, c := range calls {
		for _, p := range s.pathsTo(c.from, deep+1) {
			// A call that cost nothing below it still led there.
			paths = append(paths, path{append(slices.Clip(p.calls), c.at), p.part * float64(max(1, s.graph.calls[c]))})
		}
	}
	if len(paths) == 0 {
		return []path{{part: 1}}
	}
	return largest(paths)
}

// callsOf are the calls of a context that are real ones, in order.
func (s *stacks) callsOf(context int) []called {
	var out []called
	for _, c := range s.incoming[context] {
		if s.symbols.entries[c.target] {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b called) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.at, b.at)) })
	return out
}

// largest keeps the largest paths; their parts add up to 1.
func largest(paths []path) []path {
	slices.SortStableFunc(paths, func(a, b path) int { return cmp.Compare(b.part, a.part) })
	paths = paths[:min(len(paths), mostPaths)]
	sum := 0.0
	for _, p := range paths {
		sum += p.part
	}
	for i := range paths {
		paths[i].part /= sum
	}
	return paths
}

// profile writes each path and what was executed at its end.
func (s *stacks) profile() *profile.Profile {
	w := profileWriter{profile: &profile.Profile{SampleType: []*profile.ValueType{{Type: "instructions", Unit: "count"}}},
		symbols: s.symbols, functions: map[spot]*profile.Function{}, known: map[uint64]*profile.Location{}, locations: map[string]*profile.Location{},
		samples: map[string]*profile.Sample{}, rest: map[*profile.Sample]float64{}}
	for _, context := range slices.Sorted(maps.Keys(s.self)) {
		w.add(s.self[context], innermost(s.graph.contexts[context]), s.pathsTo(context, 0))
	}
	w.finish()
	return w.profile
}

// A profileWriter gives each place one location and each path one sample.
type profileWriter struct {
	profile   *profile.Profile
	symbols   *symbols
	functions map[spot]*profile.Function   // lines are left out of the keys
	known     map[uint64]*profile.Location // of addresses that have spots: most are asked for very often
	locations map[string]*profile.Location
	samples   map[string]*profile.Sample
	rest      map[*profile.Sample]float64
}

// add adds what was executed in a context, by address, at the end of the paths to it. Addresses of the same lines
// are added up first, since there are many of them and of paths.
func (w *profileWriter) add(self map[uint64]float64, name string, paths []path) {
	var ends []*profile.Location
	at := map[*profile.Location]float64{}
	for _, a := range slices.Sorted(maps.Keys(self)) {
		l := w.location(a, name)
		if _, ok := at[l]; !ok {
			ends = append(ends, l)
		}
		at[l] += self[a]
	}
	for _, p := range paths {
		var callers []*profile.Location
		var way []byte
		for _, c := range slices.Backward(p.calls) {
			l := w.location(c, "")
			callers = append(callers, l)
			way = binary.AppendUvarint(way, l.ID)
		}
		for _, l := range ends {
			key := string(binary.AppendUvarint(slices.Clip(way), l.ID))
			s := w.samples[key]
			if s == nil {
				s = &profile.Sample{Location: append([]*profile.Location{l}, callers...), Value: []int64{0}}
				w.samples[key] = s
				w.profile.Sample = append(w.profile.Sample, s)
			}
			w.rest[s] += at[l] * p.part
		}
	}
}

// finish rounds, since many small numbers make one sample, and leaves out those that say nothing, which are most.
func (w *profileWriter) finish() {
	for s, n := range w.rest {
		s.Value[0] = int64(math.Round(n))
	}
	w.profile.Sample = slices.DeleteFunc(w.profile.Sample, func(s *profile.Sample) bool { return s.Value[0] == 0 })
}

// location is the place of an address, that of all addresses of the same lines.
func (w *profileWriter) location(address uint64, name string) *profile.Location {
	if l := w.known[address]; l != nil {
		return l
	}
	spots := w.symbols.spots[address]
	if len(spots) == 0 && name != "" {
		spots = []spot{{function: strings.TrimSuffix(name, ".abi0")}} // of C
	}
	var key []byte
	var lines []profile.Line
	for _, at := range slices.Backward(spots) { // the innermost first
		key = binary.AppendVarint(binary.AppendUvarint(key, w.function(at).ID), int64(at.line))
		lines = append(lines, profile.Line{Function: w.function(at), Line: int64(at.line)})
	}
	l := w.locations[string(key)]
	if l == nil {
		l = &profile.Location{ID: uint64(len(w.profile.Location) + 1), Line: lines}
		w.locations[string(key)] = l
		w.profile.Location = append(w.profile.Location, l)
	}
	if len(w.symbols.spots[address]) > 0 {
		w.known[address] = l
	}
	return l
}

func (w *profileWriter) function(at spot) *profile.Function {
	at.line = 0
	f := w.functions[at]
	if f == nil {
		f = &profile.Function{ID: uint64(len(w.profile.Function) + 1), Name: at.function, SystemName: at.function, Filename: at.file, StartLine: int64(at.start)}
		w.functions[at] = f
		w.profile.Function = append(w.profile.Function, f)
	}
	return f
}
