package revision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/benchbot/benchbot/internal/bench"
)

// A Binary is the test binary of one package in one tree.
type Binary struct {
	Package
	// Path is the binary, Dir the folder that its benchmarks run in.
	Path, Dir string
	// Failure is what the go command printed where it could not be built; then Path is "".
	Failure string
	args    []string // with which it was built
	// Identity is a hash of the binary and of what its benchmarks may read from the package's
	// folder: two binaries with the same identity cannot differ in speed.
	Identity string
}

// Built is what a tree's packages were built into.
type Built struct {
	Binaries []Binary
	// GoVersion is the toolchain's ("go1.26.8"); several modules may choose several: then the
	// first module's.
	GoVersion string
	// LayoutControlled says that function entries were aligned to cache lines.
	LayoutControlled bool
}

// alignment aligns every function's entry to a cache line, so that code which changed does not move
// the rest relative to one (docs/trust.md). The linker has it since Go 1.25.
const alignment = "-funcalign=64"

// Build builds the test binaries of a tree's packages into dir. A package that does not build is no
// error: its Binary carries the compiler's lines. inputs are further files and folders, relative to
// the tree's root, that benchmarks read.
func (t *Tree) Build(ctx context.Context, packages []Package, flags Flags, inputs []string, dir string) (*Built, error) {
	out := &Built{LayoutControlled: true}
	byModule := map[module][]Package{}
	var order []module
	for _, p := range packages {
		if byModule[p.module] == nil {
			order = append(order, p.module)
		}
		byModule[p.module] = append(byModule[p.module], p)
	}
	for _, m := range order {
		goVersion, args, aligned, err := buildArgs(ctx, m, flags)
		if err != nil {
			return nil, bench.Faultf(bench.ExitBuild, "", "asking the go command about %s: %w", t.Revision.Label, err)
		}
		if out.GoVersion == "" {
			out.GoVersion = goVersion
		}
		out.LayoutControlled = out.LayoutControlled && aligned
		b := builder{tree: t, module: m, args: args, inputs: inputs, salt: goVersion + strings.Join(args, " ")}
		bins, err := b.build(ctx, byModule[m], filepath.Join(dir, strconv.Itoa(len(out.Binaries))))
		if err != nil {
			return nil, err
		}
		out.Binaries = append(out.Binaries, bins...)
	}
	return out, nil
}

// buildArgs gives the arguments of `go test -c` for a module: ours beside the user's.
func buildArgs(ctx context.Context, m module, flags Flags) (goVersion string, args []string, aligned bool, err error) {
	raw, err := goCommand(ctx, m, "env", "-json", "GOVERSION", "GOFLAGS")
	if err != nil {
		return "", nil, false, err
	}
	var env struct{ GOVERSION, GOFLAGS string }
	if err := json.Unmarshal(raw, &env); err != nil {
		return "", nil, false, err
	}
	ld := flags.LDFlags
	for f := range strings.FieldsSeq(env.GOFLAGS) {
		// A flag on the command line replaces the one in GOFLAGS, so that one is carried over.
		if v, ok := strings.CutPrefix(strings.TrimPrefix(f, "-"), "-ldflags="); ok && ld == "" {
			ld = v
		} else if v, ok := strings.CutPrefix(f, "-ldflags="); ok && ld == "" {
			ld = v
		}
	}
	if aligned = version.Compare(env.GOVERSION, "go1.25") >= 0; aligned {
		ld = strings.TrimSpace(ld + " " + alignment)
	}
	args = []string{"test", "-c", "-trimpath", "-buildvcs=false"}
	for _, f := range []struct{ name, value string }{{"-ldflags", ld}, {"-tags", flags.Tags}, {"-gcflags", flags.GCFlags}} {
		if f.value != "" {
			args = append(args, f.name+"="+f.value)
		}
	}
	return env.GOVERSION, args, aligned, nil
}

type builder struct {
	tree   *Tree
	module module
	args   []string
	inputs []string
	salt   string // of the identities; "" makes none
}

// build builds packages in as few calls of the go command as it allows: it refuses two packages of
// the same last name in one call, and starting it costs a third of a second.
func (b *builder) build(ctx context.Context, packages []Package, dir string) ([]Binary, error) {
	bins := make([]Binary, len(packages))
	left := make([]int, len(packages))
	for i := range packages {
		left[i] = i
	}
	for batch := 0; len(left) > 0; batch++ {
		out := filepath.Join(dir, strconv.Itoa(batch))
		if err := os.MkdirAll(out, 0o755); err != nil {
			return nil, fmt.Errorf("building %s: %w", b.tree.Revision.Label, err)
		}
		names := map[string]int{}
		var rest []int
		args := append(append([]string{}, b.args...), "-o", out+string(filepath.Separator))
		for _, i := range left {
			name := binaryName(packages[i].ImportPath)
			if _, taken := names[name]; taken {
				rest = append(rest, i)
				continue
			}
			names[name] = i
			args = append(args, packages[i].ImportPath)
		}
		_, batchErr := goCommand(ctx, b.module, args...)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for name, i := range names {
			bin, err := b.finish(ctx, packages[i], filepath.Join(out, name), batchErr)
			if err != nil {
				return nil, err
			}
			bins[i] = bin
		}
		left = rest
	}
	return bins, nil
}

// finish takes one binary out of a batch; where the batch did not make it, the package is built on
// its own, so that the go command's lines are about this package alone.
func (b *builder) finish(ctx context.Context, p Package, file string, batchErr error) (Binary, error) {
	bin := Binary{Package: p, Path: file, args: b.args, Dir: filepath.Join(b.tree.Dir, filepath.FromSlash(p.Rel))}
	if _, err := os.Stat(file); err != nil {
		_, err := goCommand(ctx, b.module, append(append([]string{}, b.args...), "-o", file, p.ImportPath)...)
		if ctx.Err() != nil {
			return bin, ctx.Err()
		}
		if _, statErr := os.Stat(file); statErr != nil {
			if err == nil {
				err = batchErr
			}
			if err != nil && strings.Contains(err.Error(), "no space left on device") {
				return bin, layoutFault(b.tree.Revision.Label, errors.New("no space left on device"))
			}
			bin.Path, bin.Failure = "", b.compilerLines(err)
			return bin, nil
		}
	}
	if b.salt == "" {
		return bin, nil
	}
	var err error
	bin.Identity, err = b.identity(bin)
	return bin, err
}

// Relink links test binaries again with the functions in another order, which the seed (from 1 on)
// draws; nothing is compiled. It puts them into dir, in the order of bins. What a benchmark gains or
// loses by it is what the layout of the code does, not the code.
func (t *Tree) Relink(ctx context.Context, bins []*Binary, seed int, dir string) ([]*Binary, error) {
	out := make([]*Binary, len(bins))
	groups := map[module][]int{}
	for i, b := range bins {
		groups[b.module] = append(groups[b.module], i)
	}
	for m, members := range groups {
		b := builder{tree: t, module: m}
		for _, a := range bins[members[0]].args {
			if v, ok := strings.CutPrefix(a, "-ldflags="); ok {
				a = fmt.Sprintf("-ldflags=%s -randlayout=%d", v, seed)
			}
			b.args = append(b.args, a)
		}
		var packages []Package
		for _, i := range members {
			packages = append(packages, bins[i].Package)
		}
		linked, err := b.build(ctx, packages, filepath.Join(dir, strconv.Itoa(members[0])))
		if err != nil {
			return nil, err
		}
		for k, i := range members {
			if linked[k].Failure != "" {
				return nil, fmt.Errorf("linking %s again: %s", linked[k].ImportPath, linked[k].Failure)
			}
			out[i] = &linked[k]
		}
	}
	return out, nil
}

var workDir = regexp.MustCompile(`(?m)^go test: |^FAIL\s.*$|^FAIL$`)

// compilerLines is the go command's output without its own framing, with paths relative to the
// tree.
func (b *builder) compilerLines(err error) string {
	if err == nil {
		return "the go command made no test binary and printed nothing"
	}
	text := workDir.ReplaceAllString(err.Error(), "")
	text = strings.ReplaceAll(text, b.tree.Dir+string(filepath.Separator), "")
	return strings.TrimSpace(strings.TrimPrefix(text, "go test: "))
}

// binaryName is the name that `go test -c -o dir/` gives a package's binary.
func binaryName(importPath string) string {
	elem := path.Base(importPath)
	if isVersion(elem) && path.Dir(importPath) != "." {
		elem = path.Base(path.Dir(importPath))
	}
	name := elem + ".test"
	if os.PathSeparator == '\\' {
		name += ".exe"
	}
	return name
}

func isVersion(s string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(s, "v"))
	return err == nil && strings.HasPrefix(s, "v") && n >= 2
}

// identity hashes the binary, how it was built, and every file that its benchmarks may read: all of
// the package's folder that is not Go source, and the configured inputs.
func (b *builder) identity(bin Binary) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00", b.salt)
	if err := hashFile(h, bin.Path); err != nil {
		return "", err
	}
	roots := []string{bin.Dir}
	for _, in := range b.inputs {
		roots = append(roots, filepath.Join(b.tree.Dir, filepath.FromSlash(in)))
	}
	for i, root := range roots {
		if err := b.hashInputs(h, root, i > 0); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (b *builder) hashInputs(h io.Writer, root string, named bool) error {
	var files []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) {
				return nil
			}
			return err
		}
		rel, err := filepath.Rel(b.tree.Dir, p)
		if err != nil {
			return err
		}
		if !d.IsDir() && (named || !strings.HasSuffix(p, ".go") || inData(rel)) {
			files = append(files, rel)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("looking at what the benchmarks may read: %w", err)
	}
	sort.Strings(files)
	for _, rel := range files {
		full := filepath.Join(b.tree.Dir, rel)
		fmt.Fprintf(h, "%q\x00", rel)
		if target, err := os.Readlink(full); err == nil {
			fmt.Fprintf(h, "link %q\x00", target)
		}
		if info, err := os.Stat(full); err != nil || info.IsDir() {
			continue // a dangling link, or a link to a folder
		}
		if err := hashFile(h, full); err != nil {
			return err
		}
	}
	return nil
}

func hashFile(h io.Writer, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("looking at what the benchmarks may read: %w", err)
	}
	defer f.Close()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	return nil
}
