package config

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const docs = "../../docs"

func TestSchemaIsCurrent(t *testing.T) {
	golden(t, filepath.Join(docs, "benchbot.schema.json"), string(Schema()))
	var parsed struct {
		Properties map[string]struct{ Description string }
	}
	if err := json.Unmarshal(Schema(), &parsed); err != nil {
		t.Fatal(err)
	}
	for _, k := range keys() {
		if parsed.Properties[k.name].Description == "" {
			t.Errorf("%s is not in the schema", k.name)
		}
	}
}

// The guide has a section for each key and each key of a rule, and every example in it can be read; that of
// a key's section has the key.
func TestGuide(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(docs, "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, s := range regexp.MustCompile(`(?m)^##+ `).Split(string(text), -1) {
		title, body, _ := strings.Cut(s, "\n")
		sections[strings.Trim(title, "`")] = body
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	for title, body := range sections {
		for _, e := range examples.FindAllStringSubmatch(body, -1) {
			if _, err := Read([]byte(e[1]), Name); err != nil {
				t.Errorf("%s: an example cannot be read: %v\n%s", title, err, e[1])
			}
		}
	}
	names := []string{}
	for _, k := range keys() {
		names = append(names, k.name)
	}
	for _, k := range ruleKeys() {
		names = append(names, "rules: "+k.name)
	}
	for _, name := range names {
		body, ok := sections[name]
		if !ok {
			t.Errorf("%s has no section", name)
			continue
		}
		key := name[strings.LastIndex(" "+name, " "):]
		if e := examples.FindStringSubmatch(body); e == nil || !regexp.MustCompile(`(?m)(^|[{ ])`+key+`:`).MatchString(e[1]) {
			t.Errorf("the section of %s has no example of it", name)
		}
	}
}

// The example of everything has every key, so that it can be copied and cut.
func TestTheWholeExampleHasEveryKey(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(docs, "benchbot.example.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(text, "benchbot.example.yml"); err != nil {
		t.Fatal(err)
	}
	for _, k := range keys() {
		if !bytes.Contains(text, []byte("\n"+k.name+":")) && !bytes.Contains(text, []byte("\n# "+k.name+":")) {
			t.Errorf("%s is not in the example", k.name)
		}
	}
	guide, err := os.ReadFile(filepath.Join(docs, "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(guide), "```yaml\n"+string(text)+"```") {
		t.Error("docs/configuration.md does not hold docs/benchbot.example.yml as it is")
	}
}
