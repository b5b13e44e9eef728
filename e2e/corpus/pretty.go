package main

var pretty = module{"github.com/tidwall/pretty", "v1.2.0"}

var gjson = module{"github.com/tidwall/gjson", "v1.18.0"}

var prettyEntries = []entry{
	{name: "pretty-no-preallocation", module: pretty, bench: "Ugly$", edits: []edit{
		{file: "pretty.go", old: "	buf := make([]byte, 0, len(json))\n	return ugly(buf, json)", new: "	var buf []byte\n	return ugly(buf, json)"},
	}, function: `pretty\.ugly`, line: `var buf []byte`, cause: "growth"},

	{name: "pretty-unmarshal-keys", module: pretty, bench: "PrettySortKeys", edits: []edit{
		{file: "pretty.go", old: "		if s[i] == '\\\\' {\n			var str string", new: "		if s[i] != '\"' {\n			var str string"},
	}, function: `json\.Unmarshal`, line: `if s[i] != '"' {`, cause: "encoding"},

	{name: "pretty-repeat", module: pretty, bench: "Pretty$", edits: []edit{
		imports("pretty.go", "strings"),
		{file: "pretty.go", old: "		for i := 0; i < tabs; i++ {\n			buf = append(buf, ' ', ' ')\n		}", new: "		buf = append(buf, strings.Repeat(indent, 64)[:2*tabs]...)"},
	}, function: `strings\.Repeat`, line: `strings.Repeat(indent`, cause: "call|allocation"},

	{name: "pretty-copy-buffer", module: pretty, bench: "Pretty$", edits: []edit{
		{file: "pretty.go", old: "			i++\n			break\n		}\n	}\n	return append(buf, json[s:i]...), i, nl, true", new: "			i++\n			break\n		}\n	}\n	return append(append([]byte(nil), buf...), json[s:i]...), i, nl, true"},
	}, function: `pretty\.appendPrettyString`, line: `append(append([]byte(nil), buf...)`, cause: "copy|growth|allocation"},

	{name: "pretty-skip-slowly", module: pretty, bench: "UglyInPlace", edits: []edit{
		{file: "pretty.go", old: "		if src[i] > ' ' {\n			dst = append(dst, src[i])\n			if", new: "		if len(bytes.TrimSpace(src[i:i+1])) > 0 {\n			dst = append(dst, src[i])\n			if"},
	}, function: `bytes\.TrimSpace`, line: `bytes.TrimSpace(src[i`, cause: "call"},

	{name: "gjson-copy-input", module: gjson, bench: "BenchmarkValid$", edits: []edit{
		{file: "gjson.go", old: "	for ; i < len(data); i++ {\n		switch data[i] {\n		default:\n			i, ok = validany(data, i)", new: "	for ; i < len(data); i++ {\n		switch []byte(string(data))[i] {\n		default:\n			i, ok = validany(data, i)"},
	}, function: `gjson\.validpayload`, line: `switch []byte(string(data))[i]`, cause: "conversion|allocation|copy"},

	{name: "gjson-decode-twice", module: gjson, bench: "BenchmarkValid$", edits: []edit{
		imports("gjson.go", "encoding/json"),
		{file: "gjson.go", old: "func Valid(json string) bool {\n	_, ok := validpayload(stringBytes(json), 0)\n	return ok", new: "func Valid(text string) bool {\n	_, ok := validpayload(stringBytes(text), 0)\n	return ok && json.Valid([]byte(text))"},
	}, function: `json\.Valid`, line: `json.Valid([]byte(text))`, cause: "encoding"},
}
