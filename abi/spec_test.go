package abi_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
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
// objects.
func leaves(t *testing.T, doc []byte, prefix string) []string {
	t.Helper()
	var object map[string]json.RawMessage
	if json.Unmarshal(doc, &object) != nil {
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
	for _, e := range append(others(), binary, *fullEvent("hi")) {
		doc := e.AppendJSON(nil)
		want = append(want, leaves(t, doc, "")...)
		for _, path := range listed {
			if _, ok := abi.Lookup(doc, path); ok {
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
		if _, ok := abi.Lookup(doc, field); !ok || !strings.Contains(section, "\n| `"+field+"` |") {
			t.Errorf("the field %s is not shown and listed", field)
		}
	}
}

// The definition that the specification shows is one, and holds all the fields
// that it lists but those that are refused.
func TestReadme_definition(t *testing.T) {
	_, section, _ := strings.Cut(read(t, readmePath), "\n## Definition\n")
	_, doc, _ := strings.Cut(section, "```json\n")
	doc, _, _ = strings.Cut(doc, "```")
	d, err := abi.ParseDefinition([]byte(doc))
	if err != nil {
		t.Fatalf("ParseDefinition(%s) = %v, want no error", doc, err)
	}
	if d.Name == "" || d.Version == "" || d.ABI == "" || d.Limits.TurnMillis == 0 {
		t.Errorf("ParseDefinition(%s) = %+v, want all fields", doc, d)
	}
	got := sorted(cells(t, "## Definition"))
	want := sorted(append(leaves(t, []byte(doc), ""), "states", "intents"))
	if !slices.Equal(got, want) {
		t.Errorf("%s lists the fields %q of a definition, want %q", readmePath, got, want)
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
		"delay_ms", "timeout_ms",
	} {
		known[other] = true
	}
	for _, header := range abi.ReservedHeaders() {
		known[header] = true
	}
	for _, row := range abi.Responses() {
		known[string(row.Code)] = true
	}
	name := regexp.MustCompile("`(_[a-z]+|[a-z]+(?:[_-][a-z0-9]+)+)`")
	for _, m := range name.FindAllStringSubmatch(read(t, readmePath), -1) {
		if !known[m[1]] {
			t.Errorf("%s speaks of %s, which does not exist", readmePath, m[1])
		}
	}
}
