package report

import (
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// missing are the shards that there is no result of: "2/4".
type missing []string

func missingShards(c *bench.Comparison) (out missing) {
	for _, s := range c.Shards {
		if s.Missing {
			out = append(out, s.String())
		}
	}
	return out
}

func (m missing) list() safe { return safe(strings.Join(m, ", ")) }
