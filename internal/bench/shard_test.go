package bench

import (
	"testing"
	"time"
)

func TestParseShard(t *testing.T) {
	for text, want := range map[string]Shard{"1/1": {Index: 1, Of: 1}, "2/4": {Index: 2, Of: 4}, "64/64": {Index: 64, Of: 64}} {
		if got, err := ParseShard(text); err != nil || got.Index != want.Index || got.Of != want.Of || got.String() != text {
			t.Errorf("%q gives %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "2", "0/4", "5/4", "1/0", "1/65", "-1/4", "a/b", "1/4 ", "1/4/4"} {
		if got, err := ParseShard(text); err == nil {
			t.Errorf("%q gives %+v, want an error", text, got)
		}
	}
}

func TestParsePlan(t *testing.T) {
	for _, p := range []Plan{{Lines: 12, Length: 4 * time.Millisecond}, {Lines: 3}, {Lines: 1, Length: 1500 * time.Microsecond}} {
		if got, ok := ParsePlan(p.String()); !ok || got != p {
			t.Errorf("%q gives %+v, %v", p, got, ok)
		}
	}
	for _, text := range []string{"", "12", "x4ms", "0x4ms", "12x", "12x4", "a", "12x4ms "} {
		if got, ok := ParsePlan(text); ok {
			t.Errorf("%q gives %+v", text, got)
		}
	}
}

// What a missing shard would have shown is not known.
func TestMissingShardLeavesTheVerdictOpen(t *testing.T) {
	for verdict, want := range map[Verdict]Verdict{Unchanged: Inconclusive, Improvement: Inconclusive, Regression: Regression, Failed: Failed} {
		c := Comparison{Results: []Result{{Verdict: verdict}}, Shards: []Shard{{Index: 1, Of: 2}, {Index: 2, Of: 2, Missing: true}}}
		if got := c.Overall(); got != want {
			t.Errorf("%s with a shard missing is %s, want %s", verdict, got, want)
		}
		if c.Shards[1].Missing = false; c.Overall() != verdict {
			t.Errorf("%s is %s", verdict, c.Overall())
		}
	}
}
