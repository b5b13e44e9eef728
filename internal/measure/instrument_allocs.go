package measure

// mostRecorded is how many allocations a profile records: each takes a microsecond or two.
const mostRecorded = 50_000

// allocationProfile is the memory profile of the testing package with every allocation in it. That
// makes each many times as slow, so it is a run of its own and a short one: the counts are exact. Both
// sides do the same work, so that what a benchmark allocates beforehand cancels out.
var allocationProfile = instrument{
	name:  "allocation profile",
	wants: func(s Subject) bool { return s.Allocates > 0 },
	least: 0.1,
	operations: func(s Subject, have float64) (base, head int) {
		n := operationsIn(min(0.05, have/20), max(s.BaseSeconds, s.HeadSeconds))
		n = max(1, min(n, 200_000, int(mostRecorded/max(s.Allocates, 1))))
		return n, n
	},
	args: func(file string) []string {
		return []string{"-test.memprofile=" + file, "-test.memprofilerate=1"}
	},
	keep: func(o *Observation, s sight) {
		o.Allocations, o.AllocationOperations = s.profile, s.operations
	},
}
