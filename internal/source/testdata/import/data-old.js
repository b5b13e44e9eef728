window.BENCHMARK_DATA = {
  "lastUpdate": 1573773863044,
  "entries": {
    "Go": [
      {
        "commit": {"id": "3333333333333333333333333333333333333333", "message": "old", "timestamp": "2019-11-08T16:33:03+09:00"},
        "date": 1573198480535,
        "tool": "go",
        "benches": [
          {"name": "BenchmarkOld/deep-copy", "value": 49.75, "unit": "ns/op\t  12.50 MB/s\t       0 B/op\t       0 allocs/op", "extra": "24108289 times\n2 procs"},
          {"name": "BenchmarkOld/deep-copy", "value": 49.25, "unit": "ns/op\t  12.60 MB/s\t       0 B/op\t       0 allocs/op", "extra": "24108289 times\n2 procs"}
        ]
      }
    ]
  }
};
