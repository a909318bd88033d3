// Package needed says what becomes of tests that need what not every machine has:
// they are skipped, unless the environment says that nothing may be missing. Then
// they fail, so that a machine that is to run all of them notices.
package needed

import (
	"os"
	"testing"
)

// Thing is something that may be missing. The variable BOTHOST_REQUIRE_, with this
// name behind it, says that it must not be.
type Thing string

const (
	// Browser is Chromium, and what its tests get from npm.
	Browser Thing = "BROWSER"
	// Clients are the clients of other makers that hold conversations with a host.
	Clients Thing = "CLIENTS"
	// Extism is what builds Extism plug-ins.
	Extism Thing = "EXTISM"
	// Graphviz is what make graphviz brings.
	Graphviz Thing = "GRAPHVIZ"
	// Guests are the compilers and engines of the languages that bots are written in.
	Guests Thing = "GUESTS"
)

// All returns all things, in order of their names.
func All() []Thing { return []Thing{Browser, Clients, Extism, Graphviz, Guests} }

// Variable returns the name of the environment's variable.
func (t Thing) Variable() string { return "BOTHOST_REQUIRE_" + string(t) }

// Required reports whether the thing must be there: the variable is set, and is not 0.
func (t Thing) Required() bool {
	value := os.Getenv(t.Variable())
	return value != "" && value != "0"
}

// Skip ends a test for which the thing is missing; why says what exactly, and what
// brings it.
func (t Thing) Skip(tb testing.TB, why ...any) {
	tb.Helper()
	if t.Required() {
		tb.Fatal(why...)
	}
	tb.Skip(why...)
}
