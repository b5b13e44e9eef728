package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var blocking = Cause{
	ID:     "blocking",
	Name:   Text{"blocking synchronous operations", "Operaciones síncronas bloqueantes"},
	Needs:  Text{"a block profile and a mutex profile", "un perfil de bloqueos y otro de mutex"},
	detect: detectBlocking,
}

// detectBlocking takes a process that waits for most of the time, where the other revision does not, for
// blocked, one that was seen to wait longer, and one that spends CPU time in locks and channels. Waiting is ruled out where the process was
// on a CPU all the time.
func detectBlocking(v *view) Verdict {
	if part, explains, ok := v.waited(); ok && explains {
		out := Verdict{State: Found, Evidence: []Evidence{v.onCPU()}, Saving: &Saving{part, part, part}}
		out.Evidence = append(out.Evidence, sentence(Text{"the rest it waited", "el resto lo pasó esperando"}))
		return out
	}
	for i := range v.diagnosis.Findings {
		if f := &v.diagnosis.Findings[i]; f.Measure == bench.MeasureWait && f.Change.Valid() && v.improved == (f.Change < 0) {
			return Verdict{State: Found, Evidence: []Evidence{v.finding(f)}, Saving: v.findingSaving(f)}
		}
	}
	out := v.group(bench.GroupLocks, Text{"locks and channels", "bloqueos y canales"})
	if out = v.work(out, bench.WorkLock, bench.WorkWait, bench.WorkGoroutine); out.State != RuledOut {
		return out
	}
	if !v.waitsForNothing() {
		out.State = Unmeasured
		return out
	}
	out.Evidence = append(out.Evidence, v.onCPU())
	return out
}
