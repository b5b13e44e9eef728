package main

var uniseg = module{"github.com/rivo/uniseg", "v0.4.7"}

var unisegEntries = []entry{
	{name: "uniseg-linear-search", module: uniseg, bench: "GraphemesFunctionString", edits: []edit{
		{file: "properties.go", old: `		middle := (from + to) / 2`, new: `		middle := from`},
	}, function: `uniseg\.propertySearch\[.*`, line: `middle := from`, cause: "loop"},

	{name: "uniseg-reverse-rest", module: uniseg, bench: "GraphemesClass", edits: []edit{
		{file: "grapheme.go", old: "	if len(g.remaining) == 0 {\n		// We're", new: "	if ReverseString(g.remaining) == \"\" {\n		// We're"},
	}, function: `uniseg\.ReverseString`, line: `if ReverseString(g.remaining) == ""`, cause: "call"},

	{name: "uniseg-repeated-lookup", module: uniseg, bench: "WordFunctionString", edits: []edit{
		{file: "wordrules.go", old: "	nextProperty := property(workBreakCodePoints, r)\n\n	// \"Replacing", new: "	if property(workBreakCodePoints, 'a') != prALetter {\n		return wbAny, true\n	}\n	nextProperty := property(workBreakCodePoints, r)\n\n	// \"Replacing"},
	}, function: `uniseg\.property(Search\[.*)?`, line: `if property(workBreakCodePoints, 'a')`, cause: "call"},

	{name: "uniseg-escape-length", module: uniseg, bench: "GraphemesFunctionString", edits: []edit{
		{file: "grapheme.go", old: "	// Extract the first rune.\n	r, length := utf8.DecodeRuneInString(str)\n	if len(str) <= length {", new: "	// Extract the first rune.\n	r, length := utf8.DecodeRuneInString(str)\n	lastLength = &length\n	if len(str) <= length {"},
		{file: "grapheme.go", new: "\nvar lastLength *int\n"},
	}, function: `uniseg\.FirstGraphemeClusterInString`, line: `lastLength = &length`, cause: "allocation"},

	{name: "uniseg-goroutine", module: uniseg, bench: "GraphemesClass", edits: []edit{
		{file: "grapheme.go", old: "	g.offset += len(g.cluster)\n	g.cluster, g.remaining, g.boundaries, g.state = StepString(g.remaining, g.state)\n	return true", new: "	g.offset += len(g.cluster)\n	done := make(chan bool)\n	go func() {\n		g.cluster, g.remaining, g.boundaries, g.state = StepString(g.remaining, g.state)\n		done <- true\n	}()\n	return <-done"},
	}, function: `uniseg\.\(\*Graphemes\)\.Next(\.func1)?`, line: `go func() {|return <-done|done <- true|done := make`, cause: "goroutine|lock|wait"},
}
