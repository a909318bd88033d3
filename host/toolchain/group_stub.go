//go:build !unix

package toolchain

import "os/exec"

// endWithChildren does nothing where there are no process groups: the program
// alone is ended.
func endWithChildren(*exec.Cmd) {}

// endChildren does nothing either.
func endChildren(*exec.Cmd) {}
