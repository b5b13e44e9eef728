package diagnose

import "github.com/benchbot/benchbot/internal/bench"

var cpuShort = Cause{
	ID:     "cpu",
	Name:   Text{"not enough CPU", "CPU insuficiente"},
	Needs:  Text{"the CPU time of the process, and the load of the machine", "el tiempo de CPU del proceso y la carga de la máquina"},
	detect: detectCPU,
}

// detectCPU takes a process that wants more threads than there are cores and keeps nearly all of them
// busy for short of CPU. It is ruled out where a core stayed free.
func detectCPU(v *view) Verdict {
	cores := v.comparison.Environment.Cores
	u, other := v.usages()
	if cores <= 0 || u == nil {
		return Verdict{}
	}
	on := used(u)
	out := say(Unmeasured, Text{"the process used {used} of one core's time (cores: {cores}, GOMAXPROCS: {procs})", "el proceso usó {used} del tiempo de un núcleo (núcleos: {cores}, GOMAXPROCS: {procs})"},
		"used", Percent(on), "cores", cores, "procs", v.benchmark.Procs)
	if slow, _ := v.runtimes(); slow.Scheduling != nil && slow.Scheduling.Turns > 0 {
		s := slow.Scheduling
		out.Evidence = append(out.Evidence, sentence(Text{"a goroutine that could run waited {mean} for its turn on average, {longest} at most", "una goroutine lista para correr esperó su turno {mean} de media, {longest} como mucho"},
			"mean", Quantity{s.Waited / float64(s.Turns), bench.Time}, "longest", Quantity{s.LongestWait, bench.Time}))
	}
	switch {
	case v.busy() > on/busyLimit: // others kept it waiting for its turn
		out.Evidence = append(out.Evidence, sentence(Text{"it waited for other processes", "esperó a otros procesos"}))
		out.Needs = Text{"a machine that nothing else uses meanwhile", "una máquina que nadie más use mientras tanto"}
	case on <= float64(cores)-1:
		out.State = RuledOut
	case v.benchmark.Procs > cores && on >= busyLimit*float64(cores):
		out.State = Found
		if v.ratio > 1 && other != nil && used(other) >= busyLimit*float64(cores) {
			out.State = RuledOut // so it is in both
			return out
		}
		part := 1 - float64(cores)/float64(v.benchmark.Procs)
		out.Saving = &Saving{part, part, part}
	}
	return out
}
