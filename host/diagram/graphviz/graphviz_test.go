package graphviz

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/host/needed"
)

// opened is one engine for all tests: with the race detector, to compile takes
// seconds.
var opened = sync.OnceValues(func() (*Engine, error) { return OpenEngine(context.Background()) })

// engine ends a test where there is no Graphviz.
func engine(tb testing.TB) *Engine {
	tb.Helper()
	e, err := opened()
	if errors.Is(err, ErrMissing) {
		needed.Graphviz.Skip(tb, "no Graphviz: make graphviz")
	}
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func TestEngine_Close(t *testing.T) {
	engine(t)
	e, err := OpenEngine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := e.Close(t.Context()); err != nil {
			t.Errorf("Close = %v", err)
		}
	}
	if _, err := e.Layout(t.Context(), "digraph { a }"); err == nil {
		t.Error("Layout after Close has no error")
	}
}

// TestModule holds the module to what package.json says: one that an older version
// left behind has other names.
func TestModule(t *testing.T) {
	engine(t)
	code, err := module.Unpacked()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("package.json")
	if err != nil {
		t.Fatal(err)
	}
	var pinned struct {
		Config struct{ SHA256 string }
	}
	if err := json.Unmarshal(data, &pinned); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprintf("%x", sha256.Sum256(code)), pinned.Config.SHA256; got != want {
		t.Errorf("%s holds %s, want %s: make -B graphviz", module.Path, got, want)
	}
}

func TestLayout(t *testing.T) {
	e := engine(t)
	for _, row := range []struct {
		name, graph, want string
	}{
		{"two nodes", "digraph { a -> b }", `"_gvid": 1`},
		{"one", "digraph { a }", `"pos": "27,18"`},
		{"empty", "digraph { }", `"bb": "0,0,0,0"`},
		{"a label of a size", `digraph { a -> b [label=<<table fixedsize="true" width="90"
			height="20"><tr><td></td></tr></table>>] }`, `"lp":`},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := e.Layout(t.Context(), row.graph)
			if err != nil {
				t.Fatal(err)
			}
			if !json.Valid(got) || !strings.Contains(string(got), row.want) {
				t.Errorf("Layout(%s) = %s, want JSON with %s", row.graph, got, row.want)
			}
		})
	}
}

func TestLayout_Refused(t *testing.T) {
	e := engine(t)
	for _, row := range []struct {
		name, graph, want string
	}{
		{"no graph", "a -> b", "syntax error"},
		{"nothing", "", "reads no graph"},
		{"cut off", "digraph { a -> ", "syntax error"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := e.Layout(t.Context(), row.graph)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("Layout(%q) = %v, want an error with %q", row.graph, err, row.want)
			}
		})
	}
}

// heavy is a graph that takes Graphviz minutes.
func heavy(nodes int) string {
	var b strings.Builder
	b.WriteString("digraph {")
	for i := range nodes {
		for k := range 4 {
			fmt.Fprintf(&b, "n%d -> n%d;", i, (i*7919+k*104729+k)%nodes)
		}
	}
	b.WriteString("}")
	return b.String()
}

func TestLayout_EndsWithContext(t *testing.T) {
	e := engine(t)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err := e.Layout(ctx, heavy(2000))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Layout = %v, want the deadline", err)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("Layout ended %v after a deadline of 200 ms", took)
	}
	if _, err := e.Layout(t.Context(), "digraph { a }"); err != nil {
		t.Errorf("Layout after one that was ended: %v", err)
	}
}

func TestLayout_Memory(t *testing.T) {
	e := engine(t)
	_, err := e.Layout(t.Context(), "digraph { "+strings.Repeat("a", MaxMemory)+" }")
	if !errors.Is(err, errMemory) {
		t.Errorf("Layout = %v, want %v", err, errMemory)
	}
}

func TestEngine_Hammer(t *testing.T) {
	e := engine(t)
	const graph = "digraph { a -> b -> c -> a; b -> d }"
	want, err := e.Layout(t.Context(), graph)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5 {
				if got, err := e.Layout(t.Context(), graph); err != nil ||
					string(got) != string(want) {
					t.Errorf("Layout = %s, %v, want what it was alone", got, err)
				}
			}
		})
	}
	wg.Wait()
}
