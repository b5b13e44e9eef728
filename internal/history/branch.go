package history

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The history branch holds runs as files that are only ever added:
//
//	README.md
//	runs/2026/8c/8c1d2e….txt        one run, named by its identity
//	archives/2025/5b0c….txt         runs of a past year, one after the other, named by their content
//	archives/2025/5b0c….list        the identities of these runs, one a line
//
// Folders by year and by the first two digits keep git's trees small: a run adds one file to a folder
// of some dozens. Two recorders never touch the same file, unless they recorded the same run. A run's
// file may go only in the commit that adds an archive with it. Which runs a branch holds can be told
// from names and lists alone.

// BranchReadme is the README.md of a new history branch.
const BranchReadme = `# Benchmark history

Runs recorded by benchbot, a file each, in the Go benchmark format: benchstat and other tools read
them. Files are only added; runs of past years may be put together into archives. Please change nothing
here by hand: ` + "`benchbot history pull`" + ` reads this branch, ` + "`benchbot history push`" + ` adds to it.
`

var (
	runFile     = regexp.MustCompile(`^runs/(\d{4})/([0-9a-f]{2})/([0-9a-f]{32})\.txt$`)
	archiveFile = regexp.MustCompile(`^archives/(\d{4})/[0-9a-f]{32}\.(txt|list)$`)
)

// BranchFile is where the branch keeps a run.
func BranchFile(r *Run) string {
	return fmt.Sprintf("runs/%04d/%s/%s.txt", min(max(r.When().Year(), 0), 9999), r.Identity[:2], r.Identity)
}

// A BranchPath is what the path of a file of the history branch says.
type BranchPath struct {
	// Run is the identity of the run that the file holds, "" where it is not one run's.
	Run string
	// Archive and List are set for an archive and for the list of its runs.
	Archive, List bool
	Year          int
}

// ParseBranchPath reads a path; ok is false for a file that is none of benchbot's.
func ParseBranchPath(p string) (out BranchPath, ok bool) {
	if m := runFile.FindStringSubmatch(p); m != nil && strings.HasPrefix(m[3], m[2]) {
		out.Run = m[3]
		out.Year, _ = strconv.Atoi(m[1])
		return out, true
	}
	if m := archiveFile.FindStringSubmatch(p); m != nil {
		out.Archive, out.List = m[2] == "txt", m[2] == "list"
		out.Year, _ = strconv.Atoi(m[1])
		return out, true
	}
	return out, false
}

// ArchiveList is the path of the list that belongs to an archive.
func ArchiveList(archive string) string { return strings.TrimSuffix(archive, ".txt") + ".list" }

// NewArchive names an archive by its content.
func NewArchive(year int, content []byte) (archive string) {
	sum := sha256.Sum256(content)
	return path.Join("archives", fmt.Sprintf("%04d", year), hex.EncodeToString(sum[:16])+".txt")
}

// PastYear tells whether a year's runs may be put into archives.
func PastYear(year int, now time.Time) bool { return year < now.UTC().Year() }
