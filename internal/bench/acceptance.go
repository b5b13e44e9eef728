package bench

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"unicode"
)

// An Acceptance is the word of somebody with the right to give it that a regression may be.
type Acceptance struct {
	// Name is that of the benchmark, in any of the forms that reports show it in; "*" stands for all.
	Name   string `json:"name"`
	Reason string `json:"reason"`
	By     string `json:"by,omitempty"` // who said so
}

// Covers tells whether it is about a benchmark.
func (a Acceptance) Covers(b Benchmark) bool {
	switch a.Name {
	case "*", b.String(), b.WithProcs(), b.Full(), b.Path(), b.Package + "." + b.Name:
		return true
	}
	return false
}

var acceptance = regexp.MustCompile("^(`[^`]+`|[^`\\s][^`]*?)\\s*:\\s+(\\S.*)$")

// ParseAcceptance reads "NAME: reason", the form in which people write it; a name may stand in backticks.
func ParseAcceptance(text string) (Acceptance, error) {
	m := acceptance.FindStringSubmatch(strings.ToValidUTF8(text, "\ufffd"))
	if m == nil || !visible(m[1]) || !visible(m[2]) {
		return Acceptance{}, errors.New("it has the form NAME: reason")
	}
	return Acceptance{Name: strings.Trim(m[1], "`"), Reason: strings.TrimSpace(m[2])}, nil
}

// visible tells whether a person sees anything of a text: spaces of all of Unicode's kinds and marks
// without a shape are no reason.
func visible(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}

// EncodeAcceptances is the text in which they are kept: JSON, "" for none.
func EncodeAcceptances(list []Acceptance) string {
	if len(list) == 0 {
		return ""
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // it is made of strings
	}
	return string(text)
}

// DecodeAcceptances reads what EncodeAcceptances wrote.
func DecodeAcceptances(text string) (list []Acceptance, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &list)
	}
	return list, err
}
