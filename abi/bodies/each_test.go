package bodies_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi/bodies"
)

// places say of every place in the bodies of examples what may stand there: types
// by their first letters, s for string, n number, b boolean, a array, o object, 0
// null, or * for anything. Then ? says that the field may be missing, and + of an
// object that it may have more fields. Numbers stand for all elements of an array.
var places = map[bodies.Shape]map[string]string{
	bodies.Options: {"": "a", "0": "so", "0.label": "s", "0.value": "s"},
	bodies.Dataframe: {"": "o", "columns": "a", "columns.0": "s", "rows": "a", "rows.0": "a",
		"rows.0.0": "snb0"},
	bodies.Plotly: {"": "o+", "data": "a", "data.0": "o+", "data.0.*": "*?", "layout": "o0?+",
		"layout.*": "*?"},
	bodies.Location: {"": "o", "latitude": "n", "longitude": "n"},
	bodies.RAG: {"": "o", "llm_name": "s0?", "question": "s", "answer": "s",
		"docs": "a0?", "docs.0": "o",
		"docs.0.content": "s", "docs.0.metadata": "o0?+", "docs.0.metadata.*": "*?"},
	bodies.Reasoning: {"": "o", "kind": "s", "step": "n", "summary": "s",
		"details": "o0?+", "details.*": "*?"},
	bodies.Tasks: {"": "a", "0": "o", "0.id": "n", "0.description": "s", "0.status": "s",
		"0.result": "s0?"},
	bodies.GUI:   guiPlaces,
	bodies.File:  filePlaces(""),
	bodies.Image: filePlaces(""),
	bodies.Audio: filePlaces(""),
	bodies.Voice: filePlaces(""),
	bodies.Files: filePlaces("0"),
}

var guiPlaces = map[string]string{
	"": "o+", "name": "s", "modules": "a", "modules.0": "o+", "modules.0.name": "s",
	"modules.0.screens":   "a",
	"modules.0.screens.0": "o+", "modules.0.screens.0.type": "*?", "modules.0.screens.0.name": "s",
	"modules.0.screens.0.view_elements": "a0?", "modules.0.screens.0.view_elements.0": "o+",
	"modules.0.screens.0.view_elements.0.*": "*?",
}

// filePlaces are those of a file, or of an array of them.
func filePlaces(at string) map[string]string {
	of := map[string]string{"": "o"}
	prefix := ""
	if at != "" {
		of[""], of[at], prefix = "a", "o", at+"."
	}
	for name, types := range map[string]string{"name": "s", "type": "s", "size": "n"} {
		of[prefix+name] = types
	}
	return of
}

// ofTypes are values of each type. What is a string or a number may still break
// another rule, and is tried elsewhere.
var ofTypes = map[string]any{
	"s": "x", "n": 1.0, "b": true, "a": []any{}, "o": map[string]any{}, "0": nil,
}

// TestShape_Parse_each takes an example of each shape, and puts at every place what
// may not stand there: each other type, nothing, and one field more.
func TestShape_Parse_each(t *testing.T) {
	for shape := range bodies.JSON {
		if shape == bodies.Text || shape == bodies.HTML {
			continue
		}
		t.Run(names[shape], func(t *testing.T) {
			m := &mutator{t: t, shape: shape, places: places[shape], used: make(map[string]bool)}
			if err := json.Unmarshal([]byte(example(t, shape)), &m.root); err != nil {
				t.Fatal(err)
			}
			m.walk("", m.root, func(v any) { m.root = v }, nil)
			for path := range m.places {
				if !m.used[path] {
					t.Errorf("no example has %q", path)
				}
			}
			if m.refused < 8 {
				t.Errorf("%d bodies were refused, too few to tell", m.refused)
			}
		})
	}
}

// mutator puts values in the place of others, and back.
type mutator struct {
	t       *testing.T
	shape   bodies.Shape
	places  map[string]string
	root    any
	used    map[string]bool
	refused int
}

// rule returns what may stand at a place.
func (m *mutator) rule(path string) string {
	parts := strings.Split(path, ".")
	for i, part := range parts {
		if part != "" && part[0] >= '0' && part[0] <= '9' {
			parts[i] = "0"
		}
	}
	path = strings.Join(parts, ".")
	if _, ok := m.places[path]; !ok {
		parent := strings.Join(parts[:len(parts)-1], ".") + ".*"
		m.used[parent] = true
		return m.places[parent]
	}
	m.used[path] = true
	return m.places[path]
}

// walk tries everything at a place and below; remove, if not nil, takes it away.
func (m *mutator) walk(path string, v any, set func(any), remove func()) {
	rule := m.rule(path)
	switch {
	case rule == "":
		m.t.Fatalf("nothing says what may stand at %q", path)
	case strings.Contains(rule, "*"):
		return
	}
	for letter, other := range ofTypes {
		if !strings.Contains(rule, letter) {
			set(other)
			m.refuses(path, fmt.Sprintf("%v in its place", other))
		}
	}
	set(v)
	if remove != nil && !strings.Contains(rule, "?") {
		remove()
		m.refuses(path, "it missing")
		set(v)
	}
	switch v := v.(type) {
	case []any:
		for i := range v {
			m.walk(join(path, fmt.Sprint(i)), v[i], func(x any) { v[i] = x }, nil)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			m.walk(join(path, name), v[name], func(x any) { v[name] = x },
				func() { delete(v, name) })
		}
		if !strings.Contains(rule, "+") {
			v["unknown"] = 1.0
			m.refuses(path, "a field more")
			delete(v, "unknown")
		}
	}
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// refuses wants the body as it is now to break a rule.
func (m *mutator) refuses(path, what string) {
	m.t.Helper()
	body, err := json.Marshal(m.root)
	if err != nil {
		m.t.Fatal(err)
	}
	m.refused++
	kept, err := m.shape.Parse(body)
	if err == nil || kept != "" {
		m.t.Errorf("with %s at %q Parse(%s) = %s, %v, want an error", what, path, body, kept, err)
	}
}
