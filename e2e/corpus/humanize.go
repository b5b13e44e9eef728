package main

var humanize = module{"github.com/dustin/go-humanize", "v1.0.1"}

var humanizeEntries = []entry{
	{name: "humanize-compile", module: humanize, bench: "ParseSI", edits: []edit{
		{file: "si.go", old: "	found := riParseRegex.FindStringSubmatch(input)", new: "	parse, err := regexp.Compile(riParseRegex.String())\n	if err != nil {\n		return 0, \"\", err\n	}\n	found := parse.FindStringSubmatch(input)"},
	}, function: `regexp\.Compile`, line: `parse, err := regexp.Compile`, cause: "regexp"},

	{name: "humanize-trim-by-pattern", module: humanize, bench: "FtoaFunc", edits: []edit{
		imports("ftoa.go", "regexp"),
		{file: "ftoa.go", old: "	offset := len(s) - 1\n	for offset > 0 {\n		if s[offset] == '.' {\n			offset--\n			break\n		}\n		if s[offset] != '0' {\n			break\n		}\n		offset--\n	}\n	return s[:offset+1]", new: "	return zeros.ReplaceAllString(s, \"\")"},
		{file: "ftoa.go", new: "\nvar zeros = regexp.MustCompile(`\\.?0+$`)\n"},
	}, function: `regexp\.\(\*Regexp\)\.ReplaceAllString`, line: `zeros.ReplaceAllString`, cause: "regexp"},

	{name: "humanize-table-each-time", module: humanize, bench: "ParseBytes", edits: []edit{
		{file: "bytes.go", old: "	if m, ok := bytesSizeTable[extra]; ok {", new: "	sizes := map[string]uint64{}\n	for name, size := range bytesSizeTable {\n		sizes[name] = size\n	}\n	if m, ok := sizes[extra]; ok {"},
	}, function: `go-humanize\.ParseBytes`, line: `sizes[name] = size|for name, size := range`, cause: "map|growth"},

	{name: "humanize-concatenate", module: humanize, bench: "Commas", edits: []edit{
		{file: "comma.go", old: "	parts[j] = strconv.Itoa(int(v))\n	return sign + strings.Join(parts[j:], \",\")", new: "	parts[j] = strconv.Itoa(int(v))\n	for _, p := range parts[j : len(parts)-1] {\n		sign += p\n		sign += \",\"\n	}\n	return sign + parts[len(parts)-1]"},
	}, function: `go-humanize\.Comma`, line: `sign += `, cause: "concatenation"},

	{name: "humanize-fprintf", module: humanize, bench: "BenchmarkCommaf", edits: []edit{
		imports("comma.go", "fmt"),
		{file: "comma.go", old: "		buf.WriteString(parts[0][pos : pos+3])\n", new: "		fmt.Fprintf(buf, \"%s\", parts[0][pos:pos+3])\n"},
	}, function: `fmt\.Fprintf|go-humanize\.Commaf`, line: `fmt.Fprintf(buf, "%s"`, cause: "formatting"},

	{name: "humanize-open-file", module: humanize, bench: "ParseSI", edits: []edit{
		imports("si.go", "os"),
		{file: "si.go", old: "	found := riParseRegex.FindStringSubmatch(input)\n", new: "	if _, err := os.ReadFile(os.DevNull); err != nil {\n		return 0, \"\", err\n	}\n	found := riParseRegex.FindStringSubmatch(input)\n"},
	}, function: `os\.ReadFile`, line: `os.ReadFile(os.DevNull)`, cause: "input-output"},
}
