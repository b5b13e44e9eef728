//go:build !unix

package history

// isReadOnlyFS tells whether a file system refused to be written; here fs.ErrPermission says that.
func isReadOnlyFS(error) bool { return false }
