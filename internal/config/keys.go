package config

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// A key is one key of the file: how it is read, shown and described. A new one is a line in keys.
type key struct {
	name string
	// doc is a sentence for the JSON Schema; docs/configuration.md has the whole story.
	doc string
	// schema describes what may stand there, as JSON Schema does.
	schema schema
	read   func(c *Config, v value) error
	show   func(c *Config) []line // nil where another key shows it
}

// keys lists the keys in the order in which they are shown.
func keys() []key {
	return []key{
		texts("packages", "Patterns of the go command, relative to the root of the checkout; ./... of every module unless given.",
			func(c *Config) *Setting[[]string] { return &c.Packages }, nil),
		text("bench", "Only benchmarks that match this regular expression, as go test -bench takes it.",
			func(c *Config) *Setting[string] { return &c.Bench }, aRegexp),
		setting("cpu", "Run each benchmark with each of these GOMAXPROCS.", listOf(schema{"type": "integer", "minimum": 1}),
			func(c *Config) *Setting[[]int] { return &c.CPU }, value.counts, showInts),
		text("tags", "Build tags, as go build -tags takes them.", func(c *Config) *Setting[string] { return &c.Tags }, nil),
		text("ldflags", "Flags of the linker, beside benchbot's own.", func(c *Config) *Setting[string] { return &c.LDFlags }, nil),
		text("gcflags", "Flags of the compiler.", func(c *Config) *Setting[string] { return &c.GCFlags }, nil),
		texts("env", "Names of environment variables that benchmarks see beside the usual ones; NAME_* stands for all that begin so.",
			func(c *Config) *Setting[[]string] { return &c.Env }, aVariable),
		texts("inputs", "Files and folders outside of the packages that benchmarks read, relative to the root of the checkout.",
			func(c *Config) *Setting[[]string] { return &c.Inputs }, aPathInside),
		setting("duet", "Run base and head of a pair at once where a benchmark keeps one processor busy.", schema{"type": "boolean"},
			func(c *Config) *Setting[bool] { return &c.Duet }, value.bool, strconv.FormatBool),
		choice("instructions", "Count instructions: of the benchmarks that changed or are not decided, of all, or of none.", InstructionsOf,
			func(c *Config) *Setting[string] { return &c.Instructions }),
		setting("budget", "Wall time of the whole job.", durationSchema(),
			func(c *Config) *Setting[time.Duration] { return &c.Budget }, value.duration, time.Duration.String),
		setting("timeout", "End a benchmark that prints nothing for so long.", durationSchema(),
			func(c *Config) *Setting[time.Duration] { return &c.Timeout }, value.duration, time.Duration.String),
		{"threshold", "Smallest change of time that counts; the same as limits: time.", limitSchema(), readThreshold, nil},
		{"limits", "Smallest change of each unit that counts.", limitsSchema(), readLimits, showLimits},
		setting("false-alarm-rate", "Probability of any false alarm in a whole comparison.", rateSchema(),
			func(c *Config) *Setting[float64] { return &c.FalseAlarmRate }, value.rate, percentText),
		{"rules", "What some benchmarks get of their own; of several rules for one benchmark, the last holds.", rulesSchema(), readRules, showRules},
		{"targets", "What some benchmarks have to keep to; of several targets for one benchmark and unit, the last holds.", targetsSchema(), readTargets, showTargets},
		text("history", "File that runs are recorded in, relative to the root of the checkout, or none.",
			func(c *Config) *Setting[string] { return &c.History }, nil),
		choice("lang", "Language of the report.", Languages, func(c *Config) *Setting[string] { return &c.Lang }),
		choice("fail-on", "What ends a job with status 1: a regression or a missed target, a missed target alone, or nothing.", FailOns,
			func(c *Config) *Setting[string] { return &c.FailOn }),
	}
}

// setting is a key of one field.
func setting[T any](name, doc string, s schema, field func(*Config) *Setting[T], read func(value) (T, error), show func(T) string) key {
	return key{name, doc, s,
		func(c *Config, v value) error {
			got, err := read(v)
			if err != nil {
				return err
			}
			*field(c) = Setting[T]{Value: got, From: v.origin()}
			return nil
		},
		func(c *Config) []line {
			s := field(c)
			return []line{{name + ": " + show(s.Value), s.From}}
		}}
}

// text is a key of one text; check returns what is wrong with it and what was expected.
func text(name, doc string, field func(*Config) *Setting[string], check func(string) (wrong, expected string)) key {
	return setting(name, doc, schema{"type": "string"}, field, func(v value) (string, error) {
		s, err := v.text("write a text, in quotes if need be")
		if err == nil && check != nil {
			if wrong, expected := check(s); wrong != "" {
				err = v.fault(expected, "%s", wrong)
			}
		}
		return s, err
	}, yamlText)
}

// texts is a key of a list of texts, of which one may stand alone.
func texts(name, doc string, field func(*Config) *Setting[[]string], check func(string) (wrong, expected string)) key {
	return setting(name, doc, listOf(schema{"type": "string", "minLength": 1}), field, func(v value) ([]string, error) {
		list, err := v.texts("write a list of texts, such as [a, b]")
		for i, s := range list {
			if check == nil {
				break
			}
			if wrong, expected := check(s); wrong != "" {
				return nil, v.list()[i].fault(expected, "%s", wrong)
			}
		}
		return list, err
	}, yamlTexts)
}

// choice is a key of one of some words.
func choice(name, doc string, words []string, field func(*Config) *Setting[string]) key {
	return setting(name, doc, schema{"enum": words}, field, func(v value) (string, error) { return v.oneOf(words) }, yamlText)
}

func aRegexp(s string) (wrong, expected string) {
	if _, err := regexp.Compile(s); err != nil {
		return clip(bench.Quote(s) + " is no regular expression: " + strings.TrimPrefix(err.Error(), "error parsing regexp: ")),
			"write one as go test -bench takes it, such as Decode|Encode"
	}
	return "", ""
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*\*?$`)

func aVariable(s string) (wrong, expected string) {
	if !variableName.MatchString(s) {
		return bench.Quote(s) + " is no name of a variable", "write names alone, such as [DATABASE_URL, MYAPP_*]; their values come from the environment"
	}
	return "", ""
}

func aPathInside(s string) (wrong, expected string) {
	if !filepath.IsLocal(filepath.FromSlash(s)) {
		return bench.Quote(s) + " lies outside of the checkout", "write a path from the root of the checkout, such as testdata/large"
	}
	return "", ""
}

func (v value) counts() ([]int, error) {
	var out []int
	for _, item := range v.list() {
		const expected = "write whole numbers from 1 on, such as [1, 4]"
		s, err := item.text(expected)
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 1<<16 {
			return nil, item.fault(expected, "%s is none", bench.Quote(s))
		}
		out = append(out, n)
	}
	return out, nil
}

func (v value) rate() (float64, error) {
	const expected = "write a probability above 0 and below 1, such as 1% or 0.01"
	s, err := v.text(expected)
	if err != nil {
		return 0, err
	}
	f, _, err := parseFraction(s)
	if err != nil || !(f > 0 && f < 1) {
		return 0, v.fault(expected, "%s is none", bench.Quote(s))
	}
	return f, nil
}

// read reads the whole file.
func (c *Config) read(v value) error {
	const expected = "write keys and values, such as budget: 5m"
	all := keys()
	names := make([]string, len(all))
	for i, k := range all {
		names[i] = k.name
	}
	entries, err := v.entries(expected)
	if err != nil {
		return err
	}
	for _, e := range entries {
		i, err := e.among(v, names)
		if err != nil {
			return err
		}
		if err := all[i].read(c, e.value); err != nil {
			return err
		}
	}
	return nil
}

// among finds a key among those that are known in the mapping in; another is a fault that suggests the
// nearest.
func (e entry) among(in value, names []string) (int, error) {
	for i, n := range names {
		if n == e.key {
			return i, nil
		}
	}
	hint := "the keys here are " + strings.Join(names, ", ")
	if n := nearest(e.key, names); n != "" {
		hint = "did you mean " + n + "?"
	}
	in.line = e.line
	return 0, in.fault(hint, "there is no key %s", shownKey(e.key))
}

// nearest is the known word that takes the fewest changes, "" where all take more than a third of its
// letters.
func nearest(word string, known []string) string {
	best, least := "", 0
	if len(word) > 40 {
		return ""
	}
	for _, k := range known {
		d := distance(strings.ToLower(word), k)
		if d <= max(1, len(k)/3) && (best == "" || d < least) {
			best, least = k, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete, replace or swap with their neighbour (optimal
// string alignment, after F. Damerau, Communications of the ACM 7, 1964).
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range len(b) {
		d[0][j+1] = j + 1
	}
	for i := range len(a) {
		for j := range len(b) {
			replace := d[i][j]
			if a[i] != b[j] {
				replace++
			}
			d[i+1][j+1] = min(replace, d[i][j+1]+1, d[i+1][j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d[i+1][j+1] = min(d[i+1][j+1], d[i-1][j-1]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
