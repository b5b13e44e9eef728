package report

import "strings"

// A page is text of one medium being written, with an upper limit of bytes for its rows. What has
// to be there is written with add and line and ignores the limit; rows are written whole or not at
// all.
type page struct {
	b     strings.Builder
	limit int
}

func (p *page) add(s safe)  { p.b.WriteString(string(s)) }
func (p *page) line(s safe) { p.b.WriteString(string(s) + "\n") }

// gap ends a block with one blank line.
func (p *page) gap() {
	if s := p.b.String(); s != "" && !strings.HasSuffix(s, "\n\n") {
		p.b.WriteByte('\n')
	}
}

// rows writes as many of the rows, each a line, as fit when spare bytes stay free for what follows
// them, and returns how many it left out.
func (p *page) rows(rows []safe, spare int) (left int) {
	for i, r := range rows {
		if p.b.Len()+len(r)+1+spare > p.limit {
			return len(rows) - i
		}
		p.line(r)
	}
	return 0
}

// text is what has been written.
func (p *page) text() safe { return safe(p.b.String()) }

func (p *page) len() int { return p.b.Len() }
