package abi_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// name has n bytes.
func name(n int) string { return strings.Repeat("n", n) }

// dialog is a definition with the entity city, the intent hello and the state a,
// which has the transitions; the state b is there to go to.
func dialog(transitions string) string {
	return `{"entities":[{"name":"city","values":["Graz"]}],` +
		`"intents":[{"name":"hello","examples":["hi"]}],` +
		`"states":[{"name":"a","initial":true,"transitions":[` + transitions + `]},{"name":"b"}]}`
}

// states is a definition of states alone.
func states(list ...string) string { return `{"states":[` + strings.Join(list, ",") + `]}` }

// when is a dialog whose one transition has a condition.
func when(op, value string) string {
	return dialog(fmt.Sprintf(`{"when":{"var":"v","op":%q,"value":%s},"to":"b"}`, op, value))
}

// global is a dialog to whose state b all others have a transition.
func global(rule string) string {
	return states(`{"name":"a","initial":true}`, `{"name":"b","global":`+rule+`}`)
}

// manyStates has n states, of which the first ones are global.
func manyStates(n, globals int) string {
	list := []string{`{"name":"s0","initial":true}`}
	if globals > 0 {
		list[0] = `{"name":"s0","initial":true,"global":{"any":true}}`
	}
	for i := 1; i < n; i++ {
		global := "null"
		if i < globals {
			global = `{"any":true}`
		}
		list = append(list, fmt.Sprintf(`{"name":"s%d","global":%s}`, i, global))
	}
	return states(list...)
}

// manyPatterns has n patterns of the largest size, and one of the size rest.
func manyPatterns(n, rest int) string {
	pattern := func(size int) string {
		return fmt.Sprintf(`{"var":"v","op":"matches","value":"%s"}`, name(size))
	}
	list := slices.Repeat([]string{pattern(abi.MaxPattern)}, n)
	return dialog(`{"when":[` + strings.Join(append(list, pattern(rest)), ",") + `],"to":"b"}`)
}

// TestParseDefinition_dialog has a row for each rule of declared dialogs, with
// the words of its error; empty if the definition is right. Limits are tested
// one below, at and one above.
func TestParseDefinition_dialog(t *testing.T) {
	const inA = `states[0] "a": transitions[0]: `
	for _, tt := range []struct{ name, output, want string }{
		{"whole", dialog(`{"intent":"hello","to":"b"}`), ""},
		{"intents alone", `{"intents":[{"name":"hello","examples":["hi"]}]}`, ""},
		{"entities alone", `{"entities":[{"name":"x","values":["y"]}]}`, ""},
		{"empty arrays", `{"states":[],"intents":[],"entities":[]}`, ""},

		{"entity without name", `{"entities":[{"values":["y"]}]}`,
			"entities[0]: name: must not be empty"},
		{"entity twice", `{"entities":[{"name":"x","values":["y"]},{"name":"x","values":["y"]}]}`,
			`entities[1] "x": name: "x" stands twice`},
		{"entity with a colon", `{"entities":[{"name":"x:y","values":["y"]}]}`,
			`entities[0] "x:y": name: must have no {, : or } in it`},
		{"entity with an opening brace", `{"entities":[{"name":"{x","values":["y"]}]}`,
			`entities[0] "{x": name: must have no {, : or } in it`},
		{"entity with a closing brace", `{"entities":[{"name":"x}","values":["y"]}]}`,
			`entities[0] "x}": name: must have no {, : or } in it`},
		{"entity without values", `{"entities":[{"name":"x"}]}`,
			`entities[0] "x": values: must not be empty`},
		{"value empty", `{"entities":[{"name":"x","values":["y",""]}]}`,
			`entities[0] "x": values[1]: must not be empty`},
		{"value blank", `{"entities":[{"name":"x","values":[{"value":" \t"}]}]}`,
			`entities[0] "x": values[0]: must not be empty`},
		{"value null", `{"entities":[{"name":"x","values":[null]}]}`,
			`entities[0] "x": values[0]: must not be empty`},
		{"synonym blank",
			`{"entities":[{"name":"x","values":[{"value":"y","synonyms":["z"," "]}]}]}`,
			`entities[0] "x": values[0]: synonyms[1]: must not be empty`},

		{"intent without name", `{"intents":[{"examples":["hi"]}]}`,
			"intents[0]: name: must not be empty"},
		{"intent twice",
			`{"intents":[{"name":"x","examples":["y"]},{"name":"x","examples":["y"]}]}`,
			`intents[1] "x": name: "x" stands twice`},
		{"intent without examples", `{"intents":[{"name":"x","examples":[]}]}`,
			`intents[0] "x": examples: must not be empty`},
		{"example blank", `{"intents":[{"name":"x","examples":["y"," "]}]}`,
			`intents[0] "x": examples[1] " ": must not be empty`},
		{"example with half a slot", `{"intents":[{"name":"x","examples":["to {city"]}]}`,
			`intents[0] "x": examples[0] "to {city": a { or } has no other half`},
		{"example with an empty slot", `{"intents":[{"name":"x","examples":["to {}"]}]}`,
			`intents[0] "x": examples[0] "to {}": a slot has no name`},
		{"example of another entity", `{"intents":[{"name":"x","examples":["to {to:town}"]}]}`,
			`intents[0] "x": examples[0] "to {to:town}": there is no entity "town"`},

		{"state without name", states(`{"initial":true}`), "states[0]: name: must not be empty"},
		{"state twice", states(`{"name":"a","initial":true}`, `{"name":"a"}`),
			`states[1] "a": name: "a" stands twice`},
		{"state with control characters", states(`{"name":"a\n"}`),
			`states[0] "a\n": name: must not have control characters, is "a\n"`},
		{"state, name one below",
			states(`{"initial":true,"name":"` + name(abi.MaxName-1) + `"}`), ""},
		{"state, name at", states(`{"initial":true,"name":"` + name(abi.MaxName) + `"}`), ""},
		{"state, name one above", states(`{"name":"` + name(abi.MaxName+1) + `"}`),
			`states[0] "` + name(128) + `": name: has at most 128 bytes, this one has 129`},
		{"state with @", states(`{"name":"@a","initial":true}`),
			`states[0] "@a": name: must not begin with @`},
		{"state with @ later", states(`{"name":"a@","initial":true}`), ""},
		{"no initial state", states(`{"name":"a"}`, `{"name":"b"}`),
			"states: one of them must be initial"},
		{"two initial states", states(`{"name":"a","initial":true}`, `{"name":"b","initial":true}`),
			`states[1] "b": initial: "a" is the initial state already`},

		{"states, one below", manyStates(4095, 0), ""},
		{"states, at", manyStates(4096, 0), ""},
		{"states, one above", manyStates(4097, 0), "states: at most 4096, these are 4097"},
		{"global states, one below", manyStates(40, 31), ""},
		{"global states, at", manyStates(40, 32), ""},
		{"global states, one above", manyStates(40, 33),
			`states[32] "s32": global: at most 32 states are global`},

		{"was", states(`{"name":"a","initial":true,"was":["b","c"]}`), ""},
		{"was empty", states(`{"name":"a","initial":true,"was":["b",""]}`),
			`states[0] "a": was[1]: must not be empty`},
		{"was of another state", states(`{"name":"a","initial":true}`, `{"name":"b","was":["a"]}`),
			`states[1] "b": was[0]: there is still a state "a"`},
		{"was itself", states(`{"name":"a","initial":true,"was":["a"]}`),
			`states[0] "a": was[0]: there is still a state "a"`},
		{"was twice", states(`{"name":"a","initial":true,"was":["x"]}`, `{"name":"b","was":["x"]}`),
			`states[1] "b": was[0]: "x" stands twice`},

		{"recheck 0", states(`{"name":"a","initial":true,"recheck_ms":0}`), ""},
		{"recheck one below", states(`{"name":"a","initial":true,"recheck_ms":99}`),
			`states[0] "a": recheck_ms: must be 100 to 31536000000 ms, is 99`},
		{"recheck below zero", states(`{"name":"a","initial":true,"recheck_ms":-1}`),
			`states[0] "a": recheck_ms: must be 100 to 31536000000 ms, is -1`},
		{"recheck at the least", states(`{"name":"a","initial":true,"recheck_ms":100}`), ""},
		{"recheck at the most", states(`{"name":"a","initial":true,"recheck_ms":31536000000}`), ""},
		{"recheck one above", states(`{"name":"a","initial":true,"recheck_ms":31536000001}`),
			`states[0] "a": recheck_ms: must be 100 to 31536000000 ms, is 31536000001`},

		{"global", global(`{"event":"help"}`), ""},
		{"global null", global(`null`), ""},
		{"global with conditions", global(`{"message":true,"guard":"open"}`), ""},
		{"global with a target", global(`{"message":true,"to":"b"}`),
			`states[1] "b": global: to: leads to this state, so that it must be empty`},
		{"global without trigger", global(`{"guard":"open"}`),
			`states[1] "b": global: needs an event as its trigger`},
		{"global auto", global(`{"auto":true}`),
			`states[1] "b": global: needs an event as its trigger`},
		{"global after a time", global(`{"after_ms":100}`),
			`states[1] "b": global: needs an event as its trigger`},
		{"global with two triggers", global(`{"message":true,"any":true}`),
			`states[1] "b": global: has the triggers message and any; one at most`},
		{"global of an unknown intent", global(`{"intent":"help"}`),
			`states[1] "b": global: intent: there is no intent "help"`},

		{"to itself", dialog(`{"message":true,"to":"a"}`), ""},
		{"to previous", dialog(`{"message":true,"to":"@previous"}`), ""},
		{"to missing", dialog(`{"message":true}`), inA + "to: must not be empty"},
		{"to unknown", dialog(`{"message":true,"to":"c"}`), inA + `to: there is no state "c"`},
		{"to unknown in the second", dialog(`{"message":true,"to":"b"},{"any":true,"to":"c"}`),
			`states[0] "a": transitions[1]: to: there is no state "c"`},
		{"transition null", dialog(`null`), inA + "to: must not be empty"},

		{"no trigger", dialog(`{"to":"b"}`), inA + "needs a trigger or a condition"},
		{"trigger false", dialog(`{"message":false,"to":"b"}`),
			inA + "needs a trigger or a condition"},
		{"no trigger, conditions empty", dialog(`{"when":[],"guard":[],"to":"b"}`),
			inA + "needs a trigger or a condition"},
		{"guard alone", dialog(`{"guard":"g","to":"b"}`), ""},
		{"when alone", when("==", "1"), ""},
		{"three triggers", dialog(`{"intent":"hello","file":true,"auto":true,"to":"b"}`),
			inA + "has the triggers intent and file and auto; one at most"},
		{"auto with a condition", dialog(`{"auto":true,"guard":"g","to":"b"}`),
			inA + "auto moves at once; leave it out where there are conditions"},
		{"after auto", dialog(`{"auto":true,"to":"b"},{"message":true,"to":"b"}`),
			`states[0] "a": transitions[1]: comes after an auto transition, so that it can never move`},
		{"auto last", dialog(`{"message":true,"to":"b"},{"auto":true,"to":"b"}`), ""},
		{"intent unknown", dialog(`{"intent":"bye","to":"b"}`),
			inA + `intent: there is no intent "bye"`},
		{"intent twice",
			dialog(`{"intent":"hello","to":"b"},{"intent":"hello","guard":"g","to":"a"}`),
			`states[0] "a": transitions[1]: intent: "hello" is used twice in this state`},

		{"after one below", dialog(`{"after_ms":99,"to":"b"}`),
			inA + "after_ms: must be 100 to 31536000000 ms, is 99"},
		{"after below zero", dialog(`{"after_ms":-1,"to":"b"}`),
			inA + "after_ms: must be 100 to 31536000000 ms, is -1"},
		{"after at the least", dialog(`{"after_ms":100,"to":"b"}`), ""},
		{"after at the most", dialog(`{"after_ms":31536000000,"to":"b"}`), ""},
		{"after one above", dialog(`{"after_ms":31536000001,"to":"b"}`),
			inA + "after_ms: must be 100 to 31536000000 ms, is 31536000001"},

		{"file types of files",
			dialog(`{"file":true,"file_types":["image/*","a/b"],"to":"b"}`), ""},
		{"file types of audio", dialog(`{"voice":true,"file_types":["audio/wav"],"to":"b"}`), ""},
		{"file types of any event", dialog(`{"any":true,"file_types":["*/*"],"to":"b"}`), ""},
		{"file types of texts", dialog(`{"message":true,"file_types":["image/*"],"to":"b"}`),
			inA + "file_types: needs the trigger file, voice or any"},
		{"file types alone", dialog(`{"file_types":["image/*"],"to":"b"}`),
			inA + "file_types: needs the trigger file, voice or any"},

		{"guard one below", dialog(`{"guard":"` + name(127) + `","to":"b"}`), ""},
		{"guard at", dialog(`{"guard":"` + name(128) + `","to":"b"}`), ""},
		{"guard one above", dialog(`{"guard":"` + name(129) + `","to":"b"}`),
			inA + "guard[0]: has at most 128 bytes, this one has 129"},
		{"guard empty", dialog(`{"guard":["g",""],"to":"b"}`), inA + "guard[1]: must not be empty"},
		{"guard with control characters", dialog(`{"guard":"\u0007","to":"b"}`),
			inA + `guard[0]: must not have control characters, is "\a"`},

		{"when without variable", dialog(`{"when":{"op":"==","value":1},"to":"b"}`),
			inA + "when[0]: var: must not be empty"},
		{"variable at",
			dialog(`{"when":{"var":"` + name(128) + `","op":"==","value":1},"to":"b"}`), ""},
		{"variable one above",
			dialog(`{"when":{"var":"` + name(129) + `","op":"==","value":1},"to":"b"}`),
			inA + "when[0]: var: has at most 128 bytes, this one has 129"},
		{"when without operator", dialog(`{"when":{"var":"v","value":1},"to":"b"}`),
			inA + `when[0]: op: "" is none of == != < <= > >= contains in matches`},
		{"when with another operator", dialog(
			`{"when":[{"var":"v","op":"==","value":1},{"var":"v","op":"=","value":1}],"to":"b"}`),
			inA + `when[1]: op: "=" is none of == != < <= > >= contains in matches`},
		{"when without value", dialog(`{"when":{"var":"v","op":"=="},"to":"b"}`),
			inA + "when[0]: value: is missing; null stands for a variable that is not set"},
	} {
		t.Run(tt.name, func(t *testing.T) { checkParse(t, tt.output, tt.want) })
	}
}

// checkParse parses a definition, and compares the words of the error. None is
// long enough to flood an operator's log.
func checkParse(t *testing.T, output, want string) {
	t.Helper()
	d, err := abi.ParseDefinition([]byte(output))
	got := ""
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "definition: ")
	}
	if got != want || (d == nil) != (err != nil) || len(got) > 1000 {
		t.Errorf("ParseDefinition(%.300s) = error\n%.1000s, want\n%s", output, got, want)
	}
}

func TestParseDefinition_operands(t *testing.T) {
	const (
		right   = ""
		one     = "compares one value; in takes an array"
		ordered = "needs a number or a string"
		text    = "needs a string"
		other   = "must be a string, a number, a boolean or null, or an array of them"
	)
	all := []string{`"x"`, `1.5`, `true`, `null`, `["x",1,null]`, `{}`, `[[]]`}
	for _, tt := range []struct {
		ops  string
		want [7]string // for each of all
	}{
		{"== !=", [7]string{right, right, right, right, one, other, other}},
		{"< <= > >=", [7]string{right, right, ordered, ordered, ordered, other, other}},
		{"contains matches", [7]string{right, text, text, text, text, other, other}},
		{"in", [7]string{"in needs an array", "in needs an array", "in needs an array",
			"in needs an array", right, other, other}},
	} {
		for op := range strings.FieldsSeq(tt.ops) {
			for i, value := range all {
				want := tt.want[i]
				if want == one || want == ordered || want == text {
					want = op + " " + want
				}
				if want != "" {
					want = `states[0] "a": transitions[0]: when[0]: value: ` + want
				}
				t.Run(op+" "+value, func(t *testing.T) { checkParse(t, when(op, value), want) })
			}
		}
	}
}

func TestParseDefinition_patterns(t *testing.T) {
	const at = `states[0] "a": transitions[0]: when[0]: value: `
	for _, tt := range []struct{ name, output, want string }{
		{"bad", when("matches", `"a("`), at + `is no pattern of RE2: missing closing ): "a("`},
		{"look ahead", when("matches", `"(?=a)"`),
			at + `is no pattern of RE2: invalid or unsupported Perl syntax: "(?="`},
		{"long and bad", when("matches", `"(`+name(5000)+`"`),
			at + `is no pattern of RE2: missing closing ): "(` + name(39) + `"`},
		{"one below", when("matches", `"`+name(999)+`"`), ""},
		{"at", when("matches", `"`+name(1000)+`"`), ""},
		{"one above", when("matches", `"`+name(1001)+`"`),
			at + "a pattern has at most the size 1000, this one has 1001"},
		{"small class", when("matches", `"[^a-z0-9_]{500}"`), ""},
		{"repetition at", when("matches", `"(?:ab){333}"`), ""},
		{"repetition above", when("matches", `"(?:ab){2,334}"`),
			at + "a pattern has at most the size 1000, this one has 1002"},
		{"repetition without end", when("matches", `"(?:ab){334,}"`),
			at + "a pattern has at most the size 1000, this one has 1002"},
		{"repetitions of repetitions", when("matches", `"((a{10}){10}){10}"`),
			at + "a pattern has at most the size 1000, this one has 2220"},
		{"all, one below", manyPatterns(9, 999), ""},
		{"all, at", manyPatterns(9, 1000), ""},
		{"all, one above", manyPatterns(10, 1), `states[0] "a": transitions[0]: when[10]: ` +
			"value: all patterns together have at most the size 10000"},
	} {
		t.Run(tt.name, func(t *testing.T) { checkParse(t, tt.output, tt.want) })
	}
}

// How many ranges a class has depends on the version of Unicode.
func TestParseDefinition_largeClasses(t *testing.T) {
	checkParse(t, when("matches", `"^\\pL+\\PN$"`), "")
	_, err := abi.ParseDefinition([]byte(when("matches", `"\\pL{500}"`)))
	if err == nil || !strings.Contains(err.Error(), "at most the size 1000, this one has 2") {
		t.Errorf("ParseDefinition(500 times a large class) = %v, want it to be too large", err)
	}
}

func TestParseDefinition_fileTypes(t *testing.T) {
	for _, typ := range []string{
		"image/*", "*/*", "text/plain", "IMAGE/PNG", "image/svg+xml", "application/vnd.ms-excel",
	} {
		checkParse(t, dialog(fmt.Sprintf(`{"file":true,"file_types":[%q],"to":"b"}`, typ)), "")
	}
	for _, typ := range []string{
		"", "image", "image/", "/png", "*", "*/png", "im*/png", "image/p*", "image/**", "i*/*",
		"image/png/x", "text/plain; charset=utf-8", "text/plain;", " text/plain", "text/plain ",
		"image/png,image/gif", "te xt/plain",
	} {
		checkParse(t, dialog(fmt.Sprintf(`{"file":true,"file_types":[%q],"to":"b"}`, typ)),
			`states[0] "a": transitions[0]: file_types[0]: `+
				fmt.Sprintf("%q is no MIME type such as image/* or text/plain", typ))
	}
}

// The shape of a document is checked with the place, at any depth.
func TestParseDefinition_shape(t *testing.T) {
	for _, tt := range []struct{ output, want string }{
		{states(`{"name":"a"}`, `{"transitions":[{"to":"a"},{"to":1}]}`),
			"states[1].transitions[1].to: must be a string, is number"},
		{`{"states":{}}`, "states: must be an array, is object"},
		{`{"states":[1]}`, "states[0]: must be an object, is number"},
		{`{"states":[{"initial":"yes"}]}`, "states[0].initial: must be true or false, is string"},
		{`{"states":[{"was":"x"}]}`, "states[0].was: must be an array, is string"},
		{`{"states":[{"was":[true]}]}`, "states[0].was[0]: must be a string, is bool"},
		{`{"states":[{"global":true}]}`, "states[0].global: must be an object, is bool"},
		{`{"states":[{"global":{"any":1}}]}`,
			"states[0].global.any: must be true or false, is number"},
		{`{"states":[{"recheck_ms":1.5}]}`,
			"states[0].recheck_ms: must be a whole number, is number 1.5"},
		{`{"states":[{"recheck_ms":1e3}]}`,
			"states[0].recheck_ms: must be a whole number, is number 1e3"},
		{`{"states":[{"recheck_ms":"1"}]}`,
			"states[0].recheck_ms: must be a whole number, is string"},
		{dialog(`{"guard":1}`), "states[0].transitions[0].guard: must be a string, is number"},
		{dialog(`{"guard":["g",[]]}`),
			"states[0].transitions[0].guard[1]: must be a string, is array"},
		{dialog(`{"when":"x"}`), "states[0].transitions[0].when: must be an object, is string"},
		{dialog(`{"when":{"var":1}}`),
			"states[0].transitions[0].when.var: must be a string, is number"},
		{dialog(`{"when":[{"op":{}}]}`),
			"states[0].transitions[0].when[0].op: must be a string, is object"},
		{`{"intents":[{"examples":"hi"}]}`, "intents[0].examples: must be an array, is string"},
		{`{"entities":[{"values":[1]}]}`, "entities[0].values[0]: must be an object, is number"},
		{`{"entities":[{"values":["x",{"value":1}]}]}`,
			"entities[0].values[1].value: must be a string, is number"},
		{`{"limits":{"turn_ms":true}}`, "limits.turn_ms: must be a whole number, is bool"},

		{`{"states":[{"nam":"a"}]}`, `states[0]: the field "nam" is unknown`},
		{`{"states":[{"Name":"a"}]}`, `states[0]: the field "Name" is unknown`},
		{`{"states":[{"":1}]}`, `states[0]: the field "" is unknown`},
		{dialog(`{"any":true,"to":"b","gaurd":"g","else":1}`),
			`states[0].transitions[0]: the field "else" is unknown`},
		{dialog(`{"when":[{"var":"v","op":"==","valeu":1}],"to":"b"}`),
			`states[0].transitions[0].when[0]: the field "valeu" is unknown`},
		{`{"intents":[{"name":"x","example":["y"]}]}`,
			`intents[0]: the field "example" is unknown`},
		{`{"entities":[{"name":"x","value":["y"]}]}`, `entities[0]: the field "value" is unknown`},
		{`{"entities":[{"name":"x","values":[{"synonym":"y"}]}]}`,
			`entities[0].values[0]: the field "synonym" is unknown`},
		{`{"States":[1],"x":{}}`, "states: must be an object, is number"},
		{`{"name":1,"name":"x"}`, "name: must be a string, is number"},
		{when("==", "1e999"), `states[0] "a": transitions[0]: when[0]: value: ` +
			"must be a number, is number 1e999"},
	} {
		checkParse(t, tt.output, tt.want)
	}
}

// One thing may stand for an array of one, and a string for an entity's value.
func TestParseDefinition_shortForms(t *testing.T) {
	for _, tt := range []struct{ short, long string }{
		{dialog(`{"guard":"g","to":"b"}`), dialog(`{"guard":["g"],"to":"b"}`)},
		{dialog(`{"any":true,"guard":null,"when":null,"to":"b"}`), dialog(`{"any":true,"to":"b"}`)},
		{when("==", "null"), dialog(`{"when":[{"var":"v","op":"==","value":null}],"to":"b"}`)},
		{`{"entities":[{"name":"x","values":["y",{"value":"z","synonyms":["w"]}]}]}`,
			`{"entities":[{"values":[{"value":"y"},{"synonyms":["w"],"value":"z"}],"name":"x"}]}`},
	} {
		short, err1 := abi.ParseDefinition([]byte(tt.short))
		long, err2 := abi.ParseDefinition([]byte(tt.long))
		if err1 != nil || err2 != nil || !reflect.DeepEqual(short, long) {
			t.Errorf("ParseDefinition(%s) = %+v, %v, want %+v, %v", tt.short,
				short, err1, long, err2)
		}
	}
	d, err := abi.ParseDefinition([]byte(dialog(`{"guard":["g","h"],"when":[` +
		`{"var":"v","op":"in","value":[1,"x"]},{"var":"w","op":"==","value":null}],"to":"b"}`)))
	want := abi.Transition{Guard: abi.Names{"g", "h"}, To: "b", When: abi.Conditions{
		{Var: "v", Op: abi.OpIn, Value: json.RawMessage(`[1,"x"]`)},
		{Var: "w", Op: abi.OpEqual, Value: json.RawMessage(`null`)},
	}}
	if err != nil || !reflect.DeepEqual(d.States[0].Transitions[0], want) {
		t.Errorf("ParseDefinition(several) = %+v, %v, want %+v", d, err, want)
	}
}

func TestSlots(t *testing.T) {
	const half, nameless = "a { or } has no other half", "a slot has no name"
	for _, tt := range []struct {
		example string
		want    []abi.Slot
		err     string
	}{
		{"", nil, ""},
		{"hello", nil, ""},
		{"in {city}", []abi.Slot{{"city", "city"}}, ""},
		{"{from:city} to {to:city}", []abi.Slot{{"from", "city"}, {"to", "city"}}, ""},
		{"{a}{a}", []abi.Slot{{"a", "a"}, {"a", "a"}}, ""},
		{"{a:b:c}", []abi.Slot{{"a", "b:c"}}, ""},
		{"{ a }", []abi.Slot{{" a ", " a "}}, ""},
		{"{é}", []abi.Slot{{"é", "é"}}, ""},
		{"{", nil, half}, {"}", nil, half}, {"{a", nil, half}, {"a}", nil, half}, {"}{", nil, half},
		{"{a}}", nil, half}, {"{{a}", nil, half}, {"{{a}}", nil, half}, {"{a} {b", nil, half},
		{"{}", nil, nameless}, {"{:}", nil, nameless}, {"{:a}", nil, nameless},
		{"{a:}", nil, nameless},
		{"{a} {}", nil, nameless},
	} {
		got, err := abi.Slots(tt.example)
		if fmt.Sprint(err) != words(tt.err) || !slices.Equal(got, tt.want) {
			t.Errorf("Slots(%q) = %v, %v, want %v, %v", tt.example, got, err,
				tt.want, words(tt.err))
		}
	}
}

// words is how Sprint writes an error with this text, or none.
func words(text string) string {
	if text == "" {
		return "<nil>"
	}
	return text
}

func TestCondition_Operand(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  any
		err   string
	}{
		{`"x"`, "x", ""}, {`""`, "", ""}, {`1`, 1.0, ""},
		{`-1.5e2`, -150.0, ""}, {`true`, true, ""},
		{`null`, nil, ""}, {`[]`, []any{}, ""},
		{` ["x", 1, false, null] `, []any{"x", 1.0, false, nil}, ""},
		{``, nil, "is missing; null stands for a variable that is not set"},
		{`{}`, nil, "must be a string, a number, a boolean or null, or an array of them"},
		{`[{}]`, nil, "must be a string, a number, a boolean or null, or an array of them"},
		{`[[]]`, nil, "must be a string, a number, a boolean or null, or an array of them"},
		{`1e999`, nil, "must be a number, is number 1e999"},
		{`x`, nil, "not JSON at byte 1"},
	} {
		c := abi.Condition{Value: json.RawMessage(tt.value)}
		got, err := c.Operand()
		if !reflect.DeepEqual(got, tt.want) || (err != nil) != (tt.err != "") ||
			err != nil && !strings.HasPrefix(err.Error(), tt.err) {
			t.Errorf("Operand(%s) = %#v, %v, want %#v, %q", tt.value, got, err, tt.want, tt.err)
		}
	}
}

func TestDefinition_Guards(t *testing.T) {
	for _, tt := range []struct {
		name, output string
		want         []string
	}{
		{"none", `{}`, nil},
		{"no guards", dialog(`{"any":true,"to":"b"}`), nil},
		{"in order, each once", dialog(`{"guard":["y","x"],"to":"b"},{"guard":["z","y"],"to":"b"}`),
			[]string{"y", "x", "z"}},
		{"global ones after the state's own", states(
			`{"name":"a","initial":true,"global":{"any":true,"guard":["g","h"]},`+
				`"transitions":[{"guard":"h","to":"b"}]}`,
			`{"name":"b","global":{"message":true,"guard":"i"}}`), []string{"h", "g", "i"}},
	} {
		d, err := abi.ParseDefinition([]byte(tt.output))
		if err != nil || !slices.Equal(d.Guards(), tt.want) {
			t.Errorf("%s: Guards() = %q, %v, want %q", tt.name, d.Guards(), err, tt.want)
		}
	}
}

// Each trigger is a field of transitions, and found by its name.
func TestTransition_Trigger(t *testing.T) {
	if got := new(abi.Transition).Trigger(); got != "" {
		t.Errorf("Trigger(none) = %q, want none", got)
	}
	values := map[string]string{"a": `"x"`, "an": `"x"`, "`true`": `true`, "milliseconds": `100`}
	for _, row := range abi.Triggers() {
		first, _, _ := strings.Cut(row.Takes, " ")
		doc := fmt.Sprintf(`{%q:%s,"to":"b","guard":"g"}`, row.Name, values[first])
		var tr abi.Transition
		if err := json.Unmarshal([]byte(doc), &tr); err != nil || tr.Trigger() != row.Name {
			t.Errorf("Trigger(%s) = %q, %v, want %q", doc, tr.Trigger(), err, row.Name)
		}
	}
	if got := len(abi.Triggers()); got != 10 {
		t.Errorf("%d triggers, want 10", got)
	}
}

func TestPrediction_Param(t *testing.T) {
	p := abi.Prediction{Params: []abi.SlotValue{
		{Name: "a", Value: "1"}, {Name: "b"}, {Name: "a", Value: "2"},
	}}
	for _, tt := range []struct {
		name, want string
		ok         bool
	}{{"a", "1", true}, {"b", "", true}, {"c", "", false}, {"", "", false}} {
		if got, ok := p.Param(tt.name); got != tt.want || ok != tt.ok {
			t.Errorf("Param(%q) = %q, %t, want %q, %t", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}
