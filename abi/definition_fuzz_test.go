package abi_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
)

// definitionSeeds reach every rule.
var definitionSeeds = []string{
	"", "{}", "null", `{"name":"hello","version":"1.2.0","abi":"1.0","limits":{"turn_ms":2000}}`,
	`{"abi":"2.0"}`, `{"states":[{}]}`, `{"intents":[1]}`, `{"limits":{"turn_ms":1e3}}`,
	`{"name":"\u0085"}`, `{"name":"a","name":1,"States":[],"states":null}`,
	dialog(`{"intent":"hello","when":{"var":"n","op":">","value":1},"to":"b"},` +
		`{"no_intent":true,"to":"b"}`),
	dialog(`{"option":"y","to":"@previous"},{"after_ms":1000,"to":"a"},{"auto":true,"to":"b"}`),
	dialog(`{"file":true,"file_types":["image/*","*/*"],"guard":["g","h"],"to":"b"},` +
		`{"voice":true,"to":"a"}`),
	dialog(`{"event":"json","to":"b"},{"any":true,"to":"b"},{"guard":"g","to":"b"}`),
	dialog(`{"message":true,"to":"c"}`), dialog(`{"message":true,"auto":true}`),
	when("matches", `"(a{1,30}|[^b]){33,}"`), when("matches", `"((((((((((a{10}){10}){10}"`),
	when("in", `["x",1,null,true]`), when("in", `{}`), when("!=", "null"), when("<", "1e999"),
	when("contains", `"\ud800"`), when("=", "1"),
	global(`{"message":true,"guard":"g"}`), global(`{"auto":true}`),
	states(`{"name":"a","initial":true,"was":["b"],"recheck_ms":100}`, `{"name":"c","was":["b"]}`),
	`{"entities":[{"name":"x","values":["y",{"value":"z","synonyms":["w"]}]}],` +
		`"intents":[{"name":"i","examples":["{x}","{a:x} to {b:x}","}"]}]}`,
}

// The law: an error and nothing else, or a definition that comes out of its own
// JSON as it is; soon, whatever it is.
func FuzzParseDefinition(f *testing.F) {
	for _, seed := range definitionSeeds {
		f.Add([]byte(seed))
	}
	example, err := os.ReadFile(readmePath)
	if err != nil {
		f.Fatal(err)
	}
	for _, block := range jsonBlocks(string(example)) {
		f.Add([]byte(block))
	}
	f.Fuzz(func(t *testing.T, output []byte) {
		began := time.Now()
		d, err := abi.ParseDefinition(output)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("ParseDefinition(%d bytes) took %v", len(output), took)
		}
		if (d == nil) != (err != nil) {
			t.Fatalf("ParseDefinition(%q) = %+v, %v, want one of them", output, d, err)
		}
		if err != nil {
			if len(err.Error()) > 4000 {
				t.Errorf("ParseDefinition(%q) = error of %d bytes", output, len(err.Error()))
			}
			return
		}
		again(t, d)
		if d.ABI != "" && d.ABI != abi.Version {
			t.Errorf("ParseDefinition(%q) = %+v, want an error", output, d)
		}
		if got := d.TurnTime(time.Second); got <= 0 || got > time.Second {
			t.Errorf("TurnTime(%+v) = %v, want above 0 and at most 1s", d, got)
		}
		if got := d.TurnFuel(1000); got <= 0 || got > 1000 {
			t.Errorf("TurnFuel(%+v) = %d, want above 0 and at most 1000", d, got)
		}
	})
}

// again parses what a definition is written as, which must give the same.
func again(t *testing.T, d *abi.Definition) {
	t.Helper()
	first, err := json.Marshal(d)
	if err != nil {
		t.Fatalf("Marshal(%+v) = %v", d, err)
	}
	parsed, err := abi.ParseDefinition(first)
	if err != nil {
		t.Fatalf("ParseDefinition(%s) = %v, want no error", first, err)
	}
	second, err := json.Marshal(parsed)
	if err != nil || !bytes.Equal(first, second) {
		t.Fatalf("Marshal(ParseDefinition(%s)) = %s, %v, want the same", first, second, err)
	}
}
