package bench

import (
	"fmt"
	"regexp"
	"strconv"
)

// MaxShards is the largest number of parts that packages are split into.
const MaxShards = 64

// A Shard is a part of the packages, measured in a job of its own.
type Shard struct {
	Index int `json:"index"` // from 1
	Of    int `json:"of"`
	// Plan is a digest of which packages are in which shard. Those of one comparison have the same: a
	// package that two plans put into different shards could be in none.
	Plan string `json:"plan,omitempty"`
	// Packages are the import paths of the shard.
	Packages []string `json:"packages,omitempty"`
	// Looks are those of Settings in the shard's own document.
	Looks []int `json:"looks,omitempty"`
	// Missing says that there is no result of it.
	Missing bool `json:"missing,omitempty"`
}

// String is the shard as flags have it: "2/4".
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Of) }

var shardText = regexp.MustCompile(`^([0-9]{1,3})/([0-9]{1,3})$`)

// ParseShard reads "2/4", the second of four. The error says what it should be.
func ParseShard(text string) (Shard, error) {
	m := shardText.FindStringSubmatch(text)
	if m == nil {
		return Shard{}, fmt.Errorf("%q is no shard such as 2/4", text)
	}
	s := Shard{}
	s.Index, _ = strconv.Atoi(m[1])
	s.Of, _ = strconv.Atoi(m[2])
	return s, s.Check()
}

// Check reports a shard that cannot be.
func (s Shard) Check() error {
	switch {
	case s.Of < 1 || s.Of > MaxShards:
		return fmt.Errorf("%s: there are 1 to %d shards", s, MaxShards)
	case s.Index < 1 || s.Index > s.Of:
		return fmt.Errorf("%s: shards are counted from 1 to %d", s, s.Of)
	}
	return nil
}
