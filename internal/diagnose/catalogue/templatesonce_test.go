package catalogue

import (
	"strings"
	"testing"
	"text/template"
)

// before
func greetBefore(w *strings.Builder, name string) error {
	t := template.Must(template.New("").Parse("Hello, {{.}}!"))
	return t.Execute(w, name)
}

// after
var greeting = template.Must(template.New("").Parse("Hello, {{.}}!"))

func greetAfter(w *strings.Builder, name string) error {
	return greeting.Execute(w, name)
}

// measured
func init() {
	examples["templates-once"] = func(tb testing.TB) example {
		each := func(greet func(*strings.Builder, string) error) func() {
			return func() {
				var w strings.Builder
				must(0, greet(&w, "world"))
				sinkString = w.String()
			}
		}
		return example{before: each(greetBefore), after: each(greetAfter)}
	}
}
