package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/job"
	"github.com/benchbot/benchbot/internal/revision"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// actionRepository is where the action is kept.
const actionRepository = "benchbot/benchbot"

// initFlags are the flags of `benchbot init`.
type initFlags struct {
	action string
	dryRun bool
	force  bool
	yes    bool
}

func newInit(g *global) *cobra.Command {
	f := &initFlags{}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Add .benchbot.yml and the workflow files to this repository",
		Long: `Shows the files that let every pull request be measured, then writes them: .benchbot.yml and three
workflows. One measures and may only read; one publishes and runs nothing of the pull request; one
records pushes to the default branch. On a terminal it asks before it writes. It commits nothing.`,
		Example: `  benchbot init
  benchbot init --dry-run
  benchbot init --yes --action ` + actionRepository + `@4f2a91c0b7d64f3e8a1d5c2b9e7f60813a5d4c2e`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), g) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.action, "action", "", "the action as the workflows name it, `OWNER/NAME@COMMIT` (default: the commit that this program was built of)")
	fl.BoolVar(&f.dryRun, "dry-run", false, "show the files and write none")
	fl.BoolVar(&f.force, "force", false, "overwrite files that are there already")
	fl.BoolVarP(&f.yes, "yes", "y", false, "write without asking")
	return cmd
}

var pinned = regexp.MustCompile(`^(\./|[\w.-]+/[\w./-]+@[0-9a-f]{40})$`)

func (f *initFlags) run(ctx context.Context, g *global) error {
	if f.action == "" {
		f.action = ownAction()
	} else if !pinned.MatchString(f.action) {
		return bench.Faultf(bench.ExitUsage, "give OWNER/NAME@ and a full commit id: a tag can be moved", "reading --action: %q", f.action)
	}
	repo, err := revision.Open(ctx, g.dir)
	if err != nil {
		return err
	}
	files, err := job.InitFiles(f.action)
	if err != nil {
		return err
	}
	for _, file := range files {
		fmt.Fprintf(g.out, "==> %s\n%s\n", file.Path, file.Text)
	}
	if f.action == "" {
		fmt.Fprintf(g.err, "benchbot: put a full commit id of %s for COMMIT in the workflows\n", actionRepository)
	}
	if f.dryRun || !f.yes && !f.agreed(g) {
		return nil
	}
	if err := job.WriteNew(repo.Root, files, f.force); err != nil {
		return err
	}
	fmt.Fprintf(g.out, "written: %d files in %s; look at them, and commit them: pull requests get comments once they are on the default branch\n", len(files), repo.Root)
	return nil
}

// agreed asks on a terminal. Where there is none, the command itself was the answer.
func (f *initFlags) agreed(g *global) bool {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return true
	}
	fmt.Fprint(g.err, "Write these files? [y/N] ")
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	return strings.EqualFold(strings.TrimSpace(answer), "y")
}

// ownAction is the action at the commit that this program was built of; "" where that is not known, or
// no one else has it.
func ownAction() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	commit, clean := "", false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			clean = s.Value == "false"
		}
	}
	if !clean || commit == "" {
		return ""
	}
	return actionRepository + "@" + commit
}
