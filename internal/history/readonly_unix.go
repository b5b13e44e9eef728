//go:build unix

package history

import (
	"errors"
	"syscall"
)

// isReadOnlyFS tells whether a file system refused to be written.
func isReadOnlyFS(err error) bool { return errors.Is(err, syscall.EROFS) }
