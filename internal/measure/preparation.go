package measure

import (
	"context"
	"time"

	"github.com/benchbot/benchbot/internal/bench"
)

// A benchmark that prepares in front of its loop, without b.ResetTimer or b.Loop, has the preparation in
// its time. The testing package's second hides that; in a line of 4 ms a preparation of 5 ms would be all
// that is measured. So where a line would be a single iteration, it is looked whether three take three
// times as long. Where they do not, lines grow until the operations take at least as long as what comes
// before them.

// longestPreparation is up to which time of one iteration that is looked for; above, an operation that
// takes as long is far likelier than a preparation, and looking is dear.
const longestPreparation = longestProcess / 4

// findPreparations gives the benchmarks that mostly prepare another plan. It looks at one side alone, which
// is fair: what is found holds for both.
//
// It ends after an eighth of the time that is left: what is not looked at is measured as it is.
func (m *job) findPreparations(ctx context.Context) error {
	var end time.Time
	if !m.opts.Deadline.IsZero() {
		end = time.Now().Add(time.Until(m.opts.Deadline) / 8)
	}
	for i, w := range m.work {
		if w.series.Plan.Length != 0 || w.perOp > longestPreparation {
			continue
		}
		if !end.IsZero() && time.Now().After(end) {
			return nil
		}
		m.opts.Progress("calibrate", i, len(m.work))
		if err := m.findPreparation(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (m *job) findPreparation(ctx context.Context, w *work) error {
	once, err := m.takes(ctx, w, 1)
	if err != nil || once == 0 {
		return err
	}
	for n := 3; n < 1<<30; n *= 16 {
		if m.late(unit{w}) {
			return nil
		}
		several, err := m.takes(ctx, w, n)
		switch {
		case err != nil || several == 0:
			return err
		case several >= 2*once && n == 3:
			return nil // it is the operation that takes so long
		case several >= 2*once:
			w.prepare(once, float64(several-once)/float64(n-1), m.opts.Plans)
			return nil
		}
	}
	return nil
}

// takes is how long a line of n iterations takes, of one revision; 0 where it cannot be told. What fails
// does so again where it is measured, and is named there.
func (m *job) takes(ctx context.Context, w *work, n int) (time.Duration, error) {
	probe := *w
	probe.series.Plan, probe.series.Together = bench.Plan{Lines: 1}, false
	sides := w.sides()
	bin := sides[1]
	if bin == nil {
		bin = sides[0]
	}
	s := m.sample(ctx, unit{&probe}, bin, n)
	m.spend(s.wall, s.cpu)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if !s.good() {
		return 0, nil
	}
	sec, _ := s.processes[0].Lines[0].Value(bench.Time)
	return time.Duration(sec * float64(n) * float64(time.Second)), nil
}

// prepare plans for a preparation and an operation of so many nanoseconds. plans is Options.Plans.
func (w *work) prepare(preparation time.Duration, operation float64, plans map[bench.Benchmark]bench.Plan) {
	length := lineLength
	for length < preparation {
		length *= 2 // in coarse steps: a series has one plan
	}
	plan := bench.Plan{Lines: linesWithin(lines, preparation+length), Length: length}
	if known, ok := plans[w.series.Benchmark]; ok && known.Length == length {
		plan.Lines = known.Lines
	}
	w.expected += time.Duration(plan.Lines)*(preparation+length) - time.Duration(w.series.Plan.Lines)*preparation
	w.series.Plan = plan
	w.series.Iterations = int(max(1, min(float64(length)/max(operation, 0.1), 1<<30)))
}
