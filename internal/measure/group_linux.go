package measure

import "syscall"

// dieWithParent has the kernel kill the process when benchbot itself is killed. It counts the thread
// that started the process as the parent, so Run keeps to one thread.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
