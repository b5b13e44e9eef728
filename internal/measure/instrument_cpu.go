package measure

import "math"

// cpuProfile is the CPU profile of the testing package, a sample each 10 ms of CPU time.
var cpuProfile = instrument{
	name:       "CPU profile",
	wants:      func(Subject) bool { return true },
	least:      shortest,
	mayShorten: true,
	// A new cost of a share c of n samples stands out by sqrt(c·n) standard errors, so a small change
	// needs a long profile: 25 samples' worth of it, within limits. Both sides get the same time, not
	// the same work: of a side that is many times as fast there would be no samples.
	operations: func(s Subject, have float64) (base, head int) {
		want := shortest // where only allocations changed, for the shares alone
		if s.Change != 0 {
			want = max(1, min(longestProfile, 0.25/math.Abs(s.Change)))
		}
		want = min(want, max(shortest, have*planned))
		return operationsIn(want, s.BaseSeconds), operationsIn(want, s.HeadSeconds)
	},
	args: func(file string) []string { return []string{"-test.cpuprofile=" + file} },
	keep: func(o *Observation, s sight) {
		o.CPU, o.Operations = append(o.CPU, s.profile), o.Operations+s.operations
		o.Usage.Add(s.usage)
	},
}

const (
	// longestProfile is how many seconds one CPU profile takes at most.
	longestProfile = 4.0
	// planned is the part of the time that is planned for: the machine may be busier than it was, and
	// a benchmark prepares what it works on.
	planned = 0.7
)
