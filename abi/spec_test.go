package abi_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
	"github.com/bothost/bothost/abi/jsontext"
)

// cells returns the first cells of the table that stands below a heading, in
// the order of the rows; a cell may hold several names.
func cells(t *testing.T, heading string) []string {
	t.Helper()
	_, section, ok := strings.Cut(read(t, readmePath), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("%s has no heading %q", readmePath, heading)
	}
	var names []string
	inTable := false
	for line := range strings.Lines(section) {
		cell, isRow := strings.CutPrefix(line, "| ")
		if !isRow && inTable && !strings.HasPrefix(line, "|") {
			break
		}
		if inTable = inTable || isRow; !isRow {
			continue
		}
		cell, _, _ = strings.Cut(cell, " |")
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1) {
			names = append(names, name[1])
		}
	}
	return names
}

// leaves returns the dotted paths of all values in a JSON object that are no
// objects; of arrays of objects those in the first one.
func leaves(t *testing.T, doc []byte, prefix string) []string {
	t.Helper()
	var object map[string]json.RawMessage
	if json.Unmarshal(doc, &object) != nil {
		var array []map[string]any
		if json.Unmarshal(doc, &array) == nil && len(array) > 0 {
			first, _ := json.Marshal(array[0])
			return leaves(t, first, prefix+"0.")
		}
		return []string{strings.TrimSuffix(prefix, ".")}
	}
	var paths []string
	for key, part := range object {
		paths = append(paths, leaves(t, part, prefix+key+".")...)
	}
	return paths
}

// The paths that the specification lists are those that events have.
func TestReadme_paths(t *testing.T) {
	bytes := abi.Response{Body: "\xff"}
	binary := abi.Event{Kind: abi.EventHTTP, Data: string(bytes.AppendJSON(nil))}
	var got, want []string
	listed := cells(t, "### Paths")
	list := append(others(), withFiles()...)
	for _, e := range append(list, binary, *fullEvent("hi"), withIntent()) {
		doc := e.AppendJSON(nil)
		want = append(want, leaves(t, doc, "")...)
		for _, path := range listed {
			if _, ok := jsontext.Lookup(doc, path); ok {
				got = append(got, path)
			}
		}
	}
	if want = slices.Compact(sorted(want)); !slices.Equal(sorted(listed), want) {
		t.Errorf("%s lists the paths %q, want %q", readmePath, listed, want)
	}
	if got = slices.Compact(sorted(got)); !slices.Equal(got, want) {
		t.Errorf("Lookup finds the paths %q, want %q", got, want)
	}
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

// The fields of an entry are those that an entry has.
func TestReadme_entry(t *testing.T) {
	e := abi.Entry{Seq: 1, From: abi.FromUser, Kind: abi.KindText, Body: "hi", ID: "m1", Turn: 1}
	got := sorted(cells(t, "## The log of a session"))
	makers := []string{"bot", "host", "user"}
	got = slices.DeleteFunc(got, func(s string) bool { return slices.Contains(makers, s) })
	want := sorted(leaves(t, append(e.AppendJSON([]byte("{")), '}'), ""))
	if !slices.Equal(got, want) {
		t.Errorf("%s lists the fields %q of an entry, want %q", readmePath, got, want)
	}
}

// The request that the specification shows is one, and has the fields that it
// lists.
func TestReadme_request(t *testing.T) {
	doc := request.AppendJSON(nil)
	parsed, err := abi.ParseRequest(doc)
	if err != nil {
		t.Fatalf("ParseRequest(%s) = %v, want no error", doc, err)
	}
	if parsed.Name = request.Name; !reflect.DeepEqual(parsed, request) {
		t.Errorf("ParseRequest(%s) = %+v, want %+v", doc, parsed, request)
	}
	_, section, _ := strings.Cut(read(t, readmePath), "\n## Requests\n")
	for _, field := range []string{"method", "url", "headers", "body", "timeout_ms"} {
		_, ok := jsontext.Lookup(doc, field)
		if !ok || !strings.Contains(section, "\n| `"+field+"` |") {
			t.Errorf("the field %s is not shown and listed", field)
		}
	}
}

// The definition that the specification shows is one, and has a value in every
// field: so all of them are shown.
func TestReadme_definition(t *testing.T) {
	_, section, _ := strings.Cut(read(t, readmePath), "\n## Definition\n")
	doc := jsonBlocks(section)[0]
	d, err := abi.ParseDefinition([]byte(doc))
	if err != nil {
		t.Fatalf("ParseDefinition(%s) = %v, want no error", doc, err)
	}
	shown := make(map[string]bool)
	for _, name := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(doc, -1) {
		shown[name[1]] = true
	}
	for _, typ := range definitionTypes {
		for _, name := range fields(typ.of) {
			if !shown[name] {
				t.Errorf("no %s of %s has the field %s", typ.of.Name(), d.Name, name)
			}
		}
	}
}

// definitionTypes are the types of a definition, by the headings under which the
// specification lists their fields.
var definitionTypes = []struct {
	headings []string
	of       reflect.Type
}{
	{[]string{"## Definition"}, reflect.TypeFor[abi.Definition]()},
	{[]string{"### States"}, reflect.TypeFor[abi.State]()},
	{[]string{"### Triggers", "### Transitions"}, reflect.TypeFor[abi.Transition]()},
	{[]string{"### Conditions"}, reflect.TypeFor[abi.Condition]()},
	{[]string{"### Intents"}, reflect.TypeFor[abi.Intent]()},
	{[]string{"### Entities"}, reflect.TypeFor[abi.Entity]()},
	{[]string{"### Values"}, reflect.TypeFor[abi.EntityValue]()},
}

// fields returns the names of a type's fields in JSON.
func fields(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// The specification lists the fields of each type of a definition, and no others.
func TestReadme_fields(t *testing.T) {
	for _, typ := range definitionTypes {
		var want []string
		for i, name := range fields(typ.of) {
			if inner := typ.of.Field(i).Type; inner == reflect.TypeFor[abi.DefinitionLimits]() {
				for _, limit := range fields(inner) {
					want = append(want, name+"."+limit)
				}
				continue
			}
			want = append(want, name)
		}
		var got []string
		for _, heading := range typ.headings {
			got = append(got, cells(t, heading)...)
		}
		if !slices.Equal(sorted(got), sorted(want)) {
			t.Errorf("%s lists the fields %q under %s, want %q", readmePath,
				got, typ.headings, want)
		}
	}
}

// The errors that the specification shows are those of the faults in its example.
func TestReadme_faults(t *testing.T) {
	_, section, _ := strings.Cut(read(t, readmePath), "\n## Definition\n")
	doc := jsonBlocks(section)[0]
	_, block, _ := strings.Cut(section, "```\ndefinition: ")
	block, _, _ = strings.Cut("definition: "+block, "```")
	lines := strings.Split(strings.TrimSpace(block), "\n")
	for i, fault := range [][2]string{
		{`"to": "done"},`, `"to": "dnoe"},`}, {`"option": "shop"`, `"option": 7`},
	} {
		_, err := abi.ParseDefinition([]byte(strings.Replace(doc, fault[0], fault[1], 1)))
		if err == nil || err.Error() != lines[i] {
			t.Errorf("ParseDefinition(%s) = %v, want %s", fault[1], err, lines[i])
		}
	}
}

// Every name in the specification that looks like a function's or a limit's is
// one.
func TestReadme_names(t *testing.T) {
	known := make(map[string]bool)
	for f := range abi.FunctionCount {
		known[f.String()] = true
	}
	for e := range abi.ExportCount {
		known[e.String()] = true
	}
	for _, row := range abi.LimitTable() {
		known[row.Name] = true
	}
	for _, row := range abi.Codes() {
		known[row.Name] = true
	}
	for _, other := range []string{
		"_start", "turn_ms", "proc_exit", abi.ModuleCore, "bothost_v2", abi.ModuleWASI,
		"delay_ms", "timeout_ms", "llm_name",
	} {
		known[other] = true
	}
	for _, other := range slices.Concat(bodies.ReasoningKinds(), bodies.TaskStatuses()) {
		known[other] = true
	}
	for _, row := range abi.Kinds() {
		known[string(row.Kind)] = true
	}
	for _, header := range abi.ReservedHeaders() {
		known[header] = true
	}
	for _, row := range abi.Responses() {
		known[string(row.Code)] = true
	}
	for _, typ := range definitionTypes {
		for _, field := range fields(typ.of) {
			known[field] = true
		}
	}
	name := regexp.MustCompile("`(_[a-z]+|[a-z]+(?:[_-][a-z0-9]+)+)`")
	for _, m := range name.FindAllStringSubmatch(read(t, readmePath), -1) {
		// What goes to clients of BESSER is tested where it is written.
		besser := strings.HasPrefix(m[1], "agent_reply_") || strings.HasPrefix(m[1], "bot_reply_")
		if !known[m[1]] && !besser {
			t.Errorf("%s speaks of %s, which does not exist", readmePath, m[1])
		}
	}
}
