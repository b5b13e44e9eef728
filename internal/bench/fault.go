package bench

import (
	"errors"
	"fmt"
	"strings"
)

// Exit statuses of the command.
const (
	ExitOK         = 0
	ExitRegression = 1 // a regression or a missed target, where failing on it was asked for
	ExitUsage      = 2 // wrong usage or configuration
	ExitBuild      = 3 // the code under test does not build, or a benchmark failed
	ExitOther      = 4 // anything else that stopped the job
)

// A Fault is an error that a person reads: one line that says what was being done to what and why
// it failed, and a hint of what to do about it.
type Fault struct {
	Exit int    // the exit status; 0 stands for ExitOther
	Err  error  // what was being done, to what, and why it failed
	Hint string // what to do about it; "" where nothing is known
}

// Faultf makes a Fault; the format may wrap an error with %w.
func Faultf(exit int, hint, format string, args ...any) *Fault {
	return &Fault{Exit: exit, Err: fmt.Errorf(format, args...), Hint: hint}
}

// Error is the whole in one line: the error and its hint.
func (f *Fault) Error() string {
	msg := oneLine(f.Err.Error())
	if f.Hint != "" {
		msg += "; " + oneLine(f.Hint)
	}
	return msg
}

func (f *Fault) Unwrap() error { return f.Err }

// ExitStatus is the exit status that an error asks for: 0 for nil, a Fault's own, else ExitOther.
func ExitStatus(err error) int {
	if err == nil {
		return ExitOK
	}
	var f *Fault
	if errors.As(err, &f) && f.Exit != 0 {
		return f.Exit
	}
	return ExitOther
}

func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " / ")
}
