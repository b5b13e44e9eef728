window.BENCHMARK_DATA = {
  "lastUpdate": 1738861333727,
  "repoUrl": "https://github.com/example/keys",
  "entries": {
    "Go Benchmark": [
      {
        "commit": {
          "author": {"name": "A", "username": "a"},
          "id": "1111111111111111111111111111111111111111",
          "message": "Parse keys once\n\nLonger text.",
          "timestamp": "2025-02-04T19:52:44+01:00",
          "url": "https://github.com/example/keys/commit/1111111111111111111111111111111111111111"
        },
        "date": 1738698872959,
        "tool": "go",
        "benches": [
          {"name": "BenchmarkHash", "value": 362.5, "unit": "ns/op\t     448 B/op\t       1 allocs/op", "extra": "300000 times\n4 procs"},
          {"name": "BenchmarkHash - ns/op", "value": 362.5, "unit": "ns/op", "extra": "300000 times\n4 procs"},
          {"name": "BenchmarkHash - B/op", "value": 448, "unit": "B/op", "extra": "300000 times\n4 procs"},
          {"name": "BenchmarkHash - allocs/op", "value": 1, "unit": "allocs/op", "extra": "300000 times\n4 procs"},
          {"name": "BenchmarkHash - ns/op", "value": 364.5, "unit": "ns/op", "extra": "300000 times\n4 procs"},
          {"name": "BenchmarkGet/size=10 (example.com/keys/cache)", "value": 7, "unit": "ns/op", "extra": "5 times"}
        ]
      }
    ],
    "Custom": [
      {
        "commit": {"id": "2222222222222222222222222222222222222222", "message": "Two", "timestamp": "2025-02-05T00:00:00Z"},
        "date": 1738713600000,
        "tool": "customSmallerIsBetter",
        "benches": [{"name": "Memory used at start", "value": 100, "unit": "Megabytes", "range": "3"}]
      }
    ]
  }
}
