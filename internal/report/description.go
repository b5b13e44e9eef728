package report

import (
	"regexp"
	"strings"
)

// A field is something that a person states in a pull request's description and the document asks
// for.
type field int

const (
	fieldCause field = iota + 1
	fieldSolution
	fieldLesson
	fieldSymptom
	fieldTarget
	fieldLoad
	fieldEnvironment
)

// fieldNames lists how a field may be called, in lower case and without accents.
var fieldNames = map[string]field{
	"cause": fieldCause, "root cause": fieldCause, "causa": fieldCause, "causa raiz": fieldCause,
	"solution": fieldSolution, "solucion": fieldSolution,
	"lesson": fieldLesson, "lessons": fieldLesson, "lessons learned": fieldLesson,
	"leccion": fieldLesson, "lecciones": fieldLesson, "lecciones aprendidas": fieldLesson,
	"symptom": fieldSymptom, "sintoma": fieldSymptom, "problem": fieldSymptom, "problema": fieldSymptom,
	"target": fieldTarget, "target metrics": fieldTarget, "objetivo": fieldTarget, "metricas objetivo": fieldTarget,
	"load": fieldLoad, "carga": fieldLoad,
	"environment": fieldEnvironment, "ambiente": fieldEnvironment, "entorno": fieldEnvironment,
}

// How much of a description is read and kept.
const (
	descriptionBytes = 64 << 10
	fieldItems       = 10
	fieldLength      = 1000 // characters of an item
)

var (
	headingLine = regexp.MustCompile(`^ {0,3}#{1,6}\s+(.*?)\s*#*$`)
	labelLine   = regexp.MustCompile(`^\s*(?:[-*+]\s+(?:\[[ xX]\]\s+)?)?[*_]{0,2}([\pL][\pL ]{1,24}?)[*_]{0,2}\s*:[*_]{0,2}\s*(.*)$`)
	bulletLine  = regexp.MustCompile(`^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(.*)$`)
	remark      = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)`)
	accents     = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u")
)

// readDescription takes the fields out of a pull request's description. A field is a line
// ("Cause: …", with the lines that follow it up to an empty one) or a section below a heading of
// its name. Its text comes as items: list entries, or paragraphs. Where a field is stated twice the
// first counts. The remarks of a template (<!-- … -->) are no text.
func readDescription(text string) map[field][]string {
	if len(text) > descriptionBytes {
		text = text[:descriptionBytes]
	}
	d := description{fields: map[field][]string{}}
	for line := range strings.Lines(remark.ReplaceAllString(text, "")) {
		d.line(strings.TrimRight(line, "\r\n"))
	}
	d.close()
	return d.fields
}

// A description is one being read: the field that is open, its items so far, and whether it is a
// section, which empty lines do not end.
type description struct {
	fields  map[field][]string
	open    field
	section bool
	items   []string
	joined  bool // the next line goes on with the last item
}

func (d *description) line(l string) {
	if m := headingLine.FindStringSubmatch(l); m != nil {
		d.close()
		d.open, d.section = fieldNamed(strings.TrimSuffix(m[1], ":")), true
		return
	}
	if m := labelLine.FindStringSubmatch(l); m != nil {
		if f := fieldNamed(m[1]); f != 0 {
			d.close()
			d.open, d.section = f, false
			d.add(m[2])
			return
		}
	}
	switch m := bulletLine.FindStringSubmatch(l); {
	case strings.TrimSpace(l) == "":
		if !d.section && len(d.items) > 0 {
			d.close()
		}
		d.joined = false
	case m != nil:
		d.joined = false
		d.add(m[1])
	case !strings.HasPrefix(strings.TrimSpace(l), "```"):
		d.add(l)
	}
}

// add puts a line into the open field: behind its last item, or as a new one.
func (d *description) add(l string) {
	l = strings.TrimSpace(l)
	if d.open == 0 || l == "" {
		return
	}
	if d.joined && len(d.items) > 0 {
		d.items[len(d.items)-1] += " " + l
		return
	}
	d.items = append(d.items, l)
	d.joined = true
}

func (d *description) close() {
	if d.open != 0 && len(d.items) > 0 && d.fields[d.open] == nil {
		for i, it := range d.items {
			d.items[i] = clip(it, fieldLength)
		}
		d.fields[d.open] = d.items[:min(len(d.items), fieldItems)]
	}
	d.open, d.items, d.joined = 0, nil, false
}

func fieldNamed(name string) field {
	return fieldNames[accents.Replace(strings.ToLower(strings.Trim(name, "*_ ")))]
}
