package report

import (
	"fmt"
	"strconv"

	"github.com/benchbot/benchbot/internal/bench"
	"github.com/benchbot/benchbot/internal/trend"
)

// mark is the letter of a machine in the tables: A for the one that the others are calibrated to.
func (s *TrendScope) mark(fingerprint string) safe {
	if fingerprint == s.Fingerprint {
		return "A"
	}
	n := 0
	for _, m := range s.Machines {
		if !m.Shown {
			continue
		}
		if n++; m.Fingerprint == fingerprint {
			break
		}
	}
	if n > 25 {
		return safe(strconv.Itoa(n + 1))
	}
	return safe(rune('A' + n))
}

// adjusted tells whether any figure of the page was calibrated.
func (t *TrendPage) adjusted() bool {
	for _, s := range t.View.Steps {
		if s.Across != nil && s.Across.Adjusted {
			return true
		}
	}
	return false
}

// acrossLines say of several machines which values are used, and of each how it was calibrated or why it
// is not shown.
func (p printer) acrossLines(s *TrendScope) []safe {
	if !s.Across {
		return nil
	}
	shown := false
	for _, m := range s.Machines {
		shown = shown || m.Shown
	}
	var lines []safe
	switch {
	case !shown:
		lines = append(lines, p.say("trend.across.one"))
	case trend.Speed(s.Unit) == 0:
		lines = append(lines, p.say("trend.across.raw", "what", p.metric(s.Unit)))
	default:
		lines = append(lines, p.say("trend.across.calibrated", "what", p.metric(s.Unit)))
	}
	for _, m := range s.Machines {
		mark := safe("–")
		if m.Shown {
			mark = s.mark(m.Fingerprint)
		}
		lines = append(lines, p.count("trend.across.machine", m.Runs, "mark", mark, "id", m.Fingerprint, "machine", p.machine(m.Environment), "what", p.calibration(m, s.Unit)))
	}
	return lines
}

func (p printer) calibration(m TrendMachine, unit string) safe {
	c := m.Calibration
	switch {
	case trend.Speed(unit) == 0:
		return p.say("trend.across.as-is")
	case c.Refused == trend.RefusedMissing:
		return p.say("trend.across.missing", "id", m.Fingerprint)
	case c.Refused == trend.RefusedNoisy:
		return p.say("trend.across.noisy", "noise", safe(plainPercent(float64(c.Noise))), "limit", safe(plainPercent(trend.NoiseLimit)), "id", m.Fingerprint)
	case c.Refused == trend.RefusedApart:
		return p.say("trend.across.apart", "low", times(c.Low), "high", times(c.High), "id", m.Fingerprint)
	}
	return p.say("trend.across.factor", "factor", times(c.Factor), "cpu", times(c.CPU), "memory", times(c.Memory), "allocation", times(c.Allocation), "noise", safe(plainPercent(float64(c.Noise))))
}

func times(n bench.Number) safe { return safe(fmt.Sprintf("×%.3g", float64(n))) }

// used says which of its values a point of several machines stands with.
func used(a *trend.Across) string {
	if a.Adjusted {
		return "calibrated"
	}
	return "raw"
}

// A machineEntry is another environment in the JSON form. Factors turn a duration measured there into one
// of the environment that the document is about; null where there is no reference in common.
type machineEntry struct {
	Environment bench.Environment `json:"environment"`
	Fingerprint string            `json:"fingerprint"`
	Runs        int               `json:"runs"`
	Shown       bool              `json:"shown"`
	Used        string            `json:"used,omitempty"`    // "raw" or "calibrated"
	Refused     string            `json:"refused,omitempty"` // "missing", "noisy" or "apart"
	Factor      bench.Number      `json:"factor"`
	Low         bench.Number      `json:"factor_low"`
	High        bench.Number      `json:"factor_high"`
	CPU         bench.Number      `json:"cpu"`
	Memory      bench.Number      `json:"memory"`
	Allocation  bench.Number      `json:"allocation"`
	Noise       bench.Number      `json:"noise"`
}

func machineEntryOf(m TrendMachine, unit string) machineEntry {
	c := m.Calibration
	e := machineEntry{Environment: m.Environment, Fingerprint: m.Fingerprint, Runs: m.Runs, Shown: m.Shown, Refused: c.Refused,
		Factor: c.Factor, Low: c.Low, High: c.High, CPU: c.CPU, Memory: c.Memory, Allocation: c.Allocation, Noise: c.Noise}
	switch {
	case m.Shown && trend.Speed(unit) == 0:
		e.Used = "raw"
	case m.Shown:
		e.Used = "calibrated"
	}
	return e
}
