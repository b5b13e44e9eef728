package report

import (
	"cmp"
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// Languages lists the languages that every text exists in.
var Languages = []string{"en", "es"}

//go:embed catalogue/*.yaml
var catalogueFiles embed.FS

// A catalogue holds every text of one language under a key. A text may have named parameters in
// braces; one that depends on a number has two forms, one and other, which is all that the plurals
// of English and Spanish need here.
type catalogue struct {
	lang     string
	messages map[string]message
}

// A message is one text: other alone where it depends on no number.
type message struct {
	one, other string
}

// catalogues holds the texts of each language, read when they are first asked for.
var catalogues = func() map[string]func() (*catalogue, error) {
	all := map[string]func() (*catalogue, error){}
	for _, lang := range Languages {
		all[lang] = sync.OnceValues(func() (*catalogue, error) {
			b, err := catalogueFiles.ReadFile("catalogue/" + lang + ".yaml")
			if err != nil {
				return nil, err
			}
			return parseCatalogue(lang, b)
		})
	}
	return all
}()

// catalogueOf returns the texts of a language, "" being English.
func catalogueOf(lang string) (*catalogue, error) {
	read := catalogues[cmp.Or(lang, "en")]
	if read == nil {
		return nil, fmt.Errorf("the report's language is %q; it can be %s", lang, strings.Join(Languages, " or "))
	}
	return read()
}

func parseCatalogue(lang string, b []byte) (*catalogue, error) {
	var doc map[string]any
	if err := yaml.Unmarshal(b, &doc); err != nil {
		return nil, fmt.Errorf("reading the %s texts: %w", lang, err)
	}
	c := &catalogue{lang: lang, messages: map[string]message{}}
	for key, v := range doc {
		switch v := v.(type) {
		case string:
			c.messages[key] = message{other: strings.TrimSuffix(v, "\n")}
		case map[string]any:
			one, _ := v["one"].(string)
			other, _ := v["other"].(string)
			if one == "" || other == "" || len(v) != 2 {
				return nil, fmt.Errorf("reading the %s texts: %s needs the forms one and other", lang, key)
			}
			c.messages[key] = message{one, other}
		default:
			return nil, fmt.Errorf("reading the %s texts: %s is neither a text nor its plural forms", lang, key)
		}
	}
	return c, nil
}

// safe is text that may stand in the output of its medium as it is.
type safe string

// A printer says things in one language on one medium. It escapes the parameters that are strings;
// only a safe one goes in as it is. So a forgotten conversion shows up as an escape too many and
// never as text of a pull request that acts.
type printer struct {
	*catalogue
	escape func(string) string
}

// say returns the text of a key with its parameters, given as name, value, name, value …
func (p printer) say(key string, params ...any) safe {
	m, ok := p.messages[key]
	if !ok {
		return safe("⟦" + key + "⟧") // a test looks for these brackets
	}
	return p.fill(m.other, params)
}

// count is say for a text that depends on a number, its parameter {n}.
func (p printer) count(key string, n int, params ...any) safe {
	m, ok := p.messages[key]
	if !ok || m.one == "" {
		return safe("⟦" + key + "⟧")
	}
	text := m.other
	if n == 1 {
		text = m.one
	}
	return p.fill(text, append([]any{"n", n}, params...))
}

func (p printer) fill(text string, params []any) safe {
	if len(params) == 0 {
		return safe(text)
	}
	pairs := make([]string, 0, len(params))
	for i := 0; i+1 < len(params); i += 2 {
		pairs = append(pairs, "{"+params[i].(string)+"}", p.param(params[i+1]))
	}
	return safe(strings.NewReplacer(pairs...).Replace(text))
}

func (p printer) param(v any) string {
	switch v := v.(type) {
	case safe:
		return string(v)
	case int:
		return strconv.Itoa(v)
	case string:
		return p.escape(v)
	}
	return p.escape(fmt.Sprint(v))
}

func joinSafe(items []safe, sep string) safe {
	s := make([]string, len(items))
	for i, v := range items {
		s[i] = string(v)
	}
	return safe(strings.Join(s, sep))
}
