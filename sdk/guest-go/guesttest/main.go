package guesttest

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"testing"
)

// variable is set in the environment of the processes that are instances.
const variable = "BOTHOST_GUESTTEST_INSTANCE"

// ready is the line after which an instance answers: whatever the program's init
// functions print comes before it.
const ready = "guesttest: ready"

// hooked says that Main was called: without it, a process that should be an
// instance would run the tests again, and start more of them.
var hooked bool

// Main runs the tests of a bot. Call it from TestMain, and nothing before it:
//
//	func TestMain(m *testing.M) { guesttest.Main(m) }
//
// In a process that a test started as an instance of the bot it serves turns,
// and does not return.
func Main(m *testing.M) {
	if os.Getenv(variable) != "" {
		os.Exit(serveProcess())
	}
	hooked = true
	m.Run()
}

// serveProcess is the whole life of an instance's process. What the bot prints
// goes to stderr, for stdout is where the answers go.
func serveProcess() int {
	answers := os.Stdout
	os.Stdout = os.Stderr
	if err := serve(os.Stdin, answers); err != nil {
		fmt.Fprintln(os.Stderr, "guesttest:", err)
		return 1
	}
	return 0
}

// serve answers requests until there are no more.
func serve(in io.Reader, out io.Writer) error {
	if _, err := fmt.Fprintf(out, "\n%s\n", ready); err != nil {
		return err
	}
	requests, results := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var q request
		switch err := requests.Decode(&q); {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("read request: %w", err)
		}
		q.unpack()
		if err := results.Encode(q.run()); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
	}
}
