package measure

// waitTrace is the execution trace of the testing package. It tells what the other profiles cannot: how
// long an operation waits and in which call, be it for a lock, a channel, the network or the clock, which
// the block profile leaves out. Every switch of a goroutine is an event of it, so it is a short run.
var waitTrace = instrument{
	name:  "execution trace",
	wants: func(s Subject) bool { return s.Change != 0 },
	least: 0.1,
	operations: func(s Subject, have float64) (base, head int) {
		seconds := min(traced, have/2)
		return operationsIn(seconds, s.BaseSeconds), operationsIn(seconds, s.HeadSeconds)
	},
	args: func(file string) []string { return []string{"-test.trace=" + file} },
	keep: func(o *Observation, s sight) {
		o.Trace, o.TraceOperations = s.profile, s.operations
	},
}

// traced is how many seconds of an execution trace tell enough: of an operation of 10 ms there are ten.
const traced = 0.1
