package main

var zap = module{"go.uber.org/zap", "v1.27.0"}

var zapEntries = []entry{
	{name: "zap-no-pool", module: zap, bench: "NoContext", edits: []edit{
		{file: "buffer/pool.go", old: "	buf := p.p.Get()\n", new: "	buf := &Buffer{bs: make([]byte, 0, _size)}\n"},
	}, function: `buffer\.Pool\.Get`, line: `buf := &Buffer{`, cause: "allocation"},

	{name: "zap-reflect", module: zap, bench: "Int64Field", edits: []edit{
		{file: "zapcore/json_encoder.go", old: "func (enc *jsonEncoder) AddInt64(key string, val int64) {\n	enc.addKey(key)\n	enc.AppendInt64(val)\n", new: "func (enc *jsonEncoder) AddInt64(key string, val int64) {\n	_ = enc.AddReflected(key, val)\n"},
	}, function: `zapcore\.\(\*jsonEncoder\)\.AddReflected`, line: `enc.AddReflected(key, val)`, cause: "encoding"},

	{name: "zap-format-float", module: zap, bench: "Float64Field", edits: []edit{
		imports("buffer/buffer.go", "fmt"),
		{file: "buffer/buffer.go", old: "	b.bs = strconv.AppendFloat(b.bs, f, 'f', -1, bitSize)", new: "	b.bs = append(b.bs, fmt.Sprintf(\"%v\", f)...)"},
	}, function: `fmt\.Sprintf`, line: `fmt.Sprintf("%v", f)`, cause: "formatting"},

	{name: "zap-rune-by-rune", module: zap, bench: "StringField", edits: []edit{
		{file: "zapcore/json_encoder.go", old: "	enc.addElementSeparator()\n	enc.buf.AppendByte('\"')\n	enc.safeAddString(val)\n", new: "	enc.addElementSeparator()\n	enc.buf.AppendByte('\"')\n	val = string([]rune(val + val + val + val)[:len([]rune(val))])\n	enc.safeAddString(val)\n"},
	}, function: `zapcore\.\(\*jsonEncoder\)\.AppendString`, line: `val = string([]rune(`, cause: "conversion"},

	{name: "zap-lock-encoder", module: zap, bench: "NoContext", edits: []edit{
		imports("zapcore/json_encoder.go", "sync"),
		{file: "zapcore/json_encoder.go", old: "	last := enc.buf.Len() - 1\n	if last < 0 {", new: "	encoding.Lock()\n	defer encoding.Unlock()\n	last := enc.buf.Len() - 1\n	if last < 0 {"},
		{file: "zapcore/json_encoder.go", new: "\nvar encoding sync.Mutex\n"},
	}, function: `sync\.\(\*Mutex\)\.(Unl|L)ock(Slow)?|zapcore\.\(\*jsonEncoder\)\.addElementSeparator`, line: `encoding.`, cause: "lock"},

	{name: "zap-large-entry", module: zap, bench: "NoContext", edits: []edit{
		{file: "zapcore/entry.go", old: "	Function string\n}", new: "	Function string\n	Frames   [64]uintptr\n}"},
	}, function: `zap(core)?\..*`, line: `Frames   [64]uintptr`, cause: "copy"},

	{name: "zap-separator-string", module: zap, bench: "10Fields$", edits: []edit{
		{file: "zapcore/json_encoder.go", old: "	last := enc.buf.Len() - 1\n	if last < 0 {", new: "	last := len(enc.buf.String()) - 1\n	if last < 0 {"},
	}, function: `buffer\.\(\*Buffer\)\.String|zapcore\.\(\*jsonEncoder\)\.addElementSeparator`, line: `last := len(enc.buf.String()) - 1`, cause: "conversion|allocation|copy"},
}
