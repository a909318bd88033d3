package diagram

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/diagram/graphviz"
	"github.com/bothost/bothost/host/needed"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// parse reads a definition.
func parse(tb testing.TB, text string) *abi.Definition {
	tb.Helper()
	d, err := abi.ParseDefinition([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// transit is a dialog of 32 states as a bot might have it.
func transit(tb testing.TB) *Graph {
	tb.Helper()
	data, err := os.ReadFile("testdata/transit.json")
	if err != nil {
		tb.Fatal(err)
	}
	return New(parse(tb, string(data)), Marks{[]string{"old_survey"}, []string{"handover"}})
}

// opened is Graphviz, for all tests that draw: with the race detector, to compile
// it takes seconds.
var opened = sync.OnceValues(func() (*graphviz.Engine, error) {
	return graphviz.OpenEngine(context.Background())
})

// engine ends a test where there is no Graphviz.
func engine(tb testing.TB) *graphviz.Engine {
	tb.Helper()
	e, err := opened()
	if errors.Is(err, ErrNoGraphviz) {
		needed.Graphviz.Skip(tb, "no Graphviz: make graphviz")
	}
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func svg(tb testing.TB, g *Graph) string {
	tb.Helper()
	var b bytes.Buffer
	if err := g.draw(context.Background(), &b, engine(tb)); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// written returns what a writer writes.
func written(tb testing.TB, write func(io.Writer) error) string {
	tb.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// TestGolden compares what the writers write for a dialog of 32 states. Of the
// picture's places only that they are there: their last digit is the machine's.
func TestGolden(t *testing.T) {
	g := transit(t)
	number := regexp.MustCompile(`-?\d+(\.\d+)?`)
	for _, row := range []struct {
		file   string
		write  func(testing.TB) string
		normal func(string) string
	}{
		{"transit.txt", func(tb testing.TB) string { return written(tb, g.Text) }, strings.Clone},
		{"transit.mmd",
			func(tb testing.TB) string { return written(tb, g.Mermaid) }, strings.Clone},
		{"transit.svg", func(tb testing.TB) string { return svg(tb, g) },
			func(s string) string { return number.ReplaceAllString(s, "0") }},
	} {
		t.Run(row.file, func(t *testing.T) {
			got := row.write(t)
			path := filepath.Join("testdata", row.file)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if row.normal(got) != row.normal(string(want)) {
				t.Errorf("%s is not what is written now:\n%s", path, got)
			}
		})
	}
}

// hostile are names that mean something to a terminal, to HTML, to XML, to Mermaid
// or to Graphviz.
var hostile = []string{
	`</text><script>alert(1)</script>`, `]]><!--`, `&lt;&#60;`, `"><g onload="x"`, `" as s0`,
	`s0 --> s1`, "line\nbreak", "esc\x1b[2Japed", "turned \u202e round", `#35;`, `%%{init: {}}%%`,
	`n1 [label="x"]; }`, "a: b; c", "[*]", "end", "style x:#f;", `${x}`, "\\", "`", "null\x00byte",
	"\ufffe", "\U000e0041 tag", "--- ", "<br/>", "javascript:alert(1)", strings.Repeat("long", 30),
}

// hostileDialog has a state for each name, or for each number if plain. Some of it
// abi would refuse: the writers do not rely on that.
func hostileDialog(tb testing.TB, plain bool) *Graph {
	tb.Helper()
	d := &abi.Definition{Name: "</title><script>x", Version: "\"1;"}
	name := func(i int) string {
		i %= len(hostile)
		if plain {
			return fmt.Sprintf("plain%d", i)
		}
		return hostile[i]
	}
	if plain {
		d.Name, d.Version = "name", "1"
	}
	for i := range hostile {
		value, err := json.Marshal(name(i + 3))
		if err != nil {
			tb.Fatal(err)
		}
		s := abi.State{Name: name(i), Initial: i == 0, Was: []string{name(i) + "!"}}
		s.Transitions = []abi.Transition{
			{Option: name(i), To: name(i + 1)},
			{Event: name(i), To: abi.Previous, Guard: abi.Names{name(i + 1)},
				When: abi.Conditions{{Var: name(i + 2), Op: abi.OpEqual, Value: value}}},
		}
		if i == 5 {
			s.Global = &abi.Transition{Event: name(i)}
		}
		d.States = append(d.States, s)
	}
	return New(d, Marks{})
}

// elements lists a document's elements with their attributes' names, and all of
// its text.
func elements(tb testing.TB, doc string) (list []string, text string) {
	tb.Helper()
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list, text
		}
		if err != nil {
			tb.Fatalf("%v in %s", err, doc)
		}
		switch token := token.(type) {
		case xml.StartElement:
			entry := token.Name.Local
			for _, a := range token.Attr {
				entry += " " + a.Name.Local
			}
			list = append(list, entry)
		case xml.CharData:
			text += string(token)
		case xml.Comment, xml.Directive, xml.ProcInst:
			tb.Errorf("the document has a %T: %v", token, token)
		}
	}
}

// allowed are the elements that a picture may have.
var allowed = regexp.MustCompile(`^(svg xmlns width height viewBox role|title|desc|style|` +
	`rect class width height|text class x y|g transform|g class|path d|path class d|` +
	`rect x y width height rx|circle cx cy r)$`)

func TestSVG_Hostile(t *testing.T) {
	got, text := elements(t, svg(t, hostileDialog(t, false)))
	want, _ := elements(t, svg(t, hostileDialog(t, true)))
	count := func(list []string) map[string]int {
		counts := make(map[string]int)
		for _, e := range list {
			if !allowed.MatchString(e) {
				t.Errorf("the picture has an element %q", e)
			}
			counts[e]++
		}
		return counts
	}
	if got, want := fmt.Sprint(count(got)), fmt.Sprint(count(want)); got != want {
		t.Errorf("hostile names make the elements %s, plain ones %s", got, want)
	}
	for _, name := range hostile {
		if !strings.Contains(text, shown(name)) {
			t.Errorf("the picture does not have %q", name)
		}
	}
}

func TestMermaid_Hostile(t *testing.T) {
	const label = `(?:[\pL\pN\pM _.,]|#\d+;|<br/>)*`
	line := regexp.MustCompile(`^(---|title: "(?:[\pL\pN _.,]|\\U[0-9a-f]{8})*"|stateDiagram-v2|` +
		`  state "` + label + `(\(unreachable\))?" as [sap]\d+|  \[\*\] --> s\d+|` +
		`  [sa]\d+ --> [sp]\d+ : ` + label + `|  classDef \w+ [\w:#,\- ]+|  class [sap]\d+ \w+)$`)
	got := strings.Split(strings.TrimSuffix(written(t, hostileDialog(t, false).Mermaid), "\n"),
		"\n")
	want := strings.Split(strings.TrimSuffix(written(t, hostileDialog(t, true).Mermaid), "\n"),
		"\n")
	for _, l := range got {
		if !line.MatchString(l) {
			t.Errorf("the diagram has the line %q", l)
		}
	}
	if len(got) != len(want) {
		t.Errorf("hostile names make %d lines, plain ones %d", len(got), len(want))
	}
}

func TestText_Hostile(t *testing.T) {
	got := written(t, hostileDialog(t, false).Text)
	want := written(t, hostileDialog(t, true).Text)
	for _, bad := range []string{"\x1b", "\x00", "\u202e", "\ufffe", "\U000e0041"} {
		if strings.Contains(got, bad) {
			t.Errorf("the text has %q", bad)
		}
	}
	if got, want := strings.Count(got, "\n"), strings.Count(want, "\n"); got != want {
		t.Errorf("hostile names make %d lines, plain ones %d", got, want)
	}
}

func TestSVG_TooLarge(t *testing.T) {
	states := make([]State, 2000)
	full := []State{{Transitions: make([]Transition, MaxTransitions+1)}}
	for _, row := range []struct {
		name  string
		graph *Graph
		want  string
	}{
		{"2000 states", &Graph{States: states}, "2000 states and 0 transitions"},
		{"one state too many", &Graph{States: states[:MaxStates+1]}, "301 states"},
		{"one transition too many", &Graph{States: full}, "1501 transitions"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := row.graph.SVG(t.Context(), io.Discard)
			if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), row.want) {
				t.Errorf("SVG = %v, want %v with %q", err, ErrTooLarge, row.want)
			}
		})
	}
}

// TestSVG_Largest draws as many states as there may be.
func TestSVG_Largest(t *testing.T) {
	g := &Graph{States: make([]State, MaxStates)}
	for i := range g.States {
		g.States[i] = State{Name: fmt.Sprintf("state %d", i), Initial: i == 0,
			Transitions: []Transition{{"message", min(i+1, MaxStates-1)}, {"any", i / 2}}}
	}
	way := attempts[1]
	way.limit = time.Minute // the machine may be busy
	p, l, err := place(t.Context(), engine(t), g, []attempt{way})
	if err != nil || len(l.nodes) <= MaxStates {
		t.Errorf("place = %v, %v, want more than %d nodes", p, err, MaxStates)
	}
}

// TestSVG is what callers see: with an engine of its own.
func TestSVG(t *testing.T) {
	engine(t)
	var b bytes.Buffer
	g := New(parse(t, `{"states":[{"name":"alone","initial":true}]}`), Marks{})
	if err := g.SVG(t.Context(), &b); err != nil || !strings.Contains(b.String(), ">alone</text>") {
		t.Errorf("SVG = %v, wrote %s", err, &b)
	}
}

func TestSVG_EndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := transit(t).SVG(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("SVG = %v, want %v", err, context.Canceled)
	}
}

// TestWriters_ManyStates: the other formats have no limit.
func TestWriters_ManyStates(t *testing.T) {
	g := &Graph{States: make([]State, 2000)}
	for i := range g.States {
		g.States[i] = State{Name: fmt.Sprint("s", i), Transitions: make([]Transition, 10)}
	}
	if got := strings.Count(written(t, g.Text), "\n"); got != 1+2000*11 {
		t.Errorf("the text has %d lines", got)
	}
	if got := strings.Count(written(t, g.Mermaid), "-->"); got != 2000 {
		t.Errorf("the diagram has %d arrows", got)
	}
}

var errFull = errors.New("disk full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWriters_ReportErrors(t *testing.T) {
	g := transit(t)
	for _, row := range []struct {
		name  string
		write func(testing.TB) error
	}{
		{"text", func(testing.TB) error { return g.Text(fullDisk{}) }},
		{"mermaid", func(testing.TB) error { return g.Mermaid(fullDisk{}) }},
		{"svg", func(tb testing.TB) error { return g.draw(tb.Context(), fullDisk{}, engine(tb)) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			if err := row.write(t); !errors.Is(err, errFull) {
				t.Errorf("%s to a full disk = %v, want %v", row.name, err, errFull)
			}
		})
	}
}
