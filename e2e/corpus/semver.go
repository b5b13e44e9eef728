package main

var semver = module{"github.com/Masterminds/semver", "v1.5.0"}

var semverEntries = []entry{
	{name: "semver-compile-version", module: semver, bench: "NewVersionSimple", edits: []edit{
		{file: "version.go", old: `	m := versionRegex.FindStringSubmatch(v)`, new: `	m := regexp.MustCompile("^" + SemVerRegex + "$").FindStringSubmatch(v)`},
	}, function: `regexp\.MustCompile`, line: `m := regexp.MustCompile`, cause: "regexp"},

	{name: "semver-compile-range", module: semver, bench: "NewConstraintUnary", edits: []edit{
		{file: "constraints.go", old: `	m := constraintRangeRegex.FindAllStringSubmatch(i, -1)`, new: "	between, err := regexp.Compile(fmt.Sprintf(`\\s*(%s)\\s+-\\s+(%s)\\s*`, cvRegex, cvRegex))\n	if err != nil {\n		return i\n	}\n	m := between.FindAllStringSubmatch(i, -1)"},
	}, function: `regexp\.Compile`, line: `between, err := regexp.Compile`, cause: "regexp"},

	{name: "semver-format-compare", module: semver, bench: "CheckVersionTilde", edits: []edit{
		{file: "constraints.go", old: "	if v.Major() != c.con.Major() {\n		return false\n	}\n\n	if v.Minor() != c.con.Minor() && !c.minorDirty {", new: "	if fmt.Sprintf(\"%d\", v.Major()) != fmt.Sprintf(\"%d\", c.con.Major()) {\n		return false\n	}\n\n	if v.Minor() != c.con.Minor() && !c.minorDirty {"},
	}, function: `fmt\.Sprintf`, line: `if fmt.Sprintf("%d", v.Major())`, cause: "formatting"},

	{name: "semver-json-audit", module: semver, bench: "NewVersionMetaDash", edits: []edit{
		{file: "version.go", old: "		sv.patch = 0\n	}\n\n	return sv, nil", new: "		sv.patch = 0\n	}\n\n	if _, err := json.Marshal(sv); err != nil {\n		return nil, err\n	}\n	return sv, nil"},
	}, function: `json\.Marshal`, line: `json.Marshal(sv)`, cause: "encoding"},

	{name: "semver-lock-check", module: semver, bench: "CheckVersionUnary", edits: []edit{
		imports("constraints.go", "sync"),
		{file: "constraints.go", old: "func (cs Constraints) Check(v *Version) bool {\n", new: "func (cs Constraints) Check(v *Version) bool {\n	checking.Lock()\n	defer checking.Unlock()\n"},
		{file: "constraints.go", new: "\nvar checking sync.Mutex\n"},
	}, function: `sync\.\(\*Mutex\)\.(Unl|L)ock|semver\.Constraints\.Check`, line: `checking.`, cause: "lock"},

	{name: "semver-copy-version", module: semver, bench: "CheckVersionRange", edits: []edit{
		{file: "version.go", old: "	original            string\n}", new: "	original            string\n	numbers             [96]int64\n}"},
		{file: "version.go", old: "	if d := compareSegment(v.Major(), o.Major()); d != 0 {", new: "	a, b := *v, *o\n	v, o = &a, &b\n	if d := compareSegment(v.Major(), o.Major()); d != 0 {"},
	}, function: `semver\.\(\*Version\)\.Compare`, line: `a, b := *v, *o`, cause: "copy"},

	{name: "semver-reflect-equal", module: semver, bench: "CheckVersionCaret", edits: []edit{
		imports("version.go", "reflect"),
		{file: "version.go", old: "func compareSegment(v, o int64) int {\n", new: "func compareSegment(v, o int64) int {\n	if reflect.DeepEqual(v, o) {\n		return 0\n	}\n"},
	}, function: `reflect\.DeepEqual`, line: `reflect.DeepEqual(v, o)`, cause: "reflection"},
}
