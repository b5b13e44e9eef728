package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/benchbot/benchbot/internal/bench"
)

// docs/examples holds documents of a real module, as the program writes them today.
func TestExamplesAreWhatTheProgramWrites(t *testing.T) {
	const dir = "../../docs/examples"
	for name, title := range map[string]string{"regression": "Look properties up in order", "optimization": "Look properties up by halves"} {
		f, err := os.Open(filepath.Join(dir, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := bench.Read(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, name+".pr.md"))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, lang := range Languages {
			var b bytes.Buffer
			r := &Report{Comparison: c, Lang: lang, Title: title, Description: string(text), Path: "docs/optimizations/" + name + ".md"}
			if err := r.DocumentOver(&b, nil); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("..", dir, name+"."+lang+".md"), b.Bytes())
		}
	}
}
