package guesttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// An instance says that it is ready, and answers each request with a result.
func TestServe(t *testing.T) {
	var in, out bytes.Buffer
	q := request{
		Event:  abi.Event{Kind: abi.EventMessage, Text: "say hello", Human: true},
		Limits: abi.Limits{}.Defaults(),
	}
	for range 2 {
		if err := json.NewEncoder(&in).Encode(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := serve(&in, &out); err != nil {
		t.Fatal(err)
	}
	answers, ok := strings.CutPrefix(out.String(), "\n"+ready+"\n")
	if !ok {
		t.Fatalf("serve wrote %q, want to be ready first", out.String())
	}
	results := json.NewDecoder(strings.NewReader(answers))
	for range 2 {
		var r result
		if err := results.Decode(&r); err != nil || len(r.Entries) != 2 || r.Entries[1].Body != "hello" {
			t.Errorf("result = %+v, %v, want the message and its answer", r, err)
		}
	}
	if results.More() {
		t.Error("there are more results than requests")
	}
}

func TestServe_Garbage(t *testing.T) {
	for _, in := range []string{"{", "x", `{"Event":1}`} {
		if err := serve(strings.NewReader(in), new(bytes.Buffer)); err == nil {
			t.Errorf("serve(%q) = nil, want an error", in)
		}
	}
}

// Without Main, the processes of instances would run the tests.
func TestChat_NeedsMain(t *testing.T) {
	hooked = false
	defer func() { hooked = true }()
	tb := &fatal{TB: t}
	done := make(chan struct{})
	go func() { // ends with Chat, and is waited for
		defer close(done)
		Chat(tb, Options{})
	}()
	<-done
	if !strings.Contains(tb.words, "guesttest.Main(m)") {
		t.Errorf("Chat said %q, want how to call Main", tb.words)
	}
}

// fatal is a test that ends without failing the one that made it.
type fatal struct {
	testing.TB
	words string
}

func (f *fatal) Fatalf(format string, args ...any) {
	f.words = fmt.Sprintf(format, args...)
	runtime.Goexit()
}
