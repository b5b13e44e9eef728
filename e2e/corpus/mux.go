package main

var mux = module{"github.com/gorilla/mux", "v1.8.0"}

const muxMatches = "	var match RouteMatch\n	var handler http.Handler\n"

var muxEntries = []entry{
	{name: "mux-sleep", module: mux, bench: "Mux$", edits: []edit{
		imports("mux.go", "time"),
		{file: "mux.go", old: muxMatches, new: "	time.Sleep(20 * time.Microsecond)\n" + muxMatches},
	}, function: `time\.Sleep`, line: `time.Sleep(20`, cause: "wait"},

	{name: "mux-compile", module: mux, bench: "Mux$", edits: []edit{
		{file: "regexp.go", old: "	return r.regexp.MatchString(path)\n", new: "	return regexp.MustCompile(r.regexp.String()).MatchString(path)\n"},
	}, function: `regexp\.MustCompile`, line: `regexp.MustCompile(r.regexp.String())`, cause: "regexp"},

	{name: "mux-parse-url", module: mux, bench: "Mux$", edits: []edit{
		imports("mux.go", "net/url"),
		{file: "mux.go", old: muxMatches, new: "	if _, err := url.Parse(path.Join(req.URL.Path, \"x\")); err != nil {\n		return\n	}\n" + muxMatches},
	}, function: `url\.Parse|path\.Join`, line: `url.Parse(`, cause: "call|allocation"},

	{name: "mux-copy-variables", module: mux, bench: "ManyPathVariables", edits: []edit{
		{file: "regexp.go", old: "	for i, name := range names {\n		output[name] = input", new: "	for i, name := range names {\n		before := make(map[string]string, len(output))\n		for k, v := range output {\n			before[k] = v\n		}\n		output[name] = input"},
	}, function: `mux\.extractVars`, line: `before[k] = v|before := make|for k, v := range output`, cause: "map|growth"},

	{name: "mux-access-log", module: mux, bench: "Mux$", edits: []edit{
		imports("mux.go", "os"),
		{file: "mux.go", old: muxMatches, new: "	accessLog.WriteString(req.URL.Path + \"\\n\")\n" + muxMatches},
		{file: "mux.go", new: "\nvar accessLog, _ = os.OpenFile(os.DevNull, os.O_WRONLY, 0)\n"},
	}, function: `os\.\(\*File\)\.WriteString`, line: `accessLog.WriteString`, cause: "input-output"},

	{name: "mux-json-copy", module: mux, bench: "Mux$", edits: []edit{
		imports("mux.go", "encoding/json"),
		{file: "mux.go", old: "	ctx := context.WithValue(r.Context(), varsKey, vars)\n", new: "	text, _ := json.Marshal(vars)\n	vars = nil\n	json.Unmarshal(text, &vars)\n	ctx := context.WithValue(r.Context(), varsKey, vars)\n"},
	}, function: `json\.(Unm|M)arshal`, line: `json.`, cause: "encoding"},

	{name: "mux-clone-request", module: mux, bench: "Mux$", edits: []edit{
		{file: "mux.go", old: "	ctx := context.WithValue(r.Context(), routeKey, route)\n	return r.WithContext(ctx)", new: "	ctx := context.WithValue(r.Context(), routeKey, route)\n	return r.Clone(ctx)"},
	}, function: `http\.\(\*Request\)\.Clone`, line: `return r.Clone(ctx)`, cause: "call|allocation"},
}
