// Package wattest has tests take modules as text.
package wattest

import (
	"os"
	"testing"

	"github.com/bothost/bothost/host/wat"
)

// Assemble returns the module of a text. The test ends if it is none.
func Assemble(tb testing.TB, source string) []byte {
	tb.Helper()
	module, err := wat.Assemble(source)
	if err != nil {
		tb.Fatalf("%v, in\n%s", err, source)
	}
	return module
}

// AssembleFile returns the module of a text in a file.
func AssembleFile(tb testing.TB, path string) []byte {
	tb.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return Assemble(tb, string(source))
}
