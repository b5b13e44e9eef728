package main

// harmlessEntries change what costs nothing: no cause may be named.
var harmlessEntries = []entry{
	{name: "semver-rename-local", module: semver, bench: "NewVersionSimple", edits: []edit{{file: "version.go", old: "sv.", new: "version.", all: true}, {file: "version.go", old: "	sv := &Version{", new: "	version := &Version{"}, {file: "version.go", old: "	return sv, nil", new: "	return version, nil"}, {file: "version.go", old: "	sv, err := NewVersion(v)\n", new: "	sv, err := NewVersion(v)\n"}}},
	{name: "semver-comments", module: semver, bench: "CheckVersionUnary", edits: []edit{{file: "constraints.go", old: "	// loop over the ORs and check the inner ANDs\n", new: "	// Each alternative is tried in turn,\n	// and each of its parts has to hold.\n", all: true}}},
	{name: "semver-message", module: semver, bench: "CheckVersionTilde", edits: []edit{{file: "version.go", old: "Error parsing version segment: %s", new: "parsing a segment of the version: %s", all: true}}},
	{name: "semver-new-method", module: semver, bench: "CheckVersionRange", edits: []edit{{file: "version.go", new: "\n// IsStable tells whether the version is a release.\nfunc (v *Version) IsStable() bool {\n	return v.pre == \"\" && v.major > 0\n}\n"}}},
	{name: "semver-reorder-fields", module: semver, bench: "CheckVersionCaret", edits: []edit{{file: "version.go", old: "	pre                 string\n	metadata            string\n", new: "	metadata            string\n	pre                 string\n"}}},

	{name: "uniseg-move-function", module: uniseg, bench: "GraphemesClass", edits: []edit{
		{file: "grapheme.go", old: "func (g *Graphemes) Next() bool {\n	if len(g.remaining) == 0 {\n		// We're already past the end.\n		g.state = -2\n		g.cluster = \"\"\n		return false\n	}\n	g.offset += len(g.cluster)\n	g.cluster, g.remaining, g.boundaries, g.state = StepString(g.remaining, g.state)\n	return true\n}\n", new: ""},
		{file: "next.go", new: "package uniseg\n\n// Next moves on by one cluster and tells whether there was one.\nfunc (g *Graphemes) Next() bool {\n	if len(g.remaining) == 0 {\n		// We're already past the end.\n		g.state = -2\n		g.cluster = \"\"\n		return false\n	}\n	g.offset += len(g.cluster)\n	g.cluster, g.remaining, g.boundaries, g.state = StepString(g.remaining, g.state)\n	return true\n}\n"}}},
	{name: "uniseg-rename-function", module: uniseg, bench: "GraphemesFunctionString", edits: []edit{{file: "graphemerules.go", old: "grTransitions", new: "graphemeTransition", all: true}}},
	{name: "uniseg-rename-local", module: uniseg, bench: "WordFunctionString", edits: []edit{{file: "properties.go", old: "middle", new: "centre", all: true}}},

	{name: "uuid-split-condition", module: uuid, bench: "Parse$", edits: []edit{{file: "uuid.go", old: "	if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {\n		return uuid, errors.New(\"invalid UUID format\")\n	}\n	for i, x", new: "	if s[8] != '-' ||\n		s[13] != '-' ||\n		s[18] != '-' ||\n		s[23] != '-' {\n		return uuid, errors.New(\"invalid UUID format\")\n	}\n	for i, x"}}},
	{name: "uuid-name-constant", module: uuid, bench: "UUID_String", edits: []edit{{file: "uuid.go", old: "	var buf [36]byte\n", new: "	var buf [textLength]byte\n"}, {file: "uuid.go", new: "\n// textLength is the length of the usual form.\nconst textLength = 36\n"}}},
	{name: "uuid-unused-function", module: uuid, bench: "UUIDs_Strings", edits: []edit{{file: "more.go", new: "package uuid\n\n// Count counts those that are not zero.\nfunc (uuids UUIDs) Count() (n int) {\n	for _, u := range uuids {\n		if u != Nil {\n			n++\n		}\n	}\n	return n\n}\n"}}},

	{name: "humanize-reorder-functions", module: humanize, bench: "FtoaFunc", edits: []edit{
		{file: "ftoa.go", old: "// Ftoa converts a float to a string with no trailing zeros.\nfunc Ftoa(num float64) string {\n	return stripTrailingZeros(strconv.FormatFloat(num, 'f', 6, 64))\n}\n\n", new: ""},
		{file: "ftoa.go", old: "func stripTrailingZeros(", new: "// Ftoa converts a float to a string with no trailing zeros.\nfunc Ftoa(num float64) string {\n	return stripTrailingZeros(strconv.FormatFloat(num, 'f', 6, 64))\n}\n\nfunc stripTrailingZeros("}}},
	{name: "humanize-rename-parameter", module: humanize, bench: "Commas", edits: []edit{{file: "comma.go", old: "parts", new: "groups", all: true}}},
	{name: "humanize-new-test", module: humanize, bench: "ParseSI", edits: []edit{{file: "more_test.go", new: "package humanize\n\nimport \"testing\"\n\nfunc TestParseNothing(t *testing.T) {\n	if _, _, err := ParseSI(\"\"); err == nil {\n		t.Error(\"no error\")\n	}\n}\n"}}},

	{name: "mux-extract-function", module: mux, bench: "Mux$", edits: []edit{{file: "regexp.go", old: "	path := req.URL.Path\n	if r.options.useEncodedPath {\n		path = req.URL.EscapedPath()\n	}\n	return r.regexp.MatchString(path)", new: "	return r.regexp.MatchString(r.path(req))"}, {file: "regexp.go", new: "\nfunc (r *routeRegexp) path(req *http.Request) string {\n	if r.options.useEncodedPath {\n		return req.URL.EscapedPath()\n	}\n	return req.URL.Path\n}\n"}}},
	{name: "mux-new-route-kind", module: mux, bench: "ManyPathVariables", edits: []edit{{file: "route.go", new: "\n// Any matches each of some paths.\nfunc (r *Router) Any(handler http.Handler, paths ...string) {\n	for _, p := range paths {\n		r.Handle(p, handler)\n	}\n}\n"}}},

	{name: "chi-rename-field", module: chi, bench: "TreeGet", edits: []edit{{file: "tree.go", old: "xsearch", new: "rest", all: true}}},
	{name: "chi-comments", module: chi, bench: "Mux/route:/hi$", edits: []edit{{file: "mux.go", old: "	// Find the route\n", new: "	// The tree knows the handler; what it\n	// does not know is not found.\n"}}},
	{name: "chi-early-return", module: chi, bench: "Mux/route:/hi$", edits: []edit{{file: "mux.go", old: "	if rctx.methodNotAllowed {\n		mx.MethodNotAllowedHandler(rctx.methodsAllowed...).ServeHTTP(w, r)\n	} else {\n		mx.NotFoundHandler().ServeHTTP(w, r)\n	}\n", new: "	if rctx.methodNotAllowed {\n		mx.MethodNotAllowedHandler(rctx.methodsAllowed...).ServeHTTP(w, r)\n		return\n	}\n	mx.NotFoundHandler().ServeHTTP(w, r)\n"}}},

	{name: "fastjson-message", module: fastjson, bench: "Parse/small/fastjson$", edits: []edit{{file: "parser.go", old: "cannot parse empty string", new: "nothing to parse"}}},
	{name: "fastjson-rename", module: fastjson, bench: "Parse/medium/fastjson$", edits: []edit{{file: "parser.go", old: "skipWSSlow", new: "skipSpace", all: true}}},
	{name: "fastjson-new-function", module: fastjson, bench: "ObjectGet/items_100$/lookups_4$", edits: []edit{{file: "parser.go", new: "\n// Keys lists the keys.\nfunc (o *Object) Keys() (keys []string) {\n	o.Visit(func(key []byte, _ *Value) { keys = append(keys, string(key)) })\n	return keys\n}\n"}}},

	{name: "zap-move-type", module: zap, bench: "NoContext", edits: []edit{{file: "buffer/pool.go", old: "// A Pool is a type-safe wrapper around a sync.Pool.\ntype Pool struct {\n	p *pool.Pool[*Buffer]\n}\n\n", new: ""}, {file: "buffer/pool.go", new: "\n// A Pool is a type-safe wrapper around a sync.Pool.\ntype Pool struct {\n	p *pool.Pool[*Buffer]\n}\n"}}},
	{name: "zap-switch-order", module: zap, bench: "StringField", edits: []edit{{file: "zapcore/json_encoder.go", old: "	case '{', '[', ':', ',', ' ':\n", new: "	case ' ', ',', ':', '[', '{':\n"}}},

	{name: "pretty-document", module: pretty, bench: "Ugly$", edits: []edit{{file: "pretty.go", old: "// Ugly removes insignificant space characters from the input json byte slice\n// and returns the compacted result.\n", new: "// Ugly removes insignificant space characters from the input json byte slice\n// and returns the compacted result. The input is left as it is.\n"}}},
	{name: "gjson-rename-result", module: gjson, bench: "BenchmarkValid$", edits: []edit{{file: "gjson.go", old: "	_, ok := validpayload(stringBytes(json), 0)\n	return ok\n", new: "	_, valid := validpayload(stringBytes(json), 0)\n	return valid\n"}}},
}
