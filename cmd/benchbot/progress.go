package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress shows what a job is doing: one line that changes on a terminal, and a line a step where
// standard error is none.
type progress struct {
	w        io.Writer
	terminal bool
	start    time.Time
	shown    time.Time
	last     string
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, start: time.Now()}
	if f, ok := w.(*os.File); ok {
		p.terminal = term.IsTerminal(int(f.Fd()))
	}
	return p
}

// step is called for each piece of work; it writes at most ten times a second.
func (p *progress) step(step string, done, all int) {
	if !p.terminal {
		switch kind, _, _ := strings.Cut(step, " "); {
		case kind == "link":
			step = "measure again in other layouts"
		case kind == "round" && strings.HasPrefix(p.last, "measure"):
			step = p.last
		case kind == "round":
			step = "measure"
		}
		if step != p.last {
			p.last = step
			fmt.Fprintf(p.w, "benchbot: %s\n", step)
		}
		return
	}
	if step == p.last && time.Since(p.shown) < 100*time.Millisecond {
		return
	}
	p.last, p.shown = step, time.Now()
	line := step
	if all > 0 {
		line += fmt.Sprintf(" %d/%d", done+1, all)
	}
	fmt.Fprintf(p.w, "\r\x1b[Kbenchbot: %s (%s)", line, time.Since(p.start).Round(time.Second))
}

// done takes the line away.
func (p *progress) done() {
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
