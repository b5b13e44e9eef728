package main

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

// fields are those of the types that the program asks GraphQL for. What an argument of one of them is made of
// is kept whole.
var fields = map[string][]string{
	"Query":                  {"viewer", "repository"},
	"Mutation":               {"minimizeComment"},
	"MinimizeCommentPayload": {"clientMutationId"},
	"Repository":             {"databaseId", "pullRequest"},
	"PullRequest":            {"state", "headRefOid", "headRepository", "baseRepository", "comments"},
	"IssueCommentConnection": {"totalCount", "pageInfo", "nodes"},
	"PageInfo":               {"startCursor", "endCursor"},
	"IssueComment":           {"id", "fullDatabaseId", "url", "body", "isMinimized", "author"},
	"Actor":                  {"login"},
	"Bot":                    {"login"},
	"User":                   {"login"},
}

// cutSchema writes testdata/schema.graphql.
func cutSchema(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	whole, err := parser.ParseSchema(&ast.Source{Name: path, Input: string(text)})
	if err != nil {
		return err
	}
	c := schemaCutter{whole: whole, taken: map[string]bool{}}
	for name := range fields {
		c.take(name)
	}
	// In the order of the whole, so that the same comes out each time.
	slices.SortFunc(c.out.Definitions, func(a, b *ast.Definition) int { return a.Position.Start - b.Position.Start })
	file, err := os.Create(filepath.Join("testdata", "schema.graphql"))
	if err != nil {
		return err
	}
	formatter.NewFormatter(file, formatter.WithIndent("  ")).FormatSchemaDocument(&c.out)
	return file.Close()
}

// A schemaCutter copies types out of a schema, and what they refer to.
type schemaCutter struct {
	whole *ast.SchemaDocument
	out   ast.SchemaDocument
	taken map[string]bool
}

func (c *schemaCutter) take(name string) {
	d := c.whole.Definitions.ForName(name)
	if d == nil || c.taken[name] { // one that is built in, or is there already
		return
	}
	c.taken[name] = true
	d.Description, d.Directives = "", nil
	d.Interfaces = slices.DeleteFunc(d.Interfaces, func(name string) bool { return fields[name] == nil })
	if names, ok := fields[name]; ok {
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool { return !slices.Contains(names, f.Name) })
	}
	for _, f := range d.Fields {
		f.Description, f.Directives = "", nil
		c.take(f.Type.Name())
		for _, a := range f.Arguments {
			a.Description, a.Directives = "", nil
			c.take(a.Type.Name())
		}
	}
	for _, v := range d.EnumValues {
		v.Description, v.Directives = "", nil
	}
	c.out.Definitions = append(c.out.Definitions, d)
}
