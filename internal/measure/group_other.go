//go:build !unix

package measure

import "os/exec"

func ownGroup(*exec.Cmd) {}

// killGroup kills the process; this system has no process groups.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		cmd.Process.Kill()
	}
}
