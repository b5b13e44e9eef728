package revision

import (
	"slices"
	"testing"
)

// TestFilesAreReadAlongTheirBases: every file comes once, and after the one that it is a difference
// from, whatever git says.
func TestFilesAreReadAlongTheirBases(t *testing.T) {
	files := []DataFile{{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}, {"5", "b"}, {"6", "e"}}
	got := alongBases(files, map[string]string{"a": "c", "b": "a", "c": "0000", "d": "elsewhere", "e": "e"})
	var paths []string
	for _, f := range got {
		paths = append(paths, f.Path)
	}
	if want := []string{"3", "1", "2", "5", "4", "6"}; len(paths) != len(want) || slices.Index(paths, "3") > slices.Index(paths, "1") || slices.Index(paths, "1") > slices.Index(paths, "2") {
		t.Errorf("read in the order %v", paths)
	}
}
