package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var collections = Cause{
	ID:     "gc",
	Name:   Text{"frequent garbage collection", "Garbage collection frecuente"},
	Needs:  Text{"the share of allocation and collection in a CPU profile, or `GODEBUG=gctrace=1`", "la parte de asignación y recolección en un perfil de CPU, o `GODEBUG=gctrace=1`"},
	detect: detectCollections,
}

// detectCollections goes by the time that allocating and collecting take together, since a collection
// is paid for by whoever allocates. It is ruled out where the timed loop allocates nothing.
func detectCollections(v *view) Verdict {
	if e, none := v.allocatesNothing(); none {
		return Verdict{State: RuledOut, Evidence: []Evidence{e}}
	}
	out := v.group(bench.GroupMemory, Text{"allocation and garbage collection", "asignación y recolección de basura"})
	out = v.work(out, bench.WorkConcatenation, bench.WorkGrowth, bench.WorkConversion, bench.WorkAllocation)
	for _, unit := range []string{bench.Bytes, bench.Allocs} {
		r := v.units[unit]
		if r == nil || r.Base == nil || r.Head == nil || r.Verdict != bench.Regression && r.Verdict != bench.Improvement {
			continue
		}
		out.Evidence = append(out.Evidence, sentence(Text{"{unit}: {before} before, {after} now ({change})", "{unit}: {before} antes, {after} ahora ({change})"},
			"unit", unit, "before", Quantity{float64(r.Base.Center), unit}, "after", Quantity{float64(r.Head.Center), unit}, "change", r))
	}
	return v.collected(out)
}

// collected adds what the runtime wrote of its collections. Where none ran, none is frequent.
func (v *view) collected(out Verdict) Verdict {
	slow, other := v.runtimes()
	c, before := slow.Collections, other.Collections
	if c == nil || before == nil || c.Operations <= 0 || before.Operations <= 0 {
		return out
	}
	a, b := v.sides()
	out.Evidence = append(out.Evidence, sentence(Text{"{n} collections in {operations} operations of {slow}, {before} in {others} of {fast}", "{n} recolecciones en {operations} operaciones de {slow}, {before} en {others} de {fast}"},
		"n", c.Cycles, "operations", c.Operations, "before", before.Cycles, "others", before.Operations, "slow", Text{a, a}, "fast", Text{b, b}))
	if c.Cycles == 0 && out.State == Unmeasured {
		out.State = RuledOut
	}
	if c.Cycles > 0 {
		out.Evidence = append(out.Evidence, sentence(Text{"one of {slow} stops everything for {pause} on average, {longest} at most", "una de {slow} detiene todo durante {pause} de media, {longest} como mucho"},
			"pause", Quantity{c.Paused / float64(c.Cycles), bench.Time}, "longest", Quantity{c.LongestPause, bench.Time}, "slow", Text{a, a}))
	}
	return out
}

// allocatesNothing tells whether no sample of the slower revision allocates in the timed loop.
func (v *view) allocatesNothing() (Evidence, bool) {
	r := v.units[bench.Bytes]
	if r == nil {
		return Evidence{}, false
	}
	side := func(r *bench.Result) *bench.Side {
		if v.improved {
			return r.Base
		}
		return r.Head
	}
	if !allZero(side(r)) {
		return Evidence{}, false
	}
	if a := v.units[bench.Allocs]; a != nil && !allZero(side(a)) {
		return Evidence{}, false
	}
	slow, _ := v.sides()
	return sentence(Text{"its timed loop allocates nothing (0 B/op, samples of {slow}: {n})", "su bucle medido no asigna nada (0 B/op, muestras de {slow}: {n})"},
		"n", len(side(r).Samples), "slow", Text{slow, slow}), true
}

func allZero(s *bench.Side) bool {
	if s == nil || len(s.Samples) == 0 {
		return false
	}
	for _, v := range s.Samples {
		if v != 0 {
			return false
		}
	}
	return true
}
