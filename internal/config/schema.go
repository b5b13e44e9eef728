package config

import (
	"bytes"
	"encoding/json"
)

// A schema is a JSON Schema or a part of one.
type schema map[string]any

// Schema is the JSON Schema (draft 2020-12) of the file, for editors that complete and check it while it
// is written. It is what docs/benchbot.schema.json holds. Read is stricter: a schema cannot say that a
// regular expression compiles.
func Schema() []byte {
	properties := schema{}
	for _, k := range keys() {
		properties[k.name] = described(k.schema, k.doc)
	}
	out := object(properties, nil)
	out["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	out["title"] = Name
	out["description"] = "Configuration of benchbot. Everything is optional."
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		panic(err) // it is made of texts and numbers of our own
	}
	return b.Bytes()
}

func described(s schema, doc string) schema {
	out := schema{"description": doc}
	for k, v := range s {
		out[k] = v
	}
	return out
}

// object is a mapping of the given keys, or where rest is not nil, of any keys to that.
func object(properties schema, rest any) schema {
	out := schema{"type": []string{"object", "null"}, "additionalProperties": false}
	if properties != nil {
		out["properties"] = properties
	}
	if rest != nil {
		out["additionalProperties"] = rest
	}
	return out
}

// listOf is a list of something, or one of it.
func listOf(item schema) schema {
	return schema{"oneOf": []schema{{"type": []string{"array", "null"}, "items": item}, item}}
}

func durationSchema() schema {
	return schema{"type": "string", "pattern": `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`, "examples": []string{"90s", "10m"}}
}

func limitSchema() schema {
	return schema{"oneOf": []schema{
		{"type": "number", "minimum": 0, "exclusiveMaximum": 1},
		{"type": "string", "pattern": `^[0-9.]+ *%$`, "examples": []string{"3%"}},
	}}
}

func limitsSchema() schema {
	properties := schema{}
	for _, unit := range []string{"time", "memory", "allocs", "throughput", OtherUnits} {
		properties[unit] = limitSchema()
	}
	return object(properties, limitSchema())
}

func rateSchema() schema {
	return schema{"oneOf": []schema{
		{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
		{"type": "string", "pattern": `^[0-9.]+ *%$`, "examples": []string{"1%"}},
	}}
}

func rulesSchema() schema {
	properties := schema{}
	for _, k := range ruleKeys() {
		properties[k.name] = described(k.schema, k.doc)
	}
	rule := object(properties, nil)
	rule["type"], rule["minProperties"] = "object", 1
	return object(nil, rule)
}

func targetsSchema() schema {
	bound := schema{"type": "string", "pattern": `^ *(<=|>=)`, "examples": []string{"<= 1.8ms", "<= +5%"}}
	units := object(nil, bound)
	units["type"], units["minProperties"] = "object", 1
	return object(nil, units)
}
