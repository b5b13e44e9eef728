package main

var chi = module{"github.com/go-chi/chi/v5", "v5.1.0"}

var chiEntries = []entry{
	{name: "chi-no-pool", module: chi, bench: "Mux/route:/hi$", edits: []edit{
		{file: "mux.go", old: "	rctx = mx.pool.Get().(*Context)\n", new: "	rctx = NewRouteContext()\n"},
		{file: "mux.go", old: "	mx.pool.Put(rctx)\n", new: ""},
	}, function: `chi\.(NewRouteContext|\(\*Mux\)\.ServeHTTP|\(\*node\)\.FindRoute)`, line: `rctx = NewRouteContext()`, cause: "allocation"},

	{name: "chi-pattern", module: chi, bench: "TreeGet", edits: []edit{
		{file: "tree.go", old: "	rn := n.findRoute(rctx, method, path)\n", new: "	if ok, _ := regexp.MatchString(\"^/\", path); !ok {\n		return nil, nil, nil\n	}\n	rn := n.findRoute(rctx, method, path)\n"},
	}, function: `regexp\.MatchString`, line: `regexp.MatchString("^/", path)`, cause: "regexp"},

	{name: "chi-read-lock", module: chi, bench: "TreeGet", edits: []edit{
		imports("tree.go", "sync"),
		{file: "tree.go", old: "func (ns nodes) findEdge(label byte) *node {\n", new: "func (ns nodes) findEdge(label byte) *node {\n	tree.RLock()\n	defer tree.RUnlock()\n"},
		{file: "tree.go", new: "\nvar tree sync.RWMutex\n"},
	}, function: `sync\.\(\*RWMutex\)\.RU?(nl|L)ock`, line: `tree.R|defer tree.R`, cause: "lock"},

	{name: "chi-concatenate", module: chi, bench: "TreeGet", edits: []edit{
		{file: "context.go", old: "	methodNotAllowed bool\n}", new: "	methodNotAllowed bool\n	trail            string\n}"},
		{file: "context.go", old: "	x.routePattern = \"\"\n", new: "	x.routePattern = \"\"\n	x.trail = \"\"\n"},
		{file: "tree.go", old: "			xsearch = xsearch[len(xn.prefix):]\n", new: "			rctx.trail += xn.prefix\n			xsearch = xsearch[len(xn.prefix):]\n"},
	}, function: `chi\.\(\*node\)\.findRoute`, line: `rctx.trail += xn.prefix`, cause: "concatenation"},

	{name: "chi-lower-case", module: chi, bench: "TreeGet", edits: []edit{
		{file: "tree.go", old: "	rn := n.findRoute(rctx, method, path)\n", new: "	rn := n.findRoute(rctx, method, strings.Join(strings.Split(path, \"/\"), \"/\"))\n"},
	}, function: `strings\.(Join|Split)`, line: `strings.Split(path`, cause: "call|allocation"},

	{name: "chi-defer-in-edge", module: chi, bench: "TreeGet", edits: []edit{
		{file: "tree.go", old: "func (n *node) isLeaf() bool {\n	return n.endpoints != nil", new: "func (n *node) isLeaf() bool {\n	leaves := 0\n	for m := mSTUB; m <= mTRACE; m <<= 1 {\n		if n.endpoints[m] != nil {\n			leaves++\n		}\n	}\n	return leaves > 0"},
	}, function: `chi\.\(\*node\)\.isLeaf`, line: `if n.endpoints[m] != nil`, cause: "map|loop"},
}
