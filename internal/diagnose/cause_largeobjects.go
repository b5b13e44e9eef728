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

// detectLargeObjects concludes from means: where the mean allocation is large, one at least is; where all
// of an operation's together are small, none is. In between the profile tells, which has the size of each. Large ones
// that were as large before are not what changed.
func detectLargeObjects(v *view) Verdict {
	bytes, bytesBefore, b := v.value(bench.Bytes)
	allocs, allocsBefore, a := v.value(bench.Allocs)
	if b == nil || a == nil {
		return Verdict{}
	}
	slow, other := v.sides()
	if bytes < bench.LargeObject {
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
	case mean < bench.LargeObject:
		return v.largeByProfile(out, bytes-bytesBefore)
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

// largeByProfile adds what the allocation profiles tell of large objects to a verdict that the mean leaves open. They
// are the cause where they explain a part of the bytes that the slower revision allocates more.
func (v *view) largeByProfile(out Verdict, more float64) Verdict {
	large := v.diagnosis.LargeObjects
	if large == nil || !large.Base.Valid() || !large.Head.Valid() || math.IsNaN(more) {
		return out
	}
	slow, other := v.sides()
	in, before := float64(large.Head), float64(large.Base)
	if v.improved {
		in, before = before, in
	}
	out.Evidence = append(out.Evidence, sentence(Text{"by the allocation profiles {size} an operation are in objects of 32 KiB and more in {slow}, {before} in {fast}", "según los perfiles de asignaciones, {size} por operación están en objetos de 32 KiB o más en {slow}; {before} en {fast}"},
		"size", Quantity{in, bench.Bytes}, "before", Quantity{before, bench.Bytes}, "slow", Text{slow, slow}, "fast", Text{other, other}))
	out.State = RuledOut
	if more > 0 && in-before >= explained*more {
		out.State = Found
		if s, ok := v.share(bench.GroupMemory); ok {
			out.Saving = v.saving(s.part, s.low, s.high)
		}
	}
	return out
}
