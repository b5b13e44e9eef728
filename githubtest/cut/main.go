// Command cut takes out of the server's descriptions what the tests use. Of its OpenAPI description, the
// operations that the program calls with everything they refer to, and an example of each response, from which
// the loopback server makes its own; of its GraphQL schema, the fields that the program asks for. They are
// files of packages of npm, whose licences are kept as testdata/LICENSE and testdata/LICENSE.graphql:
//
//	npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
//	go run ./cut package/generated/api.github.com.json
//	npm pack @octokit/graphql-schema@15.26.1 && tar xzf octokit-graphql-schema-15.26.1.tgz
//	go run ./cut package/schema.graphql
//
// The first writes testdata/openapi.json and testdata/examples.json, the second testdata/schema.graphql.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// operations are those that the program calls, with the status whose example is kept.
var operations = []struct{ path, method, status string }{
	{"/repos/{owner}/{repo}/pulls", "get", "200"},
	{"/repos/{owner}/{repo}/pulls/{pull_number}", "get", "200"},
	{"/repos/{owner}/{repo}/issues", "get", "200"},
	{"/repos/{owner}/{repo}/issues", "post", "201"},
	{"/repos/{owner}/{repo}/issues/{issue_number}", "patch", "200"},
	{"/repos/{owner}/{repo}/issues/{issue_number}/comments", "get", "200"},
	{"/repos/{owner}/{repo}/issues/{issue_number}/comments", "post", "201"},
	{"/repos/{owner}/{repo}/issues/comments/{comment_id}", "patch", "200"},
	{"/repos/{owner}/{repo}/issues/{issue_number}/events", "get", "200"},
	{"/repos/{owner}/{repo}/actions/runs", "get", "200"},
	{"/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts", "get", "200"},
	{"/repos/{owner}/{repo}/actions/runs/{run_id}/rerun", "post", "201"},
	{"/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}", "get", "302"},
	{"/repos/{owner}/{repo}/check-runs", "post", "201"},
	{"/repos/{owner}/{repo}/commits/{ref}/check-runs", "get", "200"},
	{"/repos/{owner}/{repo}/commits/{commit_sha}/pulls", "get", "200"},
	{"/repos/{owner}/{repo}/collaborators/{username}/permission", "get", "200"},
}

type object = map[string]any

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./cut api.github.com.json|schema.graphql")
		os.Exit(2)
	}
	cut := cutDescription
	if filepath.Ext(os.Args[1]) == ".graphql" {
		cut = cutSchema
	}
	if err := cut(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "cut:", err)
		os.Exit(1)
	}
}

func cutDescription(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var doc object
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	c := cutter{doc: doc, out: object{}}
	paths, examples := object{}, object{}
	for _, op := range operations {
		item, ok := doc["paths"].(object)[op.path].(object)
		if !ok {
			return fmt.Errorf("there is no path %s", op.path)
		}
		operation := item[op.method].(object)
		if example := c.example(operation, op.status); example != nil {
			examples[strings.ToUpper(op.method)+" "+op.path] = example
		}
		if paths[op.path] == nil {
			paths[op.path] = object{}
		}
		paths[op.path].(object)[op.method] = c.bare(operation)
	}
	info := doc["info"].(object)
	return write(map[string]any{
		"openapi.json": object{
			"openapi": doc["openapi"], "paths": paths, "components": c.out,
			"info": object{"title": info["title"], "version": info["version"], "license": info["license"]},
		},
		"examples.json": examples,
	})
}

func write(files map[string]any) error {
	for name, v := range files {
		var text bytes.Buffer
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		if err := enc.Encode(v); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join("testdata", name), text.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// A cutter copies parts of a description, and what they refer to into out.
type cutter struct{ doc, out object }

// bare copies a part without what only people read, and follows its references.
func (c cutter) bare(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = c.bare(v[i])
		}
		return out
	case object:
		out := object{}
		for key, part := range v {
			_, text := part.(string)
			switch {
			case key == "description" && text:
				out[key] = "" // responses must have one
			case key == "examples" || key == "example" || key == "externalDocs" || key == "summary" && text || strings.HasPrefix(key, "x-"):
			case key == "$ref":
				c.follow(part.(string))
				out[key] = part
			default:
				out[key] = c.bare(part)
			}
		}
		return out
	}
	return v
}

func (c cutter) follow(ref string) {
	kind, name := split(ref)
	if c.out[kind] == nil {
		c.out[kind] = object{}
	}
	to := c.out[kind].(object)
	if to[name] != nil {
		return
	}
	to[name] = object{} // so that what refers to itself ends
	to[name] = c.bare(c.part(kind, name))
}

func (c cutter) part(kind, name string) any { return c.doc["components"].(object)[kind].(object)[name] }

func split(ref string) (kind, name string) {
	parts := strings.Split(ref, "/")
	return parts[len(parts)-2], parts[len(parts)-1]
}

// example is the first example of a response; nil where it has no body.
func (c cutter) example(operation object, status string) any {
	response, _ := operation["responses"].(object)[status].(object)
	content, _ := response["content"].(object)
	media, _ := content["application/json"].(object)
	all, _ := media["examples"].(object)
	for _, e := range all {
		example := e.(object)
		if ref, ok := example["$ref"].(string); ok {
			example = c.part(split(ref)).(object)
		}
		return example["value"]
	}
	return nil
}
