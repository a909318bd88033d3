package guest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// The SDK has the contract's names a second time, because abi would bring
// encoding/json into every module. These tests hold the two together.

// directives returns the functions of a file that have a compiler directive
// called name, by the directive's last word.
func directives(t *testing.T, file, name string) map[string]*ast.FuncDecl {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]*ast.FuncDecl)
	for _, decl := range parsed.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Doc == nil {
			continue
		}
		for _, comment := range f.Doc.List {
			if rest, ok := strings.CutPrefix(comment.Text, "//go:"+name+" "); ok {
				found[rest] = f
			}
		}
	}
	return found
}

// signature returns a function's type in the text format of WebAssembly.
func signature(t *testing.T, f *ast.FuncDecl) string {
	t.Helper()
	types := func(list *ast.FieldList, open string) string {
		var s strings.Builder
		if list == nil || len(list.List) == 0 {
			return ""
		}
		for _, field := range list.List {
			for range max(1, len(field.Names)) {
				s.WriteString(" " + wasmType(t, field.Type))
			}
		}
		return " (" + open + s.String() + ")"
	}
	return "(func" + types(f.Type.Params, "param") + types(f.Type.Results, "result") + ")"
}

func wasmType(t *testing.T, e ast.Expr) string {
	t.Helper()
	switch name := fmt.Sprint(e); name {
	case "int32", "uint32", "&{unsafe Pointer}":
		return "i32"
	case "int64":
		return "i64"
	case "string": // an address and a length
		return "i32 i32"
	default:
		t.Fatalf("%s is no type of the contract", name)
		return ""
	}
}

func TestContract_Imports(t *testing.T) {
	imports := directives(t, "internal/wire/wire_wasip1.go", "wasmimport")
	if got, want := len(imports), int(abi.FunctionCount); got != want {
		t.Errorf("%d imports, want the %d of the table", got, want)
	}
	for f := range abi.FunctionCount {
		decl := imports[abi.ModuleCore+" "+f.String()]
		if decl == nil {
			t.Errorf("%s is not imported", f)
			continue
		}
		if got, want := signature(t, decl), f.Info().Signature(); got != want {
			t.Errorf("%s = %s, want %s", f, got, want)
		}
	}
}

func TestContract_Exports(t *testing.T) {
	exports := directives(t, "export_wasip1.go", "wasmexport")
	built, native := slices.Sorted(maps.Keys(exports)), slices.Sorted(maps.Keys(wire.Exports()))
	if !slices.Equal(built, native) {
		t.Errorf("modules export %q, tests %q", built, native)
	}
	for name, decl := range exports {
		if _, ok := abi.ExportByName(name); !ok {
			t.Errorf("export %s is not in the table", name)
		}
		if got, want := signature(t, decl), "(func (result i32))"; got != want {
			t.Errorf("%s = %s, want %s", name, got, want)
		}
	}
}

func TestContract_Values(t *testing.T) {
	tests := []struct {
		name      string
		got, want any
	}{
		{"absent", wire.Absent, abi.Absent},
		{"done", resultDone, int32(abi.Done)},
		{"failed", resultFailed, int32(abi.Failed)},
		{"not handled", resultNotHandled, int32(abi.NotHandled)},
		{"debug", levelDebug, int(abi.LevelDebug)},
		{"info", levelInfo, int(abi.LevelInfo)},
		{"warn", levelWarn, int(abi.LevelWarn)},
		{"error", levelError, int(abi.LevelError)},
		{"history", MaxHistory, abi.MaxHistory},
		{"previous", previous, abi.Previous},
		{"json", AnyJSON().text, abi.NameJSON},
		{"from user", string(FromUser), string(abi.FromUser)},
		{"from bot", string(FromBot), string(abi.FromBot)},
		{"from host", string(FromHost), string(abi.FromHost)},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s = %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

// Every kind of entry and of event has its constant.
func TestContract_Kinds(t *testing.T) {
	var kinds, events []string
	for _, info := range abi.Kinds() {
		kinds = append(kinds, string(info.Kind))
	}
	for _, info := range abi.Events() {
		events = append(events, string(info.Kind))
	}
	for _, k := range []Kind{
		KindText, KindOptions, KindMarkdown, KindHTML, KindDataframe, KindPlotly, KindLocation,
		KindRAG, KindReasoning, KindTasks, KindGUI, KindGUIUpdate, KindFile, KindImage, KindAudio,
		KindFiles, KindVoice, KindOption, KindJSON, KindNotice,
	} {
		if !slices.Contains(kinds, string(k)) {
			t.Errorf("there is no kind %q", k)
		}
		kinds = slices.DeleteFunc(kinds, func(s string) bool { return s == string(k) })
	}
	for _, k := range []EventKind{
		EventStart, EventMessage, EventOption, EventReset, EventTimer, EventHTTP, EventCustom,
		EventVoice, EventFile, EventJSON, EventFeedback, EventSet, EventAfter, EventRecheck,
	} {
		if !slices.Contains(events, string(k)) {
			t.Errorf("there is no event %q", k)
		}
		events = slices.DeleteFunc(events, func(s string) bool { return s == string(k) })
	}
	if len(kinds)+len(events) > 0 {
		t.Errorf("kinds %q and events %q have no constants", kinds, events)
	}
	codes := []ResponseCode{
		ResponseTimeout, ResponseRefused, ResponseTooLarge, ResponseRedirect, ResponseFailed,
		ResponseForbidden,
	}
	for i, info := range abi.Responses() {
		if i >= len(codes) || string(codes[i]) != string(info.Code) {
			t.Errorf("response code %d is %q, and has no constant in its place", i, info.Code)
		}
	}
}

// What the SDK writes of a request is what the host reads.
func TestRequest(t *testing.T) {
	for _, tt := range []struct {
		request Request
		want    abi.Request
	}{
		{Request{URL: "http://h"},
			abi.Request{Method: "GET", URL: "http://h", TimeoutMillis: abi.DefaultTimeout}},
		{Request{
			Method: "PATCH", URL: "https://h/\"x\"?é", Body: "line\n\t\\ \u2028", TimeoutMillis: 1,
			Headers: []Header{{"X-A", `"1"`}, {"Content-Type", "text/plain"}},
		}, abi.Request{
			Method: "PATCH", URL: "https://h/\"x\"?é", Body: "line\n\t\\ \u2028", TimeoutMillis: 1,
			Headers: map[string]string{"x-a": `"1"`, "content-type": "text/plain"},
		}},
	} {
		doc := tt.request.appendJSON(nil)
		got, err := abi.ParseRequest(doc)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("ParseRequest(%s) = %+v, %v, want %+v", doc, got, err, tt.want)
		}
	}
}

// lookupHost answers event_get from an event, as a host does.
type lookupHost struct {
	recordingHost
	event abi.Event
}

func (h *lookupHost) Pull(_, path string, _ int, buf []byte) int {
	value, ok := jsontext.Lookup(h.event.AppendJSON(nil), path)
	if !ok {
		return wire.Absent
	}
	if len(value) <= len(buf) {
		copy(buf, value)
	}
	return len(value)
}

func TestEvent(t *testing.T) {
	type seen struct {
		name, data string
		late       bool
	}
	for _, tt := range []struct {
		event abi.Event
		want  seen
	}{
		{abi.Event{Kind: abi.EventMessage, Text: "hi"}, seen{}},
		{abi.Event{Kind: abi.EventTimer, Name: "t", Data: `{"a":1}`}, seen{"t", `{"a":1}`, false}},
		{abi.Event{Kind: abi.EventTimer, Name: "t", Late: true}, seen{"t", "", true}},
		{abi.Event{Kind: abi.EventCustom, Name: "e", Data: `{"a":1}`}, seen{"e", `{"a":1}`, false}},
		{abi.Event{Kind: abi.EventCustom, Name: "e", Data: `"\u00e9"`}, seen{"e", "é", false}},
		{abi.Event{Kind: abi.EventCustom, Name: "e"}, seen{"e", "null", false}},
		{abi.Event{Kind: abi.EventHTTP, Name: "r", Data: `{}`}, seen{"r", "", false}},
		{abi.Event{Kind: abi.EventJSON, Name: abi.NameJSON, Data: `[1]`}, seen{"json", "[1]", false}},
		{abi.Event{Kind: abi.EventAfter, Data: "60000"}, seen{"", "60000", false}},
		{abi.Event{Kind: abi.EventRecheck}, seen{}},
	} {
		h := &lookupHost{event: tt.event}
		install(t, &h.recordingHost)
		wire.Install(h)
		e := session.Event()
		if got := (seen{e.Name(), e.Data(), e.Late()}); got != tt.want {
			t.Errorf("event %+v = %+v, want %+v", tt.event, got, tt.want)
		}
		if string(e.Kind()) != string(tt.event.Kind) {
			t.Errorf("Kind() = %q, want %q", e.Kind(), tt.event.Kind)
		}
	}
}

// What a handler reads of the event, whichever it is.
func TestSession_OfTheEvent(t *testing.T) {
	h := &lookupHost{event: abi.Event{
		Kind: abi.EventMessage, Text: "to \"Graz\"", Human: true, Session: "s1",
		User: abi.User{ID: "ann", Verified: true},
		Prediction: &abi.Prediction{Intent: "go", Score: 0.75, Params: []abi.SlotValue{
			{Name: "a.b", Value: "Graz", Start: 4, End: 8}, {Name: "é", Value: `"`, Start: 9, End: 12},
			{Name: "a.b", Value: "Linz"},
		}},
	}}
	install(t, &h.recordingHost)
	wire.Install(h)
	s := &session
	if s.Message() != "to \"Graz\"" || s.ID() != "s1" || s.User() != (User{"ann", true}) {
		t.Errorf("Message, ID, User = %q, %q, %v", s.Message(), s.ID(), s.User())
	}
	in := s.Intent()
	if in.Name() != "go" || in.Score() != 0.75 || !s.HasIntent() || !s.Event().Human() {
		t.Errorf("Intent = %q, %v, %t", in.Name(), in.Score(), s.HasIntent())
	}
	params, want := in.Params(), []Param{{"a.b", "Graz", 4, 8}, {"é", `"`, 9, 12}, {"a.b", "Linz", 0, 0}}
	if !slices.Equal(params, want) {
		t.Errorf("Params() = %v, want %v", params, want)
	}
	if city, ok := s.Intent().Param("a.b"); city != "Graz" || !ok {
		t.Errorf("Param = %q, %t, want Graz", city, ok)
	}
	if _, ok := s.Intent().Param("b"); ok || s.HasFiles() || s.Files() != nil {
		t.Error("there is a parameter or a file that nobody sent")
	}
	h.event = abi.Event{Kind: abi.EventFile, Files: []abi.File{
		{Name: `a "b"`, Type: "text/plain", Size: 1 << 40}, {Name: "c", Type: "image/png"},
	}}
	files := []File{{`a "b"`, "text/plain", 1 << 40, 0}, {"c", "image/png", 0, 1}}
	if got := s.Files(); !slices.Equal(got, files) || !s.HasFiles() {
		t.Errorf("Files() = %v, %t, want %v", got, s.HasFiles(), files)
	}
	if s.HasIntent() || in.Score() != 0 || s.Message() != "" || s.User().Verified ||
		s.Event().Human() {
		t.Errorf("event %s has an intent, a text, or a person", s.Event().JSON())
	}
}

func TestResponse(t *testing.T) {
	type seen struct {
		status    int
		header    string
		body      string
		truncated bool
		code      ResponseCode
		words     string
	}
	headers := map[string]string{"content-type": "text/plain"}
	for _, tt := range []struct {
		response abi.Response
		want     seen
	}{
		{abi.Response{Status: 200, Headers: headers, Body: "sun\ny"},
			seen{200, "text/plain", "sun\ny", false, "", ""}},
		{abi.Response{Status: 404}, seen{404, "", "", false, "", ""}},
		{abi.Response{Status: 200, Body: "a\xff\x00", Truncated: true},
			seen{200, "", "a\xff\x00", true, "", ""}},
		{abi.Response{Code: abi.ResponseForbidden, Error: "not there"},
			seen{0, "", "", false, ResponseForbidden, "not there"}},
	} {
		data := string(tt.response.AppendJSON(nil))
		h := &lookupHost{event: abi.Event{Kind: abi.EventHTTP, Name: "r", Data: data}}
		install(t, &h.recordingHost)
		wire.Install(h)
		r := session.Event().Response()
		got := seen{r.Status(), r.Header("Content-Type"), r.Body(), r.Truncated(), r.Code(), r.Error()}
		if got != tt.want {
			t.Errorf("response %s = %+v, want %+v", data, got, tt.want)
		}
	}
}

func TestDefinition(t *testing.T) {
	d := Definition{Name: "a \"quoted\" \\ <name> é", Version: "1.2.3", Language: "pt-BR",
		TurnMillis: 1500, TurnFuel: 70_000,
		ClientVariables: []string{"profile", "a \"b\""}}
	parsed, err := abi.ParseDefinition(d.appendJSON(nil))
	if err != nil {
		t.Fatal(err)
	}
	if parsed.Name != d.Name || parsed.Version != d.Version || parsed.ABI != abiVersion ||
		parsed.Language != d.Language || parsed.Limits.TurnMillis != d.TurnMillis || parsed.Limits.TurnFuel != d.TurnFuel ||
		!slices.Equal(parsed.ClientVariables, d.ClientVariables) {
		t.Errorf("ParseDefinition = %+v, want %+v", parsed, d)
	}
	if _, err := abi.ParseDefinition(new(Definition).appendJSON(nil)); err != nil {
		t.Errorf("the zero definition is refused: %v", err)
	}
}
