package native

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
)

func TestParseRequest(t *testing.T) {
	id64 := strings.Repeat("a", 64)
	many := FileList(slices.Repeat([]string{"a"}, 1000)...)
	for _, tc := range []struct {
		name  string
		line  string
		want  Request
		fault Fault
	}{
		{name: "message", line: `{"type":"message","id":"m1","text":"hi"}`,
			want: Request{Type: Message, ID: "m1", Text: "hi"}},
		{name: "empty text", line: `{"type":"message","id":"m1","text":""}`,
			want: Request{Type: Message, ID: "m1"}},
		{name: "escapes", line: `{"type":"message","id":"\u006d1","text":"a\nb"}`,
			want: Request{Type: Message, ID: "m1", Text: "a\nb"}},
		{name: "spaces", line: " { \"type\" : \"pong\" }\r",
			want: Request{Type: Pong}},
		{name: "unknown field", line: `{"type":"ping","x":[1,{"y":null}]}`,
			want: Request{Type: Ping}},
		{name: "option", line: `{"type":"option","id":"o1","value":"yes"}`,
			want: Request{Type: Choice, ID: "o1", Value: "yes"}},
		{name: "history", line: `{"type":"history","before":7,"limit":3}`,
			want: Request{Type: History, Before: 7, Limit: 3}},
		{name: "hello",
			line: `{"type":"hello","session":"s","resume":"r","epoch":1,"after":2,"user":"u"}`,
			want: Request{Type: Hello, Session: "s", Resume: "r", Epoch: 1, After: 2, User: "u"}},
		{name: "hello with a token",
			line: `{"type":"hello","token":"` + strings.Repeat("t", MaxToken) + `"}`,
			want: Request{Type: Hello, Token: strings.Repeat("t", MaxToken)}},
		{name: "event", line: `{"type":"event","id":"e1","name":"gps","data":{"a":[1, 2]}}`,
			want: Request{Type: Event, ID: "e1", Name: "gps", Data: `{"a":[1, 2]}`}},
		{name: "event without data",
			line: `{"type":"event","id":"e1","name":"` + strings.Repeat("n", MaxName) + `"}`,
			want: Request{Type: Event, ID: "e1", Name: strings.Repeat("n", MaxName)}},
		{name: "ack", line: `{"type":"ack","seq":5}`, want: Request{Type: Ack, Seq: 5}},
		{name: "JSON", line: `{"type":"json","id":"j1","data":{"message":"hi"}}`,
			want: Request{Type: JSON, ID: "j1", Data: `{"message":"hi"}`}},
		{name: "JSON that is null", line: `{"type":"json","id":"j1","data":null}`,
			want: Request{Type: JSON, ID: "j1", Data: `null`}},
		{name: "variables", line: `{"type":"set","id":"s1","vars":{"a":"b","c":null}}`,
			want: Request{Type: Set, ID: "s1", Vars: `{"a":"b","c":null}`}},
		{name: "no variables", line: `{"type":"set","id":"s1","vars":{}}`,
			want: Request{Type: Set, ID: "s1", Vars: `{}`}},
		{name: "feedback in words", line: `{"type":"feedback","id":"f1","seq":3,"value":"good"}`,
			want: Request{Type: Feedback, ID: "f1", Seq: 3, Value: `"good"`}},
		{name: "feedback in numbers", line: `{"value":-0.5,"seq":3,"id":"f1","type":"feedback"}`,
			want: Request{Type: Feedback, ID: "f1", Seq: 3, Value: `-0.5`}},
		{name: "upload", line: `{"type":"upload","id":"u1"}`,
			want: Request{Type: Upload, ID: "u1"}},
		{name: "files", line: `{"type":"files","id":"f1","files":["a", "b"]}`,
			want: Request{Type: Files, ID: "f1", Files: `["a", "b"]`}},
		{name: "many files", line: `{"type":"files","id":"f1","files":` + many + `}`,
			want: Request{Type: Files, ID: "f1", Files: many}},
		{name: "voice", line: `{"type":"voice","id":"v1","file":"` + id64 + `"}`,
			want: Request{Type: Voice, ID: "v1", File: id64}},
		{name: "id at the limit", line: `{"type":"reset","id":"` + id64 + `"}`,
			want: Request{Type: Reset, ID: id64}},
		{name: "largest number", line: `{"type":"history","before":18446744073709551615}`,
			want: Request{Type: History, Before: 1<<64 - 1}},

		{name: "empty", line: ``, fault: Fault{Code: abi.CodeBadJSON}},
		{name: "not JSON", line: `hello`, fault: Fault{Code: abi.CodeBadJSON}},
		{name: "two objects", line: `{"type":"ping"}{"type":"ping"}`,
			fault: Fault{Code: abi.CodeBadJSON}},
		{name: "null", line: ` null`, fault: Fault{Code: abi.CodeNotObject}},
		{name: "array", line: `[{"type":"ping"}]`, fault: Fault{Code: abi.CodeNotObject}},
		{name: "string", line: `"ping"`, fault: Fault{Code: abi.CodeNotObject}},
		{name: "no type", line: `{}`, fault: Fault{abi.CodeMissingField, "type"}},
		{name: "null type", line: `{"type":null}`, fault: Fault{abi.CodeMissingField, "type"}},
		{name: "unknown type", line: `{"type":"dance","id":"m1"}`,
			want: Request{Type: "dance", ID: "m1"}, fault: Fault{Code: abi.CodeUnknownType}},
		{name: "empty type", line: `{"type":""}`, fault: Fault{Code: abi.CodeUnknownType}},
		{name: "no id", line: `{"type":"message","text":"hi"}`,
			want: Request{Type: Message}, fault: Fault{abi.CodeMissingField, "id"}},
		{name: "no text", line: `{"type":"message","id":"m1"}`,
			want: Request{Type: Message, ID: "m1"}, fault: Fault{abi.CodeMissingField, "text"}},
		{name: "no value", line: `{"type":"option","id":"m1","text":"x"}`,
			want: Request{Type: Choice, ID: "m1"}, fault: Fault{abi.CodeMissingField, "value"}},
		{name: "event without a name", line: `{"type":"event","id":"e1","data":1}`,
			want: Request{Type: Event, ID: "e1"}, fault: Fault{abi.CodeMissingField, "name"}},
		{name: "event with an empty name", line: `{"type":"event","id":"e1","name":""}`,
			want: Request{Type: Event, ID: "e1"}, fault: Fault{abi.CodeBadValue, "name"}},
		{name: "event with a long name",
			line: `{"type":"event","id":"e1","name":"` + strings.Repeat("n", MaxName+1) + `"}`,
			want: Request{Type: Event, ID: "e1"}, fault: Fault{abi.CodeBadValue, "name"}},
		{name: "event whose data is no JSON",
			line:  `{"type":"event","id":"e1","name":"gps","data":x}`,
			fault: Fault{Code: abi.CodeBadJSON}},
		{name: "JSON without data", line: `{"type":"json","id":"j1"}`,
			want: Request{Type: JSON, ID: "j1"}, fault: Fault{abi.CodeMissingField, "data"}},
		{name: "JSON without an id", line: `{"type":"json","data":1}`,
			want: Request{Type: JSON}, fault: Fault{abi.CodeMissingField, "id"}},
		{name: "no vars", line: `{"type":"set","id":"s1"}`,
			want: Request{Type: Set, ID: "s1"}, fault: Fault{abi.CodeMissingField, "vars"}},
		{name: "vars in a list", line: `{"type":"set","id":"s1","vars":["a"]}`,
			want: Request{Type: Set, ID: "s1"}, fault: Fault{abi.CodeWrongType, "vars"}},
		{name: "vars that are null", line: `{"type":"set","id":"s1","vars":null}`,
			want: Request{Type: Set, ID: "s1"}, fault: Fault{abi.CodeWrongType, "vars"}},
		{name: "feedback on nothing", line: `{"type":"feedback","id":"f1","value":1}`,
			want: Request{Type: Feedback, ID: "f1"}, fault: Fault{abi.CodeMissingField, "seq"}},
		{name: "feedback on entry 0", line: `{"type":"feedback","id":"f1","seq":0,"value":1}`,
			want: Request{Type: Feedback, ID: "f1"}, fault: Fault{abi.CodeBadValue, "seq"}},
		{name: "feedback without a value", line: `{"type":"feedback","id":"f1","seq":1}`,
			want: Request{Type: Feedback, ID: "f1"}, fault: Fault{abi.CodeMissingField, "value"}},
		{name: "feedback that is null", line: `{"type":"feedback","id":"f1","seq":1,"value":null}`,
			want: Request{Type: Feedback, ID: "f1"}, fault: Fault{abi.CodeWrongType, "value"}},
		{name: "feedback that is long",
			line: `{"type":"feedback","id":"f1","seq":1,"value":"` + id64 + `x"}`,
			want: Request{Type: Feedback, ID: "f1"}, fault: Fault{abi.CodeBadValue, "value"}},
		{name: "value is a number", line: `{"type":"option","id":"o1","value":5}`,
			want: Request{Type: Choice, ID: "o1"}, fault: Fault{abi.CodeWrongType, "value"}},
		{name: "long token",
			line: `{"type":"hello","token":"` + strings.Repeat("t", MaxToken+1) + `"}`,
			want: Request{Type: Hello, Token: strings.Repeat("t", MaxToken+1)}},
		{name: "empty id", line: `{"type":"reset","id":""}`,
			want: Request{Type: Reset}, fault: Fault{abi.CodeBadID, "id"}},
		{name: "long id", line: `{"type":"reset","id":"` + id64 + `a"}`,
			want: Request{Type: Reset}, fault: Fault{abi.CodeBadID, "id"}},
		{name: "control character in id", line: `{"type":"reset","id":"a\u0007"}`,
			want: Request{Type: Reset}, fault: Fault{abi.CodeBadID, "id"}},
		{name: "bad id of unknown type", line: `{"type":"dance","id":"\u200b"}`,
			want: Request{Type: "dance"}, fault: Fault{abi.CodeBadID, "id"}},
		{name: "text is a number", line: `{"type":"message","id":"m1","text":5}`,
			want: Request{Type: Message, ID: "m1"}, fault: Fault{abi.CodeWrongType, "text"}},
		{name: "id is a number", line: `{"type":"message","id":1,"text":"hi"}`,
			want: Request{Type: Message}, fault: Fault{abi.CodeWrongType, "id"}},
		{name: "type is an object", line: `{"type":{}}`, fault: Fault{abi.CodeWrongType, "type"}},
		{name: "negative", line: `{"type":"history","before":-1}`,
			want: Request{Type: History}, fault: Fault{abi.CodeWrongType, "before"}},
		{name: "fraction", line: `{"type":"history","limit":1.5}`,
			want: Request{Type: History}, fault: Fault{abi.CodeWrongType, "limit"}},
		{name: "too large a number", line: `{"type":"history","limit":18446744073709551616}`,
			want: Request{Type: History}, fault: Fault{abi.CodeWrongType, "limit"}},
		{name: "upload without an id", line: `{"type":"upload"}`,
			want: Request{Type: Upload}, fault: Fault{abi.CodeMissingField, "id"}},
		{name: "no files", line: `{"type":"files","id":"f1"}`,
			want: Request{Type: Files, ID: "f1"}, fault: Fault{abi.CodeMissingField, "files"}},
		{name: "an empty list of files", line: `{"type":"files","id":"f1","files":[]}`,
			want: Request{Type: Files, ID: "f1"}, fault: Fault{abi.CodeBadValue, "files"}},
		{name: "files that are null", line: `{"type":"files","id":"f1","files":null}`,
			want: Request{Type: Files, ID: "f1"}, fault: Fault{abi.CodeWrongType, "files"}},
		{name: "files that are a string", line: `{"type":"files","id":"f1","files":"a"}`,
			want: Request{Type: Files, ID: "f1"}, fault: Fault{abi.CodeWrongType, "files"}},
		{name: "a file that is a number", line: `{"type":"files","id":"f1","files":["a",1]}`,
			want: Request{Type: Files, ID: "f1"}, fault: Fault{abi.CodeWrongType, "files"}},
		{name: "a file that is null", line: `{"type":"files","id":"f1","files":[null]}`,
			want: Request{Type: Files, ID: "f1"}, fault: Fault{abi.CodeWrongType, "files"}},
		{name: "a file without a name", line: `{"type":"files","id":"f1","files":["a",""]}`,
			want: Request{Type: Files, ID: "f1"}, fault: Fault{abi.CodeBadValue, "files"}},
		{name: "a file with a long name",
			line: `{"type":"files","id":"f1","files":["` + id64 + `x"]}`,
			want: Request{Type: Files, ID: "f1"}, fault: Fault{abi.CodeBadValue, "files"}},
		{name: "no voice", line: `{"type":"voice","id":"v1","files":["a"]}`,
			want: Request{Type: Voice, ID: "v1"}, fault: Fault{abi.CodeMissingField, "file"}},
		{name: "an empty voice", line: `{"type":"voice","id":"v1","file":""}`,
			want: Request{Type: Voice, ID: "v1"}, fault: Fault{abi.CodeBadValue, "file"}},
		{name: "a voice that is a list", line: `{"type":"voice","id":"v1","file":["a"]}`,
			want: Request{Type: Voice, ID: "v1"}, fault: Fault{abi.CodeWrongType, "file"}},
		{name: "user with a line", line: `{"type":"hello","user":"a\nb"}`,
			want: Request{Type: Hello}, fault: Fault{abi.CodeBadValue, "user"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, fault := ParseRequest([]byte(tc.line), 64)
			if tc.fault.Code != 0 {
				// The rest of a bad request does not count.
				got = Request{Type: got.Type, ID: got.ID}
			}
			if got != tc.want || fault != tc.fault {
				t.Errorf("ParseRequest(%s) = %+v, %+v, want %+v, %+v", tc.line, got,
					fault, tc.want, tc.fault)
			}
		})
	}
}

// What is read, is read again from what is written; the fast way reads nothing
// that the slow way reads differently.
func FuzzParseRequest(f *testing.F) {
	for _, seed := range []string{
		`{"type":"message","id":"m1","text":"hi"}`,
		`{"type":"option","id":"o1","value":"ja\u0000"}`,
		`{"type":"hello","session":"s","resume":"r","epoch":1,"after":2,"user":"u"}`,
		`{"type":"history","before":18446744073709551615,"limit":3}`,
		`{"type":"event","id":"e1","name":"gps","data": {"a" : [null, "\u0000"]} }`,
		`{"type":"json","id":"j1","data": [1 , "\u0000"]}`,
		`{"type":"set","id":"s1","vars":{"a" : 1}}`,
		`{"type":"feedback","id":"f1","seq":3,"value":"good"}`, `{"value":1,"type":"feedback"}`,
		`{"type":"hello","token":"t"}`, `{"type":"ack","seq":1}`,
		`{"type":"upload","id":"u1"}`, `{"type":"files","id":"f1","files":[ "a" ,"b"]}`,
		`{"type":"voice","id":"v1","file":"a"}`, `{"type":"files","id":"f1","files":[null]}`,
		`{"type":"ping","type":"pong"}`, `{"TYPE":"ping"}`, `{"type":"reset","id":null}`,
		` {"type" : "pong" } `, `{"type":"history","before":01}`, `[]`, `null`, `{"a":{"b":[]}}`,
		"{\"type\":\"message\",\"id\":\"\xff\",\"text\":\"\x01\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if !utf8.Valid(line) {
			return
		}
		if r, has, ok := parsePlain(line); ok {
			slow, slowHas, fault := parseAny(line)
			if slow != r || slowHas != has || fault.Code != 0 {
				t.Errorf("parsePlain(%q) = %+v, %d, want %+v, %d, %+v", line, r, has,
					slow, slowHas, fault)
			}
		}
		r, fault := ParseRequest(line, 64)
		if fault.Code != 0 {
			return
		}
		only := relevant(r)
		again, fault := ParseRequest(only.Append(nil), 64)
		if again != only || fault.Code != 0 {
			t.Errorf("ParseRequest(Append(%+v)) = %+v, %+v", only, again, fault)
		}
	})
}

// relevant drops fields that do not count for the type.
func relevant(r Request) Request {
	switch r.Type {
	case Message:
		return Request{Type: r.Type, ID: r.ID, Text: r.Text}
	case Choice:
		return Request{Type: r.Type, ID: r.ID, Value: r.Value}
	case Hello:
		r.ID, r.Text, r.Value, r.Before, r.Limit, r.Name, r.Data = "", "", "", 0, 0, "", ""
		r.Vars, r.Seq, r.File, r.Files = "", 0, "", ""
		return r
	case Event:
		return Request{Type: r.Type, ID: r.ID, Name: r.Name, Data: r.Data}
	case JSON:
		return Request{Type: r.Type, ID: r.ID, Data: r.Data}
	case Set:
		return Request{Type: r.Type, ID: r.ID, Vars: r.Vars}
	case Voice:
		return Request{Type: r.Type, ID: r.ID, File: r.File}
	case Files:
		return Request{Type: r.Type, ID: r.ID, Files: r.Files}
	case Feedback:
		return Request{Type: r.Type, ID: r.ID, Seq: r.Seq, Value: r.Value}
	case History:
		return Request{Type: r.Type, Before: r.Before, Limit: r.Limit}
	}
	return Request{Type: r.Type, ID: r.ID}
}

func BenchmarkParseRequest(b *testing.B) {
	line := []byte(`{"type":"message","id":"m12345","text":"` + strings.Repeat("x", 60) + `"}`)
	for _, way := range []struct {
		name string
		f    func([]byte) (Request, fields, Fault)
	}{
		{"json", parseAny},
		{"plain", func(line []byte) (Request, fields, Fault) {
			r, has, _ := parsePlain(line)
			return r, has, Fault{}
		}},
	} {
		b.Run("way="+way.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				way.f(line)
			}
		})
	}
}
