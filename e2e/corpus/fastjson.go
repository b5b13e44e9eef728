package main

var fastjson = module{"github.com/valyala/fastjson", "v1.6.4"}

var fastjsonEntries = []entry{
	{name: "fastjson-drop-cache", module: fastjson, bench: "Parse/large/fastjson$", edits: []edit{
		{file: "parser.go", old: "	p.b = append(p.b[:0], s...)\n	p.c.reset()\n", new: "	p.b = append(p.b[:0], s...)\n	p.c = cache{}\n"},
	}, function: `fastjson\.(\(\*cache\)\.getValue|\(\*Object\)\.getKV|parseValue)`, line: `p.c = cache{}`, cause: "growth"},

	{name: "fastjson-copy-string", module: fastjson, bench: "Parse/small/fastjson$", edits: []edit{
		{file: "parser.go", old: "		return s[:n], s[n+1:], nil\n", new: "		return string(append([]byte(nil), s[:n]...)), s[n+1:], nil\n"},
	}, function: `fastjson\.parseRawString`, line: `return string(append(`, cause: "conversion|allocation|growth"},

	{name: "fastjson-unescape-again", module: fastjson, bench: "ObjectGet/items_100$/lookups_8$", edits: []edit{
		{file: "parser.go", old: "	if !o.keysUnescaped && strings.IndexByte(key, '\\\\') < 0 {", new: "	o.keysUnescaped = false\n	o.unescapeKeys()\n	o.keysUnescaped = false\n	if !o.keysUnescaped && strings.IndexByte(key, '\\\\') < 0 {"},
	}, function: `fastjson\.\(\*Object\)\.unescapeKeys`, line: `o.unescapeKeys()`, cause: "call"},

	{name: "fastjson-escape-depth", module: fastjson, bench: "Parse/small/fastjson$", edits: []edit{
		{file: "parser.go", old: "	depth++\n", new: "	depth++\n	deepest = &depth\n"},
		{file: "parser.go", new: "\nvar deepest *int\n"},
	}, function: `fastjson\.parseValue`, line: `deepest = &depth`, cause: "allocation"},

	{name: "fastjson-quadratic", module: fastjson, bench: "ArenaTypicalUse", edits: []edit{
		{file: "parser.go", old: "		if s[i] < 0x20 {\n			return true", new: "		if strings.Contains(strings.ToLower(s), \"\\n\") || s[i] < 0x20 {\n			return true"},
	}, function: `strings\.(ToLower|Contains)|fastjson\.hasSpecialChars`, line: `if strings.Contains(strings.ToLower(s)`, cause: "call"},

	{name: "fastjson-scan-depth", module: fastjson, bench: "Parse/medium/fastjson$", edits: []edit{
		{file: "parser.go", old: "func (o *Object) getKV() *kv {\n", new: "func (o *Object) getKV() *kv {\n	for i := range o.kvs {\n		for k := range o.kvs[:i] {\n			if len(o.kvs[i].k) == len(o.kvs[k].k) && o.kvs[i].v == o.kvs[k].v {\n				o.keysUnescaped = false\n			}\n		}\n	}\n"},
	}, function: `fastjson\.\(\*Object\)\.getKV`, line: `if len(o.kvs[i].k)|for k := range o.kvs|for i := range o.kvs`, cause: "loop"},
}
