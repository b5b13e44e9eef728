module github.com/benchbot/benchbot/e2e

go 1.26.0
