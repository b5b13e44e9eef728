package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
)

// A Reference is how fast a machine did work of benchbot's own when a run was recorded. It is the same
// work everywhere, so that figures of two machines can be put into proportion. The zero Reference says
// that none was taken.
type Reference struct {
	// Version names the work and the compiler it was built with, such as "1 go1.26". Figures of two
	// versions do not compare.
	Version    string  `json:"version"`
	CPU        Reading `json:"cpu"`        // arithmetic and branches in the registers and the first cache
	Memory     Reading `json:"memory"`     // loads that wait for each other, from more than the caches hold
	Allocation Reading `json:"allocation"` // small objects, made and dropped
}

// A Reading is what a piece of work took, in seconds: the mean of the lowest third of the samples, the
// lowest one, and the median.
type Reading struct {
	Center float64 `json:"center"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// Readings are those of the three kinds of work, in the order of their fields.
func (r Reference) Readings() [3]Reading { return [3]Reading{r.CPU, r.Memory, r.Allocation} }

var referenceVersion = regexp.MustCompile(`^[0-9]{1,6} [0-9A-Za-z.]{1,32}$`)

// Check tells what makes a reference that came from elsewhere unfit to be used; the zero Reference is fit.
func (r Reference) Check() error {
	if r == (Reference{}) {
		return nil
	}
	if !referenceVersion.MatchString(r.Version) {
		return fmt.Errorf("its reference has the version %q", r.Version)
	}
	for _, g := range r.Readings() {
		if !(g.Low > 0 && g.Low <= g.Center && g.Center <= g.High) || math.IsInf(g.High, 0) {
			return errors.New("its reference has a reading that is no time with the least before it and the median behind it")
		}
	}
	return nil
}

// EncodeReference is the text in which one is kept: JSON, "" for none.
func EncodeReference(r Reference) string {
	if r == (Reference{}) {
		return ""
	}
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // Check lets no value through that JSON does not have
	}
	return string(text)
}

// DecodeReference reads what EncodeReference wrote.
func DecodeReference(text string) (r Reference, err error) {
	if text != "" {
		if err = json.Unmarshal([]byte(text), &r); err == nil {
			err = r.Check()
		}
	}
	return r, err
}
