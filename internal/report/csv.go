package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/benchbot/benchbot/internal/bench"
)

// CSV writes a line for each result: names, verdict, both centers with their intervals in base
// units, the change and its interval as fractions, p values, the target and what became of it. Numbers have all of their digits; what
// there is none of is empty.
func (r *Report) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	header := []string{"package", "benchmark", "procs", "unit", "verdict", "reason", "base", "base_low", "base_high",
		"head", "head_low", "head_high", "change", "change_low", "change_high", "p", "p_adjusted", "pairs", "plan", "target", "target_met", "quarantined"}
	if err := out.Write(header); err != nil {
		return fmt.Errorf("writing the results as CSV: %w", err)
	}
	for _, res := range r.Comparison.Results {
		row := []string{res.Package, res.Name, strconv.Itoa(res.Procs), res.Unit, string(res.Verdict), res.Reason}
		for _, s := range []*bench.Side{res.Base, res.Head} {
			if s == nil {
				row = append(row, "", "", "")
				continue
			}
			row = append(row, digits(s.Center), digits(s.Low), digits(s.High))
		}
		for _, n := range []bench.Number{res.Change, res.ChangeLow, res.ChangeHigh, res.P, res.PAdjusted} {
			row = append(row, digits(n))
		}
		target := bench.Target{}
		if res.Target != nil {
			target = *res.Target
		}
		row = append(row, strconv.Itoa(res.Pairs), res.Plan, target.Text, target.Met, strconv.FormatBool(res.Quarantined))
		if err := out.Write(row); err != nil {
			return fmt.Errorf("writing the results as CSV: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

func digits(n bench.Number) string {
	if !n.Valid() {
		return ""
	}
	return strconv.FormatFloat(float64(n), 'g', -1, 64)
}
