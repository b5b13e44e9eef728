package job

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/github"
)

// A NewFile is a file that `benchbot init` adds to a repository.
type NewFile struct {
	Path string // from the repository's top, with slashes
	Text string
}

// configText is a configuration that sets nothing: every key in it is a remark.
const configText = `# What benchbot does in this repository. All of it is optional.
#
# budget: 10m
# limits:
#   time: 3%
`

// InitFiles are the files that set a repository up: the configuration and the workflows. uses
// names the action as a workflow does; where it is "" a person has to fill it in.
func InitFiles(uses string) ([]NewFile, error) {
	files := []NewFile{{".benchbot.yml", configText}}
	for _, name := range github.WorkflowNames {
		text, err := github.Workflow(name, uses)
		if err != nil {
			return nil, fmt.Errorf("making %s: %w", name, err)
		}
		files = append(files, NewFile{".github/workflows/" + name, text})
	}
	return files, nil
}

// WriteNew writes files below a repository's top. Unless it is forced, it writes none where one is there
// already with another text: it is a *bench.Fault that names them.
func WriteNew(top string, files []NewFile, force bool) error {
	var taken []string
	for _, f := range files {
		old, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(f.Path)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return bench.Faultf(bench.ExitOther, "", "setting up %s: %w", top, err)
		}
		if err == nil && string(old) != f.Text {
			taken = append(taken, f.Path)
		}
	}
	if len(taken) > 0 && !force {
		return bench.Faultf(bench.ExitUsage, "look at what is in them, and overwrite them with --force", "setting up %s: there is already %s", top, strings.Join(taken, ", "))
	}
	for _, f := range files {
		path := filepath.Join(top, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return bench.Faultf(bench.ExitOther, "", "setting up %s: %w", top, err)
		}
		if err := WriteFile(path, func(w io.Writer) error {
			_, err := io.WriteString(w, f.Text)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
