package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%[-+.0-9]*[a-z]`)

// notesOfTheProgram are the notes that the rooms write into a result: the format of each note(…) and of what
// is appended to something called notes.
func notesOfTheProgram(t *testing.T) (formats []string) {
	t.Helper()
	for _, room := range []string{"job", "measure", "revision", "diagnose"} {
		err := filepath.WalkDir(filepath.Join("..", room), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return fs.SkipDir
			}
			// What alerts.go notes is said to whoever exports, and in no report.
			if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || d.Name() == "alerts.go" {
				return nil
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, src, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) == 0 {
					return true
				}
				at := call.Args[0]
				switch f := call.Fun.(type) {
				case *ast.SelectorExpr:
					if f.Sel.Name != "note" {
						return true
					}
				case *ast.Ident:
					to := string(src[call.Args[0].Pos()-1 : call.Args[0].End()-1])
					if f.Name != "append" || len(call.Args) != 2 || !strings.HasSuffix(strings.ToLower(to), "notes") {
						return true
					}
					at = call.Args[1]
					if printed, ok := at.(*ast.CallExpr); ok && len(printed.Args) > 0 {
						at = printed.Args[0]
					}
				default:
					return true
				}
				if lit, ok := at.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, err := strconv.Unquote(lit.Value)
					if err == nil && len(verb.ReplaceAllString(text, "")) > 5 {
						formats = append(formats, text)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return formats
}

func TestNotesAreSaidInTheLanguageOfTheReport(t *testing.T) {
	es, err := catalogueOf("es")
	if err != nil {
		t.Fatal(err)
	}
	formats := notesOfTheProgram(t)
	if len(formats) < 18 {
		t.Errorf("only %d notes were found in the sources: %q", len(formats), formats)
	}
	for _, f := range formats {
		text := strings.ReplaceAll(verb.ReplaceAllString(f, "head: 7"), "%%", "%")
		if got := es.note(text); got == text {
			t.Errorf("the catalogues do not hold the note %q", f)
		}
	}
	for text, want := range map[string]string{
		"other processes kept 1.0 of 2 cores busy meanwhile":                                                                       "otros procesos ocuparon entretanto 1.0 de 2 núcleos",
		"no CPU profile of p.Fail: base: the process ended with exit status 1":                                                     "falta algo de p.Fail (perfil de CPU): base: el proceso terminó con exit status 1",
		"the CPU profile of m.X could not be used: head: head has 7 samples, too few to say anything":                              "no se pudo usar lo tomado de m.X (perfil de CPU): head: head tiene 7 muestras, muy pocas para decir algo",
		"the machine slept during 2 of 30 pairs; measured again: 2":                                                                "la máquina estuvo suspendida durante 2 de 30 pares; medidos de nuevo: 2",
		"base: submodule a/b is not checked out: git submodule update --init a/b":                                                  "base: falta el contenido del submódulo a/b: git submodule update --init a/b",
		"no instructions of p.X: base: it took longer than there was time for under Valgrind":                                      "sin instrucciones de p.X: base: con Valgrind tardaba más de lo disponible",
		"the time for counting instructions ended before 3 of 4 benchmarks; --instructions always gives it the rest of the budget": "el tiempo para contar instrucciones se acabó antes de 3 de 4 benchmarks; --instructions always le da el resto del tiempo",
		"4f2a91c is on main itself, so it was compared with the commit before it":                                                  "4f2a91c está en la propia main, así que se comparó con el commit anterior",
		"something that another version said":                                                                                      "something that another version said",
		"submodule {again} is not checked out: git submodule update --init {path}":                                                 "falta el contenido del submódulo {again}: git submodule update --init {path}",
	} {
		if got := es.note(text); got != want {
			t.Errorf("%q is said as %q, want %q", text, got, want)
		}
	}
	en, err := catalogueOf("en")
	if err != nil {
		t.Fatal(err)
	}
	if got := en.note("the machine slept"); got != "the machine slept" {
		t.Errorf("in English it is %q", got)
	}
}

// Whatever a note holds, it is escaped after it was translated.
func TestTranslatedNotesAreEscaped(t *testing.T) {
	c := explained(t)
	c.Notes = []string{"no profiles were taken: <img src=x> @octocat"}
	doc := markdownOf(t, &Report{Comparison: c, Lang: "es"})
	if !strings.Contains(doc, "- no se tomó ningún perfil: `<img` `src=x>` `@octocat`\n") {
		t.Errorf("the note is said as %q", doc[strings.LastIndex(doc, "**Notas**"):])
	}
}
