package diagnose

var container = Cause{
	ID:     "container",
	Name:   Text{"container limits too low", "Contenedor con límites muy bajos"},
	Needs:  Text{"`cpu.max`, `memory.max` and the throttled time of the container", "`cpu.max`, `memory.max` y el tiempo estrangulado del contenedor"},
	detect: detectContainer,
}

// detectContainer tells of the CPU quota; of a limit of memory it knows nothing, so it rules nothing
// out.
func detectContainer(v *view) Verdict {
	u := v.diagnosis.Head
	if v.improved {
		u = v.diagnosis.Base
	}
	if u == nil || !u.Quota || !(u.Wall > 0) {
		return Verdict{}
	}
	if u.Throttled > 0.01*u.Wall {
		part := clamp(u.Throttled / u.Wall)
		out := say(Found, Text{"a CPU quota held the process back for {time} of {wall}", "una cuota de CPU frenó al proceso {time} de {wall}"}, "time", Seconds(u.Throttled), "wall", Seconds(u.Wall))
		out.Saving = &Saving{part, part, part}
		return out
	}
	return Verdict{Evidence: []Evidence{sentence(Text{"no CPU quota held the process back", "ninguna cuota de CPU frenó al proceso"})},
		Needs: Text{"the container's limit of memory (`memory.max`) and how near the process comes to it", "el límite de memoria del contenedor (`memory.max`) y cuánto se acerca el proceso a él"}}
}
