package demo

import (
	"embed"
	"fmt"
	"path/filepath"
	"strings"
)

//go:embed testdata/selftest
var selftest embed.FS

// Effects are the slowdowns of the self-test, as fractions: nothing, and what people ask about.
var Effects = []float64{0, 0.01, 0.02, 0.03, 0.05, 0.10}

// Kinds are the kinds of work of the self-test's benchmarks.
var Kinds = []string{"cpu", "memory", "allocation"}

// UnpackSelftest writes the module of the self-test into dir: for each kind of work, copies benchmarks
// of each effect. In base all effects are nothing.
func UnpackSelftest(dir string, state State, copies int) error {
	var shares []string
	for i := range copies * len(Effects) {
		permille := 0
		if state == Head {
			permille = int(SelftestEffect(i)*1000 + 0.5)
		}
		shares = append(shares, fmt.Sprint(permille))
	}
	files := map[string]string{
		"go.mod":         "module example.com/work\n\ngo 1.24\n",
		"shares_test.go": "package work\n\n// shares are the work beyond the usual, in thousandths.\nvar shares = []int{" + strings.Join(shares, ", ") + "}\n",
	}
	for _, name := range []string{"work.go", "work_test.go"} {
		b, err := selftest.ReadFile("testdata/selftest/" + name)
		if err != nil {
			return err
		}
		files[name] = string(b)
	}
	for name, text := range files {
		if err := write(filepath.Join(dir, name), []byte(text)); err != nil {
			return fmt.Errorf("unpacking the self-test: %w", err)
		}
	}
	return nil
}

// SelftestEffect is the effect of the benchmark with the number i of its kind.
func SelftestEffect(i int) float64 { return Effects[i%len(Effects)] }
