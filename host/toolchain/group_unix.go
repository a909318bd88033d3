//go:build unix

package toolchain

import (
	"os/exec"
	"syscall"
)

// endWithChildren has the end of a program be the end of those that it started:
// compilers start linkers. So a signal from the terminal does not reach them, but
// the end of the context does.
func endWithChildren(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}

// endChildren ends what a program that failed has left behind.
func endChildren(cmd *exec.Cmd) {
	if cmd.Process != nil {
		// Its one error is that there is nothing.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
