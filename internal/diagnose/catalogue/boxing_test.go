package catalogue

import (
	"testing"
)

// before
type stackBefore struct{ items []any }

func (s *stackBefore) push(v any) { s.items = append(s.items, v) }

func (s *stackBefore) pop() any {
	v := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return v
}

// after
type stackAfter[T any] struct{ items []T }

func (s *stackAfter[T]) push(v T) { s.items = append(s.items, v) }

func (s *stackAfter[T]) pop() T {
	v := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return v
}

// measured
func init() {
	examples["boxing"] = func(tb testing.TB) example {
		before, after := &stackBefore{make([]any, 0, 100)}, &stackAfter[int]{make([]int, 0, 100)}
		return example{before: func() {
			for i := range 100 {
				before.push(i + 1000)
			}
			for range 100 {
				sinkInt = before.pop().(int)
			}
		}, after: func() {
			for i := range 100 {
				after.push(i + 1000)
			}
			for range 100 {
				sinkInt = after.pop()
			}
		}}
	}
}
