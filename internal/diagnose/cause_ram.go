package diagnose

var ramShort = Cause{
	ID:     "ram",
	Name:   Text{"not enough RAM", "RAM insuficiente"},
	Needs:  Text{"page faults and swapping of the process", "los fallos de página y el intercambio a disco del proceso"},
	detect: detectRAM,
}

// slowPage is how many seconds a page from the disk takes at most, or nearly so: a seek of a turning disk.
const slowPage = 0.01

// manyFaults is how many pages a second from the disk keep a process waiting.
const manyFaults = 100

// detectRAM rules a lack of memory out where no page had to come from the disk, or so few that all of them
// took less of the time than counts, and finds it where many
// had to and the process waited for most of the time.
func detectRAM(v *view) Verdict {
	u, _ := v.usages()
	if u == nil {
		return Verdict{}
	}
	out := say(Unmeasured, Text{"pages that had to come from the disk: {major}; that did not: {minor}; memory at most: {size}", "páginas que tuvieron que venir del disco: {major}; que no: {minor}; memoria como mucho: {size}"},
		"major", u.Major, "minor", u.Minor, "size", Quantity{float64(u.MaxRSS), "B/op"})
	part, explains, ok := v.waited()
	switch {
	case float64(u.Major)*slowPage < causeLimit*u.Wall:
		out.State = RuledOut
	case ok && explains && float64(u.Major) >= manyFaults*u.Wall:
		out.State, out.Saving = Found, &Saving{part, part, part}
		out.Evidence = append(out.Evidence, v.onCPU())
	default:
		out.Needs = Text{"how long the process waited for them, and whether the machine swapped", "cuánto esperó el proceso por ellas, y si la máquina recurrió al intercambio a disco"}
	}
	return out
}
