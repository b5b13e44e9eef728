package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/benchbot/benchbot/e2e/internal/repo"
)

// TestEntries makes every change in a copy of its module: each text that is replaced has to be there,
// and there have to be as many entries as the figures of docs/why.md say.
func TestEntries(t *testing.T) {
	sources := map[module]string{}
	names := map[string]bool{}
	modules := map[module]bool{}
	regressions, harmless := 0, 0
	for _, e := range corpus() {
		if names[e.name] {
			t.Errorf("%s is there twice", e.name)
		}
		names[e.name] = true
		if e.harmless() {
			harmless++
		} else {
			regressions++
			modules[e.module] = true
			if _, err := regexp.Compile(e.function); err != nil || e.line == "" || e.cause == "" {
				t.Errorf("%s does not say what is true of it (%v)", e.name, err)
			}
		}
		if sources[e.module] == "" {
			dir, err := repo.Source(t.TempDir(), e.module.path+"@"+e.module.version)
			if err != nil {
				t.Fatal(err)
			}
			sources[e.module] = dir
		}
		dir := t.TempDir()
		for _, d := range slices.Concat(e.before, e.edits) {
			to := filepath.Join(dir, filepath.FromSlash(d.file))
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(sources[e.module], filepath.FromSlash(d.file)))
			if os.IsNotExist(err) {
				continue
			}
			if err == nil {
				err = os.WriteFile(to, b, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := e.apply(dir, slices.Concat(e.before, e.edits)); err != nil {
			t.Error(err)
		}
	}
	if regressions < 40 || len(modules) < 6 || harmless < 20 {
		t.Errorf("%d regressions in %d modules, %d harmless changes", regressions, len(modules), harmless)
	}
}
