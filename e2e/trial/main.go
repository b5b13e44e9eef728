// Command trial tries benchbot on real modules, where the truth is known: the same code on both sides
// (aa), one unrelated function more (unrelated), operations slowed down by a known share (ab); and
// holds it beside what people do today (cost): ten runs of `go test -bench` of base, then of head, and
// benchstat. It prints what it saw; docs/trust.md keeps the figures.
//
//	go run ./trial aa        [-module fastjson] [-load none|busy|bursty] [-budget 10m] [-bench RE]
//	go run ./trial unrelated [-module fastjson] [-sizes 8] [-bench RE]
//	go run ./trial ab        [-module fastjson] [-effects 3,5,10] [-bench RE]
//	go run ./trial cost      [-module fastjson] [-patch FILE] [-bench RE] [-least]
//	go run ./trial found     [-module fastjson] [-n 4] [-bench RE]
//	go run ./trial plans     [-module chi] [-n 20]
//	go run ./trial counts    [-module chi] [-bench RE]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/benchbot/benchbot/e2e/internal/repo"
)

// A subject is a module to try things on.
type subject struct {
	module, version string
	packages        []string
	bench           string // benchmarks to slow down
}

var subjects = map[string]subject{
	"fastjson": {"github.com/valyala/fastjson", "v1.6.4", []string{"./..."}, "BenchmarkParse$/^(small|medium)$/^fastjson|BenchmarkValidate/^medium$/^fastjson|BenchmarkObjectGet/^items_100$"},
	"chi":      {"github.com/go-chi/chi/v5", "v5.1.0", []string{"."}, "."},
	"compress": {"github.com/klauspost/compress", "v1.19.0", []string{"./..."}, "."},
	"zap":      {"go.uber.org/zap", "v1.27.0", []string{".", "./zapcore", "./buffer"}, "BenchmarkJSON|BenchmarkZapJSON|Benchmark10Fields|BenchmarkInt64Field|BenchmarkStringField|BenchmarkErrorField|BenchmarkTimeField"},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "trial:", err)
		os.Exit(1)
	}
}

type options struct {
	subject  subject
	name     string
	load     string
	budget   time.Duration
	sizes    int
	effects  []float64
	count    int
	patch    string
	least    bool
	seed     int64
	keep     string
	duet     bool
	bench    string // of which benchmarks; "" of those that the trial is for
	root     string // of this repository
	benchbot string
	dir      string
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("say what to try: aa, unrelated, ab, cost, found, plans or counts")
	}
	fl := flag.NewFlagSet(args[0], flag.ContinueOnError)
	name := fl.String("module", "fastjson", "fastjson, chi, zap or compress")
	load := fl.String("load", "none", "what else runs: none, busy (one core), bursty")
	budget := fl.Duration("budget", 10*time.Minute, "of each run of benchbot")
	sizes := fl.Int("sizes", 8, "how many sizes of an unrelated function")
	effects := fl.String("effects", "3,5,10", "slowdowns in per cent")
	count := fl.Int("n", 4, "how many benchmarks found slows down, or pairs plans takes")
	patch := fl.String("patch", "", "a `file` with the diff of a commit, which cost takes as head; without it everything is measured")
	least := fl.Bool("least", false, "cost does not time a pass of go test, but charges each benchmark the second that Go gives it at least")
	seed := fl.Int64("seed", 1, "of the random orders")
	duet := fl.Bool("duet", false, "give benchbot --duet")
	bench := fl.String("bench", "", "only the benchmarks that match, not for plans")
	keep := fl.String("keep", "", "a `file` that gets benchbot's last result, with all samples")
	if err := fl.Parse(args[1:]); err != nil {
		return err
	}
	o := options{name: *name, load: *load, budget: *budget, sizes: *sizes, count: *count, patch: absolute(*patch), least: *least, seed: *seed, keep: *keep, duet: *duet, bench: *bench}
	var ok bool
	if o.subject, ok = subjects[*name]; !ok {
		return fmt.Errorf("%s is no module of the trial", *name)
	}
	for e := range strings.SplitSeq(*effects, ",") {
		v, err := strconv.ParseFloat(e, 64)
		if err != nil {
			return err
		}
		o.effects = append(o.effects, v/100)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	o.root = root
	tmp, err := os.MkdirTemp("", "benchbot-trial-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	o.benchbot, o.dir = filepath.Join(tmp, "benchbot"), filepath.Join(tmp, "repo")
	if out, err := exec.Command("go", "build", "-C", o.root, "-o", o.benchbot, "./cmd/benchbot").CombinedOutput(); err != nil {
		return fmt.Errorf("building benchbot: %w\n%s", err, out)
	}
	if err := os.Mkdir(o.dir, 0o755); err != nil {
		return err
	}
	if err := repo.Make(o.dir, o.subject.module, o.subject.version); err != nil {
		return err
	}
	trials := map[string]func(options) error{"aa": aa, "unrelated": unrelated, "ab": ab, "cost": cost, "found": found, "plans": plans, "counts": counts}
	trial, ok := trials[args[0]]
	if !ok {
		return fmt.Errorf("%s is no trial", args[0])
	}
	stop := startLoad(o.load)
	defer stop()
	return trial(o)
}

// startLoad keeps one core busy, or busy in bursts, until it is stopped.
func startLoad(kind string) (stop func()) {
	script := map[string]string{
		"busy":   "while :; do :; done",
		"bursty": "while :; do timeout 0.3 sh -c 'while :; do :; done'; sleep 0.$((RANDOM % 9 + 1)); done",
	}[kind]
	if script == "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	if err := cmd.Start(); err != nil {
		cancel()
		return func() {}
	}
	return func() { cancel(); cmd.Wait() }
}

// absolute is a path that holds in every folder.
func absolute(path string) string {
	if path == "" {
		return ""
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
