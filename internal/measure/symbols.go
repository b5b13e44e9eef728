package measure

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"slices"
	"sort"
)

// A spot is one function on the way to an instruction, and where in it the way goes on.
type spot struct {
	function, file string
	line, start    int // start is the line that the function begins in; 0 where it is not told
}

// symbols tell what stands at addresses of a test binary: the functions, those that the compiler inlined
// included, as profiles of the testing package tell them.
type symbols struct {
	entries map[uint64]bool   // the first addresses of functions
	spots   map[uint64][]spot // the outermost first
}

// readSymbols looks addresses up in the debugging information of a binary. Of one that has none that is the
// error; an address that it says nothing of has no spots.
func readSymbols(binary string, addresses []uint64) (*symbols, error) {
	f, err := elf.Open(binary)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &symbols{entries: map[uint64]bool{}, spots: map[uint64][]spot{}}
	table, err := f.Symbols()
	if err != nil {
		return nil, err
	}
	for _, t := range table {
		if elf.ST_TYPE(t.Info) == elf.STT_FUNC {
			s.entries[t.Value] = true
		}
	}
	data, err := f.DWARF()
	if err != nil {
		return nil, err
	}
	addresses = slices.Clone(addresses)
	slices.Sort(addresses)
	d := debugInfo{data: data, addresses: slices.Compact(addresses), origins: map[dwarf.Offset]origin{}}
	r := data.Reader()
	for {
		e, err := r.Next()
		if err != nil {
			return nil, err
		}
		if e == nil {
			return s, nil
		}
		if e.Tag != dwarf.TagCompileUnit {
			r.SkipChildren()
			continue
		}
		within, err := d.within(e)
		if err != nil {
			return nil, err
		}
		if len(within) == 0 || !e.Children {
			r.SkipChildren()
			continue
		}
		if err := d.unit(r, e, within, s.spots); err != nil {
			return nil, err
		}
	}
}

// debugInfo is read for some addresses, which are in order.
type debugInfo struct {
	data      *dwarf.Data
	addresses []uint64
	origins   map[dwarf.Offset]origin
}

// An origin is a function as it stands in the source.
type origin struct {
	name  string
	start int
}

// within are those of the addresses that an entry covers.
func (d *debugInfo) within(e *dwarf.Entry) ([]uint64, error) {
	ranges, err := d.data.Ranges(e)
	if err != nil {
		return nil, err
	}
	var out []uint64
	for _, r := range ranges {
		from, _ := slices.BinarySearch(d.addresses, r[0])
		to, _ := slices.BinarySearch(d.addresses, r[1])
		if from < to {
			out = append(out, d.addresses[from:to]...)
		}
	}
	return out, nil
}

// unit reads the functions of one compiled package.
func (d *debugInfo) unit(r *dwarf.Reader, unit *dwarf.Entry, addresses []uint64, spots map[uint64][]spot) error {
	lines, files, err := d.lines(unit, addresses)
	if err != nil {
		return err
	}
	file := func(e *dwarf.Entry, a dwarf.Attr) string {
		if n, ok := e.Val(a).(int64); ok && n >= 0 && int(n) < len(files) && files[n] != nil {
			return files[n].Name
		}
		return ""
	}
	for depth := 1; depth > 0; {
		e, err := r.Next()
		if err != nil {
			return err
		}
		if e == nil {
			return nil
		}
		if e.Tag == 0 {
			depth--
			continue
		}
		var within []uint64
		if e.Tag == dwarf.TagSubprogram || e.Tag == dwarf.TagInlinedSubroutine || e.Tag == dwarf.TagLexDwarfBlock {
			if within, err = d.within(e); err != nil {
				return err
			}
		}
		if e.Tag != dwarf.TagLexDwarfBlock {
			for _, a := range within {
				o, err := d.originOf(e, 0)
				if err != nil {
					return err
				}
				if last := len(spots[a]) - 1; last >= 0 { // it is inlined there
					spots[a][last].file, spots[a][last].line = file(e, dwarf.AttrCallFile), intOf(e, dwarf.AttrCallLine)
				}
				at := lines[a]
				spots[a] = append(spots[a], spot{o.name, at.file, at.line, o.start})
			}
		}
		if e.Children {
			if len(within) == 0 {
				r.SkipChildren()
			} else {
				depth++
			}
		}
	}
	return nil
}

func intOf(e *dwarf.Entry, a dwarf.Attr) int {
	n, _ := e.Val(a).(int64)
	return int(n)
}

// originOf follows an entry to what it is an instance of.
func (d *debugInfo) originOf(e *dwarf.Entry, deep int) (origin, error) {
	at, ok := e.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset)
	if !ok {
		name, _ := e.Val(dwarf.AttrName).(string)
		return origin{name, intOf(e, dwarf.AttrDeclLine)}, nil
	}
	if o, ok := d.origins[at]; ok {
		return o, nil
	}
	if deep > 4 {
		return origin{}, fmt.Errorf("the function at %#x is an instance of itself", at)
	}
	r := d.data.Reader()
	r.Seek(at)
	to, err := r.Next()
	if err != nil {
		return origin{}, err
	}
	if to == nil {
		return origin{}, fmt.Errorf("there is no function at %#x", at)
	}
	o, err := d.originOf(to, deep+1)
	d.origins[at] = o
	return o, err
}

// lines are the lines of a unit's addresses, and its files by number.
func (d *debugInfo) lines(unit *dwarf.Entry, addresses []uint64) (map[uint64]spot, []*dwarf.LineFile, error) {
	r, err := d.data.LineReader(unit)
	if err != nil || r == nil {
		return nil, nil, err
	}
	slices.Sort(addresses)
	out := map[uint64]spot{}
	var last, now dwarf.LineEntry
	for err = r.Next(&now); err == nil; err = r.Next(&now) {
		if last.Address < now.Address && last.File != nil && !last.EndSequence {
			at := sort.Search(len(addresses), func(i int) bool { return addresses[i] >= last.Address })
			for ; at < len(addresses) && addresses[at] < now.Address; at++ {
				out[addresses[at]] = spot{file: last.File.Name, line: last.Line}
			}
		}
		last = now
	}
	return out, r.Files(), nil
}
