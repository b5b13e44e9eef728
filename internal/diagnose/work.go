package diagnose

import (
	"regexp"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// A mark tells the kind of work by functions that are passed through below the place that changed, by the
// beginning of their names.
type mark struct {
	work     string
	prefixes []string
}

// marks are tried in this order, the more telling ones first: formatting uses reflection, reflection
// allocates, and an allocation copies.
var marks = [...]mark{
	{bench.WorkRegexp, []string{"regexp.", "regexp/syntax.", "github.com/dlclark/regexp2."}},
	{bench.WorkWait, []string{"time.Sleep"}},
	{bench.WorkIO, []string{"syscall.", "internal/runtime/syscall.", "internal/syscall/", "golang.org/x/sys/unix.", "internal/poll.", "os.(*File).", "os.Open", "os.open", "os.Create", "os.ReadFile", "os.WriteFile", "os.ReadDir", "os.Stat", "os.Lstat", "net.(*"}},
	{bench.WorkLock, []string{"sync.(*Mutex)", "internal/sync.(*Mutex)", "sync.(*RWMutex)", "sync.runtime_Semacquire", "sync.runtime_SemacquireMutex", "internal/sync.runtime_Semacquire", "sync.(*Cond)"}},
	{bench.WorkEncoding, []string{"encoding/", "google.golang.org/protobuf/", "github.com/goccy/go-json.", "github.com/goccy/go-yaml", "gopkg.in/yaml", "github.com/json-iterator/go.", "github.com/bytedance/sonic", "compress/"}},
	{bench.WorkFormatting, []string{"fmt."}},
	{bench.WorkReflection, []string{"reflect.", "internal/reflectlite."}},
	{bench.WorkGoroutine, []string{"runtime.newproc", "runtime.goexit0", "runtime.chansend", "runtime.chanrecv", "runtime.selectgo", "sync.(*WaitGroup)", "runtime.makechan"}},
	{bench.WorkConcatenation, []string{"runtime.concatstring", "runtime.concatbyte"}},
	{bench.WorkGrowth, []string{"runtime.growslice", "internal/runtime/maps.(*Map).grow", "internal/runtime/maps.(*table).grow", "internal/runtime/maps.(*table).rehash", "internal/runtime/maps.(*table).split", "bytes.(*Buffer).grow", "strings.(*Builder).grow"}},
	{bench.WorkMap, []string{"runtime.map", "internal/runtime/maps.", "runtime.aeshash", "runtime.strhash", "runtime.memhash"}},
	{bench.WorkConversion, []string{"runtime.slicebytetostring", "runtime.stringtoslicebyte", "runtime.stringtoslicerune", "runtime.slicerunetostring", "runtime.intstring", "runtime.decoderune", "runtime.countrunes"}},
	{bench.WorkAllocation, []string{"runtime.newobject", "runtime.mallocgc", "runtime.makeslice", "runtime.gcWriteBarrier", "runtime.wbBufFlush", "runtime.gcAssistAlloc"}},
	{bench.WorkCopy, []string{"runtime.duffcopy", "runtime.memmove", "runtime.typedmemmove", "runtime.typedslicecopy", "runtime.duffzero"}},
}

// marksOf tells which marks a path bears, as a set of bits.
func marksOf(path []frame) (set uint32) {
	for i, m := range marks {
		for _, f := range path {
			if hasPrefix(f.function, m.prefixes) {
				set |= 1 << i
				break
			}
		}
	}
	return set
}

// workOf says what kind of work the cost of a share is: what most of it passes through, else what the
// line that leads to it says.
func (e *explanation) workOf(s *share, f *bench.Finding, text string) string {
	size, _ := e.excess(s.balance)
	for i, m := range marks {
		if part, _ := e.excess(s.marks[i]); part > 0 && part >= mostly*size {
			return m.work
		}
	}
	code, _, _ := strings.Cut(text, "//")
	switch {
	case waits.MatchString(code):
		return bench.WorkWait
	case locks.MatchString(code):
		return bench.WorkLock
	case starts.MatchString(code):
		return bench.WorkGoroutine
	case e.measure == bench.MeasureWait:
		return bench.WorkWait
	case e.measure == bench.MeasureAllocs, e.measure == bench.MeasureBytes:
		return workOfAllocation(code)
	case f.Self && copies.MatchString(code):
		return bench.WorkCopy
	case f.Self:
		return bench.WorkLoop
	}
	return bench.WorkCall
}

// What the line says, where the profile does not: code that the compiler writes out on the spot, and
// what hands over to the scheduler, whose work no function leads to.
var (
	waits   = regexp.MustCompile(`\btime\.(Sleep|After|NewTimer)\(`)
	locks   = regexp.MustCompile(`\.(R?Lock|R?Unlock|LockContext)\(\)`)
	starts  = regexp.MustCompile(`\bgo (func\b|[\w.]+\()|<-|make\(chan\b|\.Wait\(\)`)
	empties = regexp.MustCompile(`\bvar \w+ \[\]|\[\][\w.*]+\{\}|\bmake\(\[\][\w.*]+, 0\)|\bmap\[.*\{\}`)
	callsOf = regexp.MustCompile(`\b(regexp|json|xml|yaml|gob|fmt|reflect)\.[A-Z]\w*\(`)
	copies  = regexp.MustCompile(`=\s*\*\w+(\.\w+)*(,\s*\*\w+(\.\w+)*)*\s*$|\bcopy\(`)
)

// packages are the kinds of work that calls of a package are, by the name that people import it as. What is
// boxed for such a call is allocated before it.
var packages = map[string]string{
	"regexp": bench.WorkRegexp, "json": bench.WorkEncoding, "xml": bench.WorkEncoding, "yaml": bench.WorkEncoding,
	"gob": bench.WorkEncoding, "fmt": bench.WorkFormatting, "reflect": bench.WorkReflection,
}

// workOfAllocation reads it off the line, since profiles of allocations leave the runtime's functions
// out.
func workOfAllocation(code string) string {
	if m := callsOf.FindStringSubmatch(code); m != nil {
		return packages[m[1]]
	}
	switch {
	case strings.Contains(code, "append("), empties.MatchString(code):
		return bench.WorkGrowth
	case strings.Contains(code, "+="), strings.Contains(code, `" +`), strings.Contains(code, `+ "`):
		return bench.WorkConcatenation
	case strings.Contains(code, "string("), strings.Contains(code, "[]byte("), strings.Contains(code, "[]rune("):
		return bench.WorkConversion
	}
	return bench.WorkAllocation
}
