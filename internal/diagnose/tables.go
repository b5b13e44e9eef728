package diagnose

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// listed is how many functions of each order a comparison keeps.
const listed = 20

// collector and allocator are the runtime's memory management.
var (
	collector = []string{"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.gcStart", "runtime.gcDrain", "runtime.bgsweep", "runtime.gcMark", "runtime.gcWriteBarrier", "runtime.wbBufFlush", "runtime.bgscavenge"}
	allocator = []string{"runtime.mallocgc", "runtime.newobject", "runtime.growslice", "runtime.makeslice", "runtime.concatstring", "runtime.rawstring", "runtime.slicebytetostring", "runtime.stringtoslicebyte"}
)

// groups are the functions that the checklist of causes asks for, by the beginning of their names.
var groups = []struct {
	name     string
	prefixes []string
}{
	{bench.GroupRegexp, []string{"regexp.", "regexp/syntax.", "github.com/dlclark/regexp2.", "github.com/coregx/coregex"}},
	{bench.GroupEncoding, []string{"encoding/", "reflect.", "google.golang.org/protobuf/", "github.com/goccy/go-json.", "github.com/goccy/go-yaml", "gopkg.in/yaml", "github.com/json-iterator/go.", "github.com/bytedance/sonic"}},
	{bench.GroupGC, collector},
	{bench.GroupAllocator, allocator},
	{bench.GroupMemory, slices.Concat(collector, allocator)},
	{bench.GroupLocks, []string{"sync.(*Mutex).lockSlow", "internal/sync.(*Mutex).lockSlow", "sync.(*Mutex).unlockSlow", "internal/sync.(*Mutex).unlockSlow", "sync.runtime_Semacquire", "internal/sync.runtime_Semacquire", "runtime.semacquire", "runtime.selectgo", "runtime.chansend", "runtime.chanrecv", "sync.(*RWMutex)", "sync.(*Cond)"}},
	{bench.GroupSystem, []string{"syscall.", "internal/runtime/syscall.", "golang.org/x/sys/unix."}},
	{bench.GroupDatabase, []string{"database/sql", "github.com/jackc/pgx/", "github.com/lib/pq.", "github.com/go-sql-driver/mysql.", "github.com/mattn/go-sqlite3.", "modernc.org/sqlite", "go.mongodb.org/mongo-driver/", "gorm.io/", "github.com/redis/go-redis/"}},
	{bench.GroupNetwork, []string{"net.", "net/http.", "net/rpc.", "crypto/tls.", "golang.org/x/net/http2.", "google.golang.org/grpc"}},
	{bench.GroupFiles, []string{"os.(*File).", "os.ReadFile", "os.WriteFile", "os.OpenFile", "os.ReadDir", "os.Stat"}},
	{bench.GroupSetup, []string{"regexp.Compile", "regexp.MustCompile", "regexp.compile", "text/template/parse.", "text/template.(*Template).Parse", "html/template.(*Template).Parse", "html/template.(*escaper)", "time.LoadLocation", "crypto/x509.ParseCertificate", "crypto/x509.SystemCertPool"}},
}

// compareProfiles puts two profiles side by side.
func compareProfiles(base, head *costs, c *Changes, exact bool) *bench.ProfileDiff {
	d := &bench.ProfileDiff{Base: base.total, Head: head.total}
	type row struct {
		base, head int64
		file       string
		changed    bool
	}
	rows := map[string]*row{}
	for _, side := range []*costs{base, head} {
		changed := c.Removed
		if side == head {
			changed = c.Added
		}
		for _, s := range side.stacks {
			seen := map[string]bool{}
			for _, f := range s.frames {
				r := rows[f.function]
				if r == nil {
					r = &row{}
					rows[f.function] = r
				}
				r.changed = r.changed || changed(f.file, f.line)
				if f.file != "" {
					r.file = f.file
				}
				if seen[f.function] {
					continue // a recursive function counts once a path
				}
				seen[f.function] = true
				if side == base {
					r.base += s.count
				} else {
					r.head += s.count
				}
			}
		}
	}
	var all []bench.FunctionCost
	alike := map[string]int{}
	for name := range rows {
		alike[short(name)]++
	}
	for name, r := range rows {
		if inTesting(name) || !strings.Contains(name, ".") {
			continue
		}
		said := short(name)
		if alike[said] > 1 {
			said = name
		}
		f := bench.FunctionCost{Function: said, File: r.file, Changed: r.changed,
			Base: bench.Number(float64(r.base) * base.unit), Head: bench.Number(float64(r.head) * head.unit)}
		if !exact {
			f.Error = bench.Number(math.Sqrt(float64(max(1, r.base))*base.unit*base.unit + float64(max(1, r.head))*head.unit*head.unit))
		}
		all = append(all, f)
	}
	keep := map[int]bool{}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	for _, by := range []func(bench.FunctionCost) float64{
		func(f bench.FunctionCost) float64 { return float64(f.Base) },
		func(f bench.FunctionCost) float64 { return float64(f.Head) },
		func(f bench.FunctionCost) float64 { return math.Abs(float64(f.Head - f.Base)) },
	} {
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(by(all[b]), by(all[a])), cmp.Compare(all[a].Function, all[b].Function))
		})
		for _, i := range order[:min(listed, len(order))] {
			keep[i] = true
		}
	}
	d.Functions = []bench.FunctionCost{}
	for i, f := range all {
		if keep[i] {
			d.Functions = append(d.Functions, f)
		}
	}
	slices.SortFunc(d.Functions, func(a, b bench.FunctionCost) int {
		return cmp.Or(cmp.Compare(b.Head, a.Head), cmp.Compare(b.Base, a.Base), cmp.Compare(a.Function, b.Function), cmp.Compare(a.File, b.File))
	})
	if !exact {
		for _, g := range groups {
			d.Groups = append(d.Groups, groupCost(g.name, g.prefixes, base, head))
		}
	}
	return d
}

func groupCost(name string, prefixes []string, base, head *costs) bench.GroupCost {
	within := func(c *costs) (n int64) {
		for _, s := range c.stacks {
			if slices.ContainsFunc(s.frames, func(f frame) bool {
				return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(f.function, p) })
			}) {
				n += s.count
			}
		}
		return n
	}
	b, h := within(base), within(head)
	low, high := wilson(h, head.total)
	return bench.GroupCost{Group: name, Base: bench.Number(float64(b) / float64(base.total)), Head: bench.Number(float64(h) / float64(head.total)),
		Low: bench.Number(low), High: bench.Number(high)}
}

// wilson is the 95 % interval of a share of which k of n samples were seen (Wilson, "Probable
// inference, the law of succession, and statistical inference", 1927, without correction for
// continuity).
func wilson(k, n int64) (low, high float64) {
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, mid-half), min(1, mid+half)
}
