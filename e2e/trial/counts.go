package main

import (
	"fmt"
	"slices"
)

// counts counts instructions of the same commit on both sides, and tells how far the counts lie apart.
func counts(o options) error {
	c, err := o.compare(o.only("--base", "HEAD", "--head", "HEAD", "--no-skip", "--instructions", "always")...)
	if err != nil {
		return err
	}
	for _, r := range c.Results {
		if r.Unit != "instructions/op" {
			continue
		}
		all := slices.Concat(r.Base.Samples, r.Head.Samples)
		fmt.Printf("%s: %.0f instructions/op in the median, %d counts, %.2f %% from the least to the most, %s\n",
			r.name(), median(all), len(all), 100*(slices.Max(all)/slices.Min(all)-1), r.Verdict)
	}
	for _, n := range c.Notes {
		fmt.Println("  note:", n)
	}
	return nil
}
