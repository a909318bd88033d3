package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// full is an output that takes nothing, as a full disk.
type full struct{}

var errFull = errors.New("no space is left")

// Write implements io.Writer.
func (full) Write([]byte) (int, error) { return 0, errFull }

// TestVersion_Unwritten prints where nothing can be written: a script that reads an empty
// version must not go on.
func TestVersion_Unwritten(t *testing.T) {
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"version"}, strings.NewReader(""), full{}, &stderr)
	if want := "bothost: " + errFull.Error() + "\n"; code != exitFailure || stderr.String() != want {
		t.Errorf("exit code %d, stderr %q, want %d and %q", code, &stderr, exitFailure, want)
	}
}
