package github

import (
	"os"

	"github.com/benchbot/benchbot/internal/bench"
)

// maxSummary is the largest summary of a step that the server shows; a larger one is not shown at all.
const maxSummary = 1 << 20

// SummaryRoom is how many bytes the step's summary still takes.
func (s *Step) SummaryRoom() int {
	room := maxSummary - 1
	if info, err := os.Stat(s.getenv("GITHUB_STEP_SUMMARY")); err == nil {
		room -= int(info.Size())
	}
	return room
}

// Summary adds Markdown to the step's summary, as much of it as the server still takes.
func (s *Step) Summary(markdown string) (err error) {
	if s.getenv("GITHUB_STEP_SUMMARY") == "" {
		return nil
	}
	room := s.SummaryRoom()
	if room < 1<<10 {
		return bench.Faultf(bench.ExitOther, "", "writing the summary: it is full")
	}
	defer recovered(&err, "writing the summary")
	s.action.AddStepSummary(cut(markdown, room))
	return nil
}
