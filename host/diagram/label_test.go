package diagram

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

func TestLabel(t *testing.T) {
	value := func(s string) json.RawMessage { return json.RawMessage(s) }
	for _, row := range []struct {
		name string
		t    abi.Transition
		want string
	}{
		{"intent", abi.Transition{Intent: "stop"}, "intent stop"},
		{"no intent", abi.Transition{NoIntent: true}, "no intent"},
		{"message", abi.Transition{Message: true}, "message"},
		{"option", abi.Transition{Option: "yes"}, "option yes"},
		{"voice", abi.Transition{Voice: true}, "voice"},
		{"file of types", abi.Transition{File: true, FileTypes: []string{"image/*", "text/csv"}},
			"file [image/* or text/csv]"},
		{"event", abi.Transition{Event: "paid"}, "event paid"},
		{"time", abi.Transition{AfterMillis: 90_000}, "after 90 s"},
		{"any", abi.Transition{Any: true}, "any"},
		{"auto", abi.Transition{Auto: true}, "auto"},
		{"condition alone",
			abi.Transition{When: abi.Conditions{{Var: "n", Op: ">", Value: value("3")}}},
			"if n > 3"},
		{"guard alone", abi.Transition{Guard: abi.Names{"open"}}, "if open()"},
		{"all conditions", abi.Transition{Message: true, Guard: abi.Names{"open", "paid"},
			When: abi.Conditions{{Var: "city", Op: "in", Value: value(`["a","b"]`)}}},
			`message [city in ["a","b"], open(), paid()]`},
		{"escape", abi.Transition{Option: "a\x1b[2Jb\n"}, `option a\u{1b}[2Jb\u{a}`},
		{"marks of direction", abi.Transition{Event: "a\u202eb\u2066"},
			`event a\u{202e}b\u{2066}`},
		{"no text", abi.Transition{Event: "a\xffb"}, "event a\ufffdb"},
		{"letters", abi.Transition{Intent: "größe 尺寸 क्ष نمی\u200cخواهم 👩\u200d🚀"},
			"intent größe 尺寸 क्ष نمی\u200cخواهم 👩\u200d🚀"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := label(&row.t); got != row.want {
				t.Errorf("label(%+v) = %q, want %q", row.t, got, row.want)
			}
		})
	}
}

func TestDuration(t *testing.T) {
	for ms, want := range map[int64]string{
		1: "1 ms", 1500: "1500 ms", 1000: "1 s", 90_000: "90 s", 60_000: "1 min", 300_000: "5 min",
		3_600_000: "1 h", 86_400_000: "1 d", 86_401_000: "86401 s",
	} {
		if got := duration(ms); got != want {
			t.Errorf("duration(%d) = %q, want %q", ms, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	for _, row := range []struct {
		name, in, want string
	}{
		{"empty", "", ""},
		{"one below", "abcd", "abcd"},
		{"at", "abcde", "abcde"},
		{"one above", "abcdef", "abcd…"},
		{"letters of several bytes", "äöüßäö", "äöüß…"},
		{"space before the cut", "abc def", "abc…"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := short(row.in, 5); got != row.want || !utf8.ValidString(got) {
				t.Errorf("short(%q) = %q, want %q", row.in, got, row.want)
			}
		})
	}
}

func TestLabelLines(t *testing.T) {
	many := func(n int) []string { return slices.Repeat([]string{"x"}, n) }
	for _, row := range []struct {
		name   string
		labels []string
		want   []string
	}{
		{"one", []string{"any"}, []string{"any"}},
		{"conditions of a long one", []string{"message [" + strings.Repeat("a", 30) + "]"},
			[]string{"message", "[" + strings.Repeat("a", 30) + "]"}},
		{"as many as there may be", many(maxLines), many(maxLines)},
		{"one more", many(maxLines + 1), append(many(maxLines-1), "and 2 others")},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := labelLines(row.labels); !slices.Equal(got, row.want) {
				t.Errorf("labelLines(%q) = %q, want %q", row.labels, got, row.want)
			}
		})
	}
}

func TestNew(t *testing.T) {
	d := parse(t, `{"name": "n", "version": "1", "states": [
		{"name": "lost", "transitions": [{"any": true, "to": "last"}]},
		{"name": "help", "global": {"event": "help"}, "transitions": [{"any": true, "to": "@previous"}]},
		{"name": "last"},
		{"name": "begin", "initial": true, "recheck_ms": 5000, "was": ["start", "first"], "transitions": [
			{"message": true, "to": "last"}, {"voice": true, "to": "last"}, {"any": true, "to": "begin"}]}]}`)
	g := New(d, Marks{Unreachable: []string{"lost"}, DeadEnds: []string{"last"}})
	const want = `dialog: 4 states, 6 transitions
> begin  (initial)  (recheck every 5 s)  (was start, first)
    message -> last
    voice   -> last
    any     -> begin
! last  (dead end)
  help  (global)
    from any state: event help
    any -> (previous state)
! lost  (unreachable)
    any -> last
`
	if got := written(t, g.Text); got != want {
		t.Errorf("Text wrote\n%s, want\n%s", got, want)
	}
	var lines []string
	for _, e := range g.edges() {
		lines = append(lines, strings.Join(e.labels, "+"))
	}
	if got, want := strings.Join(lines, " "), "message+voice any event help any any"; got != want {
		t.Errorf("edges = %s, want %s", got, want)
	}
}

// FuzzNew: every state has one place and every transition one line, whatever leads
// where.
func FuzzNew(f *testing.F) {
	f.Add([]byte(`{"states":[{"name":"a","initial":true,"transitions":[{"any":true,"to":"a"}]}]}`))
	f.Add([]byte(`{"states":[{"name":"b"},{"name":"a","initial":true,"global":{"any":true},
		"transitions":[{"any":true,"to":"b"},{"message":true,"to":"@previous"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := abi.ParseDefinition(data)
		if err != nil {
			return
		}
		g := New(d, Marks{})
		if len(g.States) != len(d.States) {
			t.Fatalf("%d states have %d places", len(d.States), len(g.States))
		}
		for i := range g.States {
			if g.States[i].Initial != (i == 0) {
				t.Errorf("state %d: initial is %v", i, g.States[i].Initial)
			}
		}
		states, transitions := g.size()
		lines := strings.Count(written(t, g.Text), "\n")
		if lines != 1+states+transitions {
			t.Errorf("the text has %d lines for %d states and %d transitions", lines,
				states, transitions)
		}
		for line := range strings.Lines(written(t, g.Mermaid)) {
			if strings.ContainsFunc(line[:len(line)-1],
				func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("the diagram has the line %q", line)
			}
		}
		checkFake(t, g)
	})
}

// checkFake draws without Graphviz, everything at one place: what is left is that
// the picture is XML of the elements it may have.
func checkFake(t *testing.T, g *Graph) {
	t.Helper()
	for _, folded := range []bool{false, true} {
		p := newPicture(g, folded)
		l := &layout{nodes: make([]placed, len(p.boxes)), edges: make([]placed, len(p.arrows))}
		for i := range l.edges {
			l.edges[i].curve = make([]point, 4)
		}
		var b strings.Builder
		c := newCanvas(&b)
		c.picture(p, l)
		if err := c.b.Flush(); err != nil {
			t.Fatal(err)
		}
		list, _ := elements(t, b.String())
		for _, e := range list {
			if !allowed.MatchString(e) {
				t.Errorf("the picture has an element %q", e)
			}
		}
	}
}
