package bench

// A Diagnosis is what profiles of base and head tell of one benchmark that changed: why, and what it
// was looked at. It is taken after the verdicts, in processes of its own; no sample is among it.
type Diagnosis struct {
	Benchmark
	// Findings are what explains the change, the one that explains most first. None is better than a
	// wrong one: there is one only where the profiles tell base from head beyond their own error.
	Findings []Finding `json:"findings"`
	// CPU compares the CPU profiles; nil where there is none, or too few samples to say anything.
	CPU *ProfileDiff `json:"cpu,omitempty"`
	// Allocations compares the allocation profiles, in allocations per operation.
	Allocations *ProfileDiff `json:"allocations,omitempty"`
	// LargeObjects is what of each operation's allocations is in very large ones, by the allocation profiles.
	LargeObjects *LargeObjects `json:"large_objects,omitempty"`
	Base         *Usage        `json:"base,omitempty"`
	Head         *Usage        `json:"head,omitempty"`
	// Runtime of each is what the Go runtime tells; nil where it was asked nothing.
	BaseRuntime *Runtime `json:"base_runtime,omitempty"`
	HeadRuntime *Runtime `json:"head_runtime,omitempty"`
}

// Kinds of finding.
const (
	FindingNew    = "new"    // a function that base does not call on the path
	FindingGone   = "gone"   // a function that head no longer calls on the path
	FindingGrew   = "grew"   // a function that costs more
	FindingShrank = "shrank" // a function that costs less
)

// What a finding is counted in.
const (
	MeasureCPU = "cpu" // CPU time, as a fraction of what base's operation takes
	// MeasureInstructions is of executed instructions, counted exactly, as a fraction of what base's operation executes.
	MeasureInstructions = "instructions"
	MeasureWait         = "wait"   // time in which it waits, as a fraction of what base's operation takes
	MeasureAllocs       = "allocs" // allocations per operation
	MeasureBytes        = "bytes"  // allocated bytes per operation
)

// Edges of the diff that a finding's line is on.
const (
	EdgeAdded   = "added"
	EdgeRemoved = "removed"
)

// Kinds of work of a finding: what the operation does more or less of.
const (
	WorkRegexp        = "regexp"        // patterns are compiled or matched
	WorkEncoding      = "encoding"      // JSON and the like is written or read
	WorkFormatting    = "formatting"    // fmt
	WorkReflection    = "reflection"    // values are looked at by reflection
	WorkLock          = "lock"          // locks are taken, or waited for
	WorkWait          = "wait"          // nothing is done for a while
	WorkIO            = "input-output"  // the system is called
	WorkGoroutine     = "goroutine"     // goroutines are started and hand things over
	WorkConcatenation = "concatenation" // strings are put together piece by piece
	WorkGrowth        = "growth"        // slices, maps or buffers grow piece by piece
	WorkMap           = "map"           // maps are read or filled
	WorkConversion    = "conversion"    // strings and slices are converted
	WorkAllocation    = "allocation"    // values are put on the heap
	WorkCopy          = "copy"          // memory is copied
	WorkInlining      = "inlining"      // a function is called that was inlined
	WorkLoop          = "loop"          // the function's own code runs longer
	WorkCall          = "call"          // a function is called, or called more often
	WorkDependency    = "dependency"    // another version of a module
	WorkToolchain     = "toolchain"     // another version of Go
	WorkInput         = "input"         // another content of a file that is read
)

// A Finding is one cause of a change: a function, and where the path to it differs.
type Finding struct {
	Kind    string `json:"kind"`
	Measure string `json:"measure"`
	// Work is what kind of work it is; "" where that is not known.
	Work string `json:"work,omitempty"`
	// Function is the function's name as Go writes it, with the last element of its package alone:
	// "regexp.(*Regexp).MatchString".
	Function string `json:"function"`
	// Escapes is the value that the compiler puts on the heap, which it did not in the other revision,
	// as it stands in the source; "" where there is none.
	Escapes string `json:"escapes,omitempty"`
	// BoundsChecks is how many more checks of bounds the function's own code has.
	BoundsChecks int `json:"bounds_checks,omitempty"`
	// Via is the function of the runtime that the cost is mostly in; "" where it is in none.
	Via string `json:"via,omitempty"`
	// Self says that the cost is mostly in the function's own code, not in what it calls.
	Self bool `json:"self,omitempty"`
	// File is relative to the repository's root; "" where the place is not in it. Line is one of
	// head's, of base where Edge says that the change removes it.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	// Edge tells whether the change adds or removes the line; "" where it does neither.
	Edge string `json:"edge,omitempty"`
	// Change is what the operation takes more, in the measure, with its 95 % interval.
	Change Number `json:"change"`
	Low    Number `json:"low"`
	High   Number `json:"high"`
	// Base and Head are the samples, or allocations, that it rests on.
	Base int64 `json:"base"`
	Head int64 `json:"head"`
}

// A ProfileDiff is two profiles side by side. Costs are fractions of what base's operation takes, so
// that head's add up to more than 1 where it takes more; of allocations, their number per operation.
type ProfileDiff struct {
	// Base and Head are the samples, or allocations, of each profile.
	Base int64 `json:"base"`
	Head int64 `json:"head"`
	// Functions holds the costliest of either side and the largest differences, with all that they
	// call; the costliest of head first.
	Functions []FunctionCost `json:"functions"`
	// Groups are the shares of what the checklist of causes asks for.
	Groups []GroupCost `json:"groups,omitempty"`
}

// A FunctionCost is one function's cost in both revisions, with all that it calls.
type FunctionCost struct {
	Function string `json:"function"`
	File     string `json:"file,omitempty"`
	// Changed says that the change touches its lines.
	Changed bool   `json:"changed,omitempty"`
	Base    Number `json:"base"`
	Head    Number `json:"head"`
	// Error is the standard error of Head − Base; 0 where both are counted exactly.
	Error Number `json:"error"`
}

// Groups of functions that the checklist of causes asks for.
const (
	GroupRegexp    = "regexp"
	GroupEncoding  = "encoding"
	GroupGC        = "gc"
	GroupAllocator = "allocator"
	GroupLocks     = "locks"
	GroupSystem    = "system"
	GroupMemory    = "memory" // GroupGC and GroupAllocator together
	GroupDatabase  = "database"
	GroupNetwork   = "network"
	GroupFiles     = "files"
	GroupSetup     = "setup" // what is nearly always the same on each call, such as compiling a pattern
)

// A GroupCost is the share of each profile that passes through a group of functions, with head's 95 %
// interval (Wilson's, of the samples).
type GroupCost struct {
	Group string `json:"group"`
	Base  Number `json:"base"`
	Head  Number `json:"head"`
	Low   Number `json:"low"`
	High  Number `json:"high"`
}

// LargeObject is the size in bytes from which on Go's allocator serves an object from the heap itself and not from a
// size class (maxSmallSize in runtime/sizeclasses.go).
const LargeObject = 32 << 10

// LargeObjects are the bytes that an operation of each revision allocates in objects of LargeObject bytes and more.
type LargeObjects struct {
	Base Number `json:"base_bytes"`
	Head Number `json:"head_bytes"`
}

// A Runtime is what the Go runtime tells of a benchmark's process.
type Runtime struct {
	// Collections is nil where the benchmark allocates nothing, Scheduling where no execution trace was taken.
	Collections *Collections `json:"collections,omitempty"`
	Scheduling  *Scheduling  `json:"scheduling,omitempty"`
}

// Collections are the garbage collections during a number of operations, by the lines of the runtime
// (GODEBUG=gctrace=1). Those that the testing package forces before and after them are not counted.
type Collections struct {
	Operations int `json:"operations"`
	Cycles     int `json:"cycles"`
	// Paused is how long they stopped everything, in seconds, LongestPause the longest of them.
	Paused       float64 `json:"paused_seconds"`
	LongestPause float64 `json:"longest_pause_seconds"`
	// Before and After are what was still in use after a collection before the operations and after them,
	// where Ended says that both are known; Peak is the largest heap at the start of one. The runtime writes
	// whole MiB of them; here they are bytes.
	Ended  bool  `json:"ended"`
	Before int64 `json:"heap_before_bytes"`
	After  int64 `json:"heap_after_bytes"`
	Peak   int64 `json:"heap_peak_bytes"`
}

// Scheduling is what an execution trace tells of goroutines.
type Scheduling struct {
	Operations int `json:"operations"`
	// Turns is how often a goroutine that could run got its turn, Waited how long all of them waited for it
	// together, in seconds, LongestWait the longest.
	Turns       int     `json:"turns"`
	Waited      float64 `json:"waited_seconds"`
	LongestWait float64 `json:"longest_wait_seconds"`
	// Started are the goroutines that the repository's code started, Left those of them that were there in
	// the end.
	Started int `json:"goroutines_started"`
	Left    int `json:"goroutines_left"`
}

// A Usage is what the system counted of the process that was profiled. What a system does not count
// is 0, and Counted says whether it does.
type Usage struct {
	Counted    bool    `json:"counted"`
	Operations int     `json:"operations"`
	Wall       float64 `json:"wall_seconds"`
	User       float64 `json:"user_seconds"`
	System     float64 `json:"system_seconds"`
	MaxRSS     int64   `json:"max_rss_bytes"`
	Minor      int64   `json:"minor_faults"`
	Major      int64   `json:"major_faults"`
	Read       int64   `json:"blocks_read"`
	Written    int64   `json:"blocks_written"`
	// Throttled, where Quota says that it is counted, is how long the container's CPU quota held processes back meanwhile, in seconds.
	Quota     bool    `json:"quota_counted"`
	Throttled float64 `json:"throttled_seconds"`
}

// Add adds what was counted of another process.
func (u *Usage) Add(v Usage) {
	u.Counted, u.Quota = v.Counted, v.Quota
	u.Operations += v.Operations
	u.Wall += v.Wall
	u.User += v.User
	u.System += v.System
	u.MaxRSS = max(u.MaxRSS, v.MaxRSS)
	u.Minor += v.Minor
	u.Major += v.Major
	u.Read += v.Read
	u.Written += v.Written
	u.Throttled += v.Throttled
}
