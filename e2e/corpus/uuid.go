package main

var uuid = module{"github.com/google/uuid", "v1.6.0"}

// manyUUIDs gives a benchmark of two of them some hundred.
var manyUUIDs = []edit{
	{file: "uuid_test.go", old: "	uuids := UUIDs{uuid1, uuid2}\n	for i := 0; i < b.N; i++ {\n		uuids.Strings()", new: "	uuids := UUIDs{uuid1, uuid2}\n	for len(uuids) < 500 {\n		uuids = append(uuids, uuids...)\n	}\n	for i := 0; i < b.N; i++ {\n		uuids.Strings()"},
}

var uuidEntries = []entry{
	{name: "uuid-match-pattern", module: uuid, bench: "Parse$", edits: []edit{
		imports("uuid.go", "regexp"),
		{file: "uuid.go", old: "func Parse(s string) (UUID, error) {\n	var uuid UUID\n", new: "func Parse(s string) (UUID, error) {\n	var uuid UUID\n	if !form.MatchString(s) {\n		return uuid, errors.New(\"invalid UUID format\")\n	}\n"},
		{file: "uuid.go", new: "\nvar form = regexp.MustCompile(`^[0-9a-fA-F-]+$`)\n"},
	}, function: `regexp\.\(\*Regexp\)\.MatchString`, line: `form.MatchString(s)`, cause: "regexp"},

	{name: "uuid-sprintf", module: uuid, bench: "UUID_String", edits: []edit{
		{file: "uuid.go", old: "	var buf [36]byte\n	encodeHex(buf[:], uuid)\n	return string(buf[:])", new: `	return fmt.Sprintf("%x-%x-%x-%x-%x", uuid[:4], uuid[4:6], uuid[6:8], uuid[8:10], uuid[10:])`},
	}, function: `fmt\.Sprintf`, line: `return fmt.Sprintf("%x-%x`, cause: "formatting"},

	{name: "uuid-no-preallocation", module: uuid, bench: "UUIDs_Strings", before: manyUUIDs, edits: []edit{
		{file: "uuid.go", old: "	var uuidStrs = make([]string, len(uuids))\n	for i, uuid := range uuids {\n		uuidStrs[i] = uuid.String()", new: "	var uuidStrs []string\n	for _, uuid := range uuids {\n		uuidStrs = append(uuidStrs, uuid.String())"},
	}, function: `uuid\.UUIDs\.Strings`, line: `uuidStrs = append(`, cause: "growth"},

	{name: "uuid-lock-new", module: uuid, bench: "UUID_New$", edits: []edit{
		{file: "version4.go", old: "	if !poolEnabled {\n", new: "	if !poolEnabled {\n		poolMu.Lock()\n		defer poolMu.Unlock()\n"},
	}, function: `sync\.\(\*Mutex\)\.(Unl|L)ock(Slow)?|uuid\.NewRandom`, line: `poolMu.`, cause: "lock"},

	{name: "uuid-refill-pool", module: uuid, bench: "UUID_NewPooled", edits: []edit{
		{file: "version4.go", old: "	if poolPos == randPoolSize {", new: "	if poolPos != 0 || poolPos == randPoolSize {"},
	}, function: `io\.ReadFull`, line: `if poolPos != 0 ||`, cause: "call|input-output"},

	{name: "uuid-concatenate", module: uuid, bench: "Parse$", edits: []edit{
		{file: "uuid.go", old: "		v, ok := xtob(s[x], s[x+1])\n", new: "		v, ok := xtob(s[x], s[x+1])\n		seen += s[x : x+2]\n"},
		{file: "uuid.go", old: "	if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {\n		return uuid, errors.New(\"invalid UUID format\")\n	}\n	for i, x", new: "	if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {\n		return uuid, errors.New(\"invalid UUID format\")\n	}\n	seen := \"\"\n	for i, x"},
		{file: "uuid.go", old: "		uuid[i] = v\n	}\n	return uuid, nil\n}\n\n// ParseBytes", new: "		uuid[i] = v\n	}\n	if len(seen) != 32 {\n		return uuid, errors.New(\"invalid UUID format\")\n	}\n	return uuid, nil\n}\n\n// ParseBytes"},
	}, function: `uuid\.Parse`, line: `seen += s[x : x+2]`, cause: "concatenation"},

	{name: "uuid-lost-inlining", module: uuid, bench: "Parse$", edits: []edit{
		{file: "util.go", old: "	b1 := xvalues[x1]\n", new: "	if observe != nil {\n		observe(x1, x2)\n	}\n	b1 := xvalues[x1]\n"},
		{file: "util.go", new: "\nvar observe func(x1, x2 byte)\n"},
	}, function: `uuid\.xtob`, line: `if observe != nil {|observe(x1, x2)`, cause: "inlining"},

	{name: "uuid-goroutines", module: uuid, bench: "UUIDs_Strings", before: manyUUIDs, edits: []edit{
		{file: "uuid.go", old: "	for i, uuid := range uuids {\n		uuidStrs[i] = uuid.String()\n	}\n", new: "	var all sync.WaitGroup\n	for i := range uuids {\n		all.Add(1)\n		go func(i int) {\n			defer all.Done()\n			uuidStrs[i] = uuids[i].String()\n		}(i)\n	}\n	all.Wait()\n"},
	}, function: `uuid\.UUIDs\.Strings(\.func1)?|sync\.\(\*WaitGroup\)\.\w+`, line: `go func(i int)|all.`, cause: "goroutine|lock|wait"},
}
