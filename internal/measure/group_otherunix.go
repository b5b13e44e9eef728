//go:build unix && !linux

package measure

import "syscall"

func dieWithParent(*syscall.SysProcAttr) {}
