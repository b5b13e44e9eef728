//go:build !linux

package history

func stopPostgres() {} // the tests that start one run on Linux
