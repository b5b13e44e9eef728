// Command benchbot tells whether a change of a Go repository made any of its benchmarks faster or
// slower, and why. Each command lives in a file of its own: flags in, one call, a report out.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/spf13/cobra"
)

func main() { os.Exit(Main()) }

// Main runs the program on the process's own arguments and streams and returns its exit status.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := newRoot(os.Stdout, os.Stderr).ExecuteContext(ctx)
	if err == nil {
		return bench.ExitOK
	}
	var quiet exitStatus
	if errors.As(err, &quiet) {
		return int(quiet)
	}
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "benchbot: interrupted; the checkout is as it was")
		return bench.ExitOther
	}
	fmt.Fprintln(os.Stderr, "benchbot: "+err.Error())
	return bench.ExitStatus(err)
}

// exitStatus is the error of a command that has said everything already and only sets the exit
// status: 1 after a report that shows a regression.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// global holds the flags that every command has.
type global struct {
	dir     string // -C
	noColor bool
	lang    string // of the commands that look after the history
	out     io.Writer
	err     io.Writer
}

// commands is the table of commands, one line each, in the order of `benchbot --help`.
var commands = []func(*global) *cobra.Command{
	newDemo,
	newRun,
	newPlan,
	newSelftest,
	newCompare,
	newRecord,
	newTrend,
	newHistory,
	newImport,
	newExport,
	newDoc,
	newCI,
	newInit,
}

func newRoot(out, errOut io.Writer) *cobra.Command {
	g := &global{out: out, err: errOut}
	root := &cobra.Command{
		Use:           "benchbot",
		Short:         "Tell whether a change made a Go repository faster or slower, and why",
		Long:          "benchbot builds the benchmarks of two revisions of a Go repository, runs them side by side,\ndecides with statistics that hold on a noisy machine, and says what changed, why, and what now.",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetOut(out)
	root.SetErr(errOut)
	root.PersistentFlags().StringVarP(&g.dir, "dir", "C", ".", "run as if started in `DIR`")
	root.PersistentFlags().BoolVar(&g.noColor, "no-color", os.Getenv("NO_COLOR") != "", "plain text without colours (also: NO_COLOR)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return bench.Faultf(bench.ExitUsage, "see "+cmd.CommandPath()+" --help", "%w", err)
	})
	for _, make := range commands {
		root.AddCommand(usageErrors(make(g)))
	}
	return root
}

// usageErrors makes wrong arguments of a command end in exit status 2.
func usageErrors(cmd *cobra.Command) *cobra.Command {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return bench.Faultf(bench.ExitUsage, "see "+cmd.CommandPath()+" --help", "%w", err)
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		usageErrors(sub)
	}
	return cmd
}

func unknownCommand(cmd *cobra.Command, name string) error {
	hint := "see benchbot --help"
	if s := cmd.SuggestionsFor(name); len(s) > 0 {
		hint = "did you mean " + strings.Join(s, " or ") + "?"
	}
	return bench.Faultf(bench.ExitUsage, hint, "unknown command %q", name)
}

// version is the version that this program was built from, as Go notes it: a release's tag, or what names the
// commit; "(devel)" where it was built without either.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
