package demo

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// A Step is a commit before Base, told by what the next one made of it. All of them changed
// encode/encode.go alone, so that a history has something to say of encode.CSV: since which commit it
// allocates three times, before head makes it once.
type Step struct {
	Commit
	// changes turn this commit's file into the next one's, as pairs of old and new text.
	changes []string
}

// Earlier holds the commits before Base, oldest first.
var Earlier = []Step{
	{Commit{Subject: "Shop backend: order import, product pages, exports, reports", Time: february(16)}, []string{
		"flushAt = 1024 - 256", "flushAt = 4096 - 256",
		"make([]byte, 0, 1024)", "make([]byte, 0, 4096)",
	}},
	{Commit{Subject: "Write exports a page at a time", Time: february(17)}, []string{
		"buf = append(buf, s.Country...)", "buf = appendField(buf, s.Country)",
	}},
	{Commit{Subject: "Quote countries where they have to be", Time: february(18)}, []string{
		`"\",")`, `"\",\n")`,
	}},
	{Commit{Subject: "Quote line breaks in customers' names", Time: february(19)}, []string{
		`const columns = "order,placed,customer,country,items,total\n"`, `var columns = []string{"order", "placed", "customer", "country", "items", "total"}`,
		`buf = append(buf, columns...)`, `buf = append(buf, strings.Join(columns, ",")+"\n"...)`,
	}},
	{Commit{Subject: "The columns as a list, as the import has them", Time: february(23)}, []string{
		"time.Unix(s.Placed, 0).AppendFormat", "time.Unix(s.Placed, 0).UTC().AppendFormat",
	}},
	{Commit{Subject: "Exports are in UTC", Time: february(24)}, []string{
		`"2006-01-02 15:04:05"`, `"2006-01-02 15:04"`,
	}},
}

func february(day int) time.Time { return time.Date(2026, time.February, day, 9, 0, 0, 0, time.UTC) }

// earlierFile is the only file in which earlier commits differ from Base.
const earlierFile = "encode/encode.go"

// UnpackEarlier writes the i-th of Earlier into dir, as Unpack does.
func UnpackEarlier(dir string, i int) error {
	if err := Unpack(dir, Base); err != nil {
		return err
	}
	all, err := files(Base)
	if err != nil {
		return err
	}
	text := string(all[earlierFile])
	for j := len(Earlier) - 1; j >= i; j-- {
		for k := 0; k < len(Earlier[j].changes); k += 2 {
			before, after := Earlier[j].changes[k], Earlier[j].changes[k+1]
			if strings.Count(text, after) != 1 {
				return fmt.Errorf("unpacking an earlier commit of the demo: %q stands in %s %d times", after, earlierFile, strings.Count(text, after))
			}
			text = strings.Replace(text, after, before, 1)
		}
	}
	return write(filepath.Join(dir, filepath.FromSlash(earlierFile)), []byte(text))
}

// EarlierRunner stands as the runner of the environment of the runs that come with the demo, so that no run
// of the machine at hand ever stands in one series with them.
const EarlierRunner = "came with the demo"

// EarlierRuns are runs of encode.CSV of the commits of Earlier and of Base, in the text form of the history
// branch. They were measured by benchbot record --rev when the demo was made; a test holds their commits to
// those that the demo makes.
//
//go:embed testdata/earlier.txt
var EarlierRuns string
