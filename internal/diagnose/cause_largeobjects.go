package diagnose

import (
	"math"

	"github.com/benchbot/benchbot/internal/bench"
)

var largeObjects = Cause{
	ID:     "large-objects",
	Name:   Text{"very large objects in memory", "Objetos muy grandes en memoria"},
	Needs:  Text{"an allocation profile by call", "un perfil de asignaciones por llamada"},
	detect: detectLargeObjects,
}

// largeObject is what Go's allocator serves from the heap itself and not from a size class (maxSmallSize
// in runtime/sizeclasses.go).
const largeObject = 32 << 10

// detectLargeObjects concludes from means: where the mean allocation is large, one at least is; where all
// of an operation's together are small, none is. Large ones that were as large before are not what changed.
func detectLargeObjects(v *view) Verdict {
	bytes, bytesBefore, b := v.value(bench.Bytes)
	allocs, allocsBefore, a := v.value(bench.Allocs)
	if b == nil || a == nil {
		return Verdict{}
	}
	slow, other := v.sides()
	if bytes < largeObject {
		return say(RuledOut, Text{"all allocations of one operation have {size} together in {slow}", "todas las asignaciones de una operación suman {size} en {slow}"},
			"size", Quantity{bytes, bench.Bytes}, "slow", Text{slow, slow})
	}
	if !(allocs > 0) {
		return Verdict{}
	}
	mean, before := bytes/allocs, bytesBefore/allocsBefore
	out := say(Unmeasured, Text{"one allocation has {size} on average in {slow}", "una asignación tiene {size} de media en {slow}"}, "size", Quantity{mean, bench.Bytes}, "slow", Text{slow, slow})
	if !math.IsNaN(before) && !math.IsInf(before, 0) {
		out = say(Unmeasured, Text{"one allocation has {size} on average in {slow}, {before} in {fast}", "una asignación tiene {size} de media en {slow}, {before} en {fast}"},
			"size", Quantity{mean, bench.Bytes}, "before", Quantity{before, bench.Bytes}, "slow", Text{slow, slow}, "fast", Text{other, other})
	}
	switch {
	case mean < largeObject:
	case v.ratio > 1 && bytes <= bytesBefore:
		out.State = RuledOut
	default:
		out.State = Found
		if s, ok := v.share(bench.GroupMemory); ok {
			out.Saving = v.saving(s.part, s.low, s.high)
		}
	}
	return out
}
