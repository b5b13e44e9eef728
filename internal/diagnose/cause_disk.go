package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var slowDisk = Cause{
	ID:     "disk",
	Name:   Text{"slow disk I/O", "Disco I/O lento"},
	Needs:  Text{"the bytes and the time that the process spends on the disk", "los bytes y el tiempo que el proceso dedica al disco"},
	detect: detectDisk,
}

// fewBlocks are those that the process writes for the profile itself; manyBlocks of 512 bytes a second
// are what a disk takes noticeable time for.
const (
	fewBlocks  = 256
	manyBlocks = 10_000
)

// detectDisk finds files where their calls take the CPU time that differs, and the disk where the process
// moved many blocks and waited for most of the time. Both are ruled out where there was next to nothing
// of either.
func detectDisk(v *view) Verdict {
	what := Text{"reading and writing files", "leer y escribir archivos"}
	out := v.group(bench.GroupFiles, what)
	if out = v.work(out, bench.WorkIO); out.State == Found {
		return out
	}
	u, _ := v.usages()
	if u == nil {
		return Verdict{Evidence: out.Evidence}
	}
	out.Evidence = append(out.Evidence, sentence(Text{"blocks read: {read}; written, a profile among them: {written}", "bloques leídos: {read}; escritos, un perfil incluido: {written}"}, "read", u.Read, "written", u.Written))
	part, explains, ok := v.waited()
	switch {
	case ok && explains && float64(u.Read+u.Written) >= manyBlocks*u.Wall:
		return Verdict{State: Found, Evidence: append(out.Evidence, v.onCPU()), Saving: &Saving{part, part, part}}
	case u.Read == 0 && u.Written <= fewBlocks && (v.diagnosis.CPU == nil || out.State == RuledOut):
		out.State = RuledOut
	default:
		out.State = Unmeasured
	}
	return out
}
