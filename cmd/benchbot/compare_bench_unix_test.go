//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkCompare100k compares two files of 20,000 lines each, 1,000 benchmarks with 20 samples in
// five units: 100,000 measurements a file. The benchstat command stands beside it, on the same files.
func BenchmarkCompare100k(b *testing.B) {
	dir := b.TempDir()
	for i, name := range []string{"old.txt", "new.txt"} {
		if err := writeResults(filepath.Join(dir, name), uint64(i)); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, pkg string
		args      []string
	}{
		{"benchstat", "golang.org/x/perf/cmd/benchstat", nil},
		{"benchbot", "github.com/benchbot/benchbot/cmd/benchbot", []string{"compare", "--fail-on", "never"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			bin := buildCommand(b, c.pkg)
			cpu, peak, own := 0.0, int64(0), int64(0)
			for b.Loop() {
				cmd := exec.Command(bin, append(c.args, "old.txt", "new.txt")...)
				cmd.Dir = dir
				var out bytes.Buffer
				cmd.Stdout = &out
				if err := cmd.Start(); err != nil {
					b.Fatal(err)
				}
				stop := watchOwn(cmd.Process.Pid)
				err := cmd.Wait()
				own = max(own, stop())
				if err != nil || out.Len() == 0 {
					b.Fatalf("%v: %v", cmd.Args, err)
				}
				cpu += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
				peak = max(peak, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
			}
			b.ReportMetric(cpu/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(peak)/1e3, "peak-MB") // Linux counts in KB
			b.ReportMetric(float64(own)/1e3, "own-peak-MB")
		})
	}
}

// watchOwn looks every few milliseconds at how much memory of its own a process has: what is resident
// without the pages of files, such as those of the program itself, which other processes share. The
// function that it returns stops that and gives the most that was seen, in KB; 0 where there is no /proc.
func watchOwn(pid int) (stop func() int64) {
	done, most := make(chan struct{}), make(chan int64)
	go func() {
		var peak int64
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if _, rest, ok := strings.Cut(string(status), "RssAnon:"); ok {
				kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
				peak = max(peak, kb)
			}
			select {
			case <-tick.C:
			case <-done:
				most <- peak
				return
			}
		}
	}()
	return func() int64 {
		close(done)
		return <-most
	}
}

// writeResults writes times with noise of 3 %, of which every hundredth benchmark moves in the file
// of seed 1, bytes with a little spread, and allocations with none.
func writeResults(path string, seed uint64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	rng := rand.New(rand.NewPCG(seed, 1))
	fmt.Fprint(w, "goos: linux\ngoarch: amd64\npkg: example.com/many\ncpu: Example\n")
	for range 20 {
		for i := range 1000 {
			ns := float64(10 + i*i)
			if i%100 == 0 {
				ns *= 1 + 0.2*float64(seed)
			}
			ns *= 1 + 0.03*rng.ExpFloat64()
			fmt.Fprintf(w, "BenchmarkMany/case=%d-8\t%d\t%.4g ns/op\t%.2f MB/s\t%d B/op\t%d allocs/op\t%.5g p99-ns\n",
				i, 1000, ns, 64e3/ns, 16*i+rng.IntN(4), i%50, 1.3*ns)
		}
	}
	return w.Flush()
}
