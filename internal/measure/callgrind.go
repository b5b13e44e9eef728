package measure

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// This file reads what callgrind writes (Valgrind's manual, Callgrind Format Specification), as far as a file has
// it that was made with countedStacks: positions are addresses of instructions, and a function is told apart by
// the functions that led to it, "innermost'caller'its caller".

// countedStacks are the flags of callgrind that a profile is made of. More callers make the files larger; what lies
// further out is put together again from the calls.
var countedStacks = []string{"--dump-instr=yes", "--dump-line=no", "--separate-callers=10"}

const (
	callgrindBytes = 64 << 20 // of a file; those seen have some 10 MB
	longestName    = 1 << 20  // of a line; names of instantiated functions have no end
)

// A callGraph is how many instructions were executed where.
type callGraph struct {
	contexts []string // by number: a function and what led to it
	// self counts each instruction itself, calls what was executed below a call.
	self  map[executed]int64
	calls map[called]int64
}

type executed struct {
	context int
	address uint64
}

type called struct {
	from, to   int    // contexts
	at, target uint64 // addresses: of the call, and of what it went to
}

// readCallGraph reads a file of callgrind. What it does not know it passes over, as the format demands.
func readCallGraph(r io.Reader) (*callGraph, error) {
	g := &callGraph{self: map[executed]int64{}, calls: map[called]int64{}}
	p := graphReader{graph: g, byName: map[string]int{}, byNumber: map[string]int{}, in: -1, to: -1}
	lines := bufio.NewScanner(io.LimitReader(r, callgrindBytes+1))
	lines.Buffer(nil, longestName)
	read := 0
	for n := 1; lines.Scan(); n++ {
		if read += len(lines.Bytes()) + 1; read > callgrindBytes {
			return nil, fmt.Errorf("it has more than %d bytes", callgrindBytes)
		}
		if err := p.line(lines.Text()); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if !p.positions || !p.events {
		return nil, errors.New("it does not say that it counts instructions by their addresses")
	}
	return g, nil
}

// A graphReader is where in a file it is.
type graphReader struct {
	graph             *callGraph
	byName, byNumber  map[string]int
	in                int // the context that costs belong to; -1 before the first
	to                int // the context that is called; -1 where the next costs are no call's
	position, target  uint64
	calling           bool // the next line is what a call cost
	positions, events bool
}

func (p *graphReader) line(text string) (err error) {
	switch key, value, _ := strings.Cut(text, "="); key {
	case "fn":
		p.in, err = p.context(value)
		return err
	case "cfn":
		p.to, err = p.context(value)
		return err
	case "calls":
		_, at, ok := strings.Cut(value, " ")
		if !ok || p.to < 0 {
			return errors.New("a call of nothing")
		}
		p.calling = true
		p.target, err = p.at(strings.TrimSpace(at))
		return err
	}
	if text == "" || !strings.ContainsRune("0123456789+-*", rune(text[0])) {
		switch key, value, _ := strings.Cut(text, ":"); key {
		case "positions":
			p.positions = strings.TrimSpace(value) == "instr"
		case "events":
			p.events = strings.TrimSpace(value) == "Ir"
		}
		return nil
	}
	return p.cost(text)
}

// cost reads a position and what was executed there.
func (p *graphReader) cost(text string) (err error) {
	at, count, _ := strings.Cut(text, " ")
	if p.position, err = p.at(at); err != nil {
		return err
	}
	n := int64(0) // what is left out is 0
	if count = strings.TrimSpace(count); count != "" {
		if n, err = strconv.ParseInt(count, 0, 53); err != nil || n < 0 {
			return fmt.Errorf("%q is no count", count)
		}
	}
	switch {
	case p.in < 0:
		return errors.New("a count of no function")
	case p.calling:
		p.graph.calls[called{p.in, p.to, p.position, p.target}] += n
		p.calling, p.to = false, -1
	default:
		p.graph.self[executed{p.in, p.position}] += n
	}
	return nil
}

// at reads a position: an address, or how far it is from the last one.
func (p *graphReader) at(text string) (uint64, error) {
	if text == "*" {
		return p.position, nil
	}
	digits := strings.TrimLeft(text, "+-")
	n, err := strconv.ParseUint(digits, 0, 64)
	if err != nil || len(text)-len(digits) > 1 {
		return 0, fmt.Errorf("%q is no position", text)
	}
	switch text[0] {
	case '+':
		return p.position + n, nil
	case '-':
		return p.position - n, nil
	}
	return n, nil
}

// context is the number of a name. A name has a number of its own in the file, "(12) name", and is said once.
func (p *graphReader) context(text string) (int, error) {
	number, name := "", text
	if strings.HasPrefix(text, "(") {
		if end := strings.IndexByte(text, ')'); end > 0 && strings.Trim(text[1:end], "0123456789") == "" {
			number, name = text[:end+1], strings.TrimSpace(text[end+1:])
		}
	}
	if name == "" {
		if at, ok := p.byNumber[number]; ok {
			return at, nil
		}
		return 0, fmt.Errorf("%q stands for no function", text)
	}
	at, ok := p.byName[name]
	if !ok {
		at = len(p.graph.contexts)
		p.graph.contexts = append(p.graph.contexts, name)
		p.byName[name] = at
	}
	if number != "" {
		p.byNumber[number] = at
	}
	return at, nil
}
