package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// folderProblem says why a folder cannot be used, or should not be because others
// may do with it what no one of these permissions allows; empty if all is well. A
// folder that is not there is made when it is needed.
func folderProblem(path string, others fs.FileMode) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return err.Error()
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && path != filepath.Dir(path):
		return folderProblem(filepath.Dir(path), 0)
	case err != nil:
		return err.Error()
	case !info.IsDir():
		return path + " is not a folder"
	case runtime.GOOS != "windows" && info.Mode().Perm()&others != 0:
		return fmt.Sprintf("its mode is %v: chmod 700 %s", info.Mode().Perm(), path)
	}
	return writeProblem(path)
}

// writeProblem tries to write into a folder.
func writeProblem(dir string) string {
	file, err := os.CreateTemp(dir, ".bothost-doctor-*")
	if err != nil {
		return "nothing can be written there: " + err.Error()
	}
	if err := errors.Join(file.Close(), os.Remove(file.Name())); err != nil {
		return err.Error()
	}
	return ""
}
