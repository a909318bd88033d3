package abi_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
)

var update = flag.Bool("update", false, "rewrite the marked blocks of README.md")

const readmePath = "README.md"

// vectorPath is the vector that the specification shows.
var vectorPath = filepath.Join("..", "testdata", "abi", "hello.txt")

// Blocks stand on lines of their own, values within one.
var (
	block = regexp.MustCompile(`(?s)<!-- begin (\w+) -->\n(.*?)<!-- end -->`)
	value = regexp.MustCompile(`<!-- value (\w+) -->(.*?)<!-- end -->`)
)

// TestReadme holds the specification to the tables: what stands between marks is
// what the tables say, nothing less and nothing more. With -update the marked
// parts are rewritten.
func TestReadme(t *testing.T) {
	text := read(t, readmePath)
	blocks := map[string]string{
		"imports": importBlock(), "functions": functionTable(), "exports": exportTable(),
		"events": eventTable(), "kinds": kindTable(), "bodies": bodyBlock(), "limits": limitTable(),
		"rejected": codeTable(0, 3999), "closed": codeTable(4000, 4999),
		"event": eventBlock(), "others": otherEvents(), "history": historyBlock(),
		"triggers": triggerTable(), "operators": operatorTable(), "files": fileEvents(),
		"intent": intentBlock(), "request": requestBlock(), "responses": responseTable(),
		"vector": fence("", read(t, vectorPath)),
	}
	got := replace(t, block, text, blocks, "<!-- begin %s -->\n%s<!-- end -->")
	got = replace(t, value, got, values(), "<!-- value %s -->%s<!-- end -->")
	if got == text {
		return
	}
	if !*update {
		t.Fatalf("%s does not say what the tables say; -update rewrites it:\n%s",
			readmePath, firstDifference(text, got))
	}
	if err := os.WriteFile(readmePath, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(tb testing.TB, path string) string {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}

// replace puts each part in its place. A mark without a part and a part without
// a mark fail the test.
func replace(
	t *testing.T, marks *regexp.Regexp, text string, parts map[string]string, format string,
) string {
	t.Helper()
	seen := make(map[string]bool)
	text = marks.ReplaceAllStringFunc(text, func(found string) string {
		name := marks.FindStringSubmatch(found)[1]
		part, ok := parts[name]
		if !ok || seen[name] {
			t.Errorf("%s: mark %q is unknown, or stands twice", readmePath, name)
		}
		seen[name] = true
		return fmt.Sprintf(format, name, part)
	})
	for name := range parts {
		if !seen[name] {
			t.Errorf("%s: no mark %q", readmePath, name)
		}
	}
	return text
}

func firstDifference(text, want string) string {
	is, should := strings.Split(text, "\n"), strings.Split(want, "\n")
	for i := range min(len(is), len(should)) {
		if is[i] != should[i] {
			return fmt.Sprintf("line %d = %s\nwant    %s", i+1, is[i], should[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(is), len(should))
}

// values are the constants that stand within sentences.
func values() map[string]string {
	code := func(v any) string { return fmt.Sprintf("`%v`", v) }
	return map[string]string{
		"version": abi.Version, "module": code(abi.ModuleCore), "memory": code(abi.MemoryExport),
		"wasi": code(abi.ModuleWASI), "env": code(abi.ModuleEnv), "section": code(abi.AssetSection),
		"absent": code(abi.Absent), "history": fmt.Sprint(abi.MaxHistory),
		"name": fmt.Sprint(abi.MaxName), "statename": fmt.Sprint(abi.MaxName),
		"varname": fmt.Sprint(abi.MaxName), "minafter": fmt.Sprint(abi.MinDelay),
		"minrecheck": fmt.Sprint(abi.MinDelay), "maxafter": fmt.Sprint(int64(abi.MaxDelay)),
		"maxrecheck": fmt.Sprint(int64(abi.MaxDelay)), "previous": code(abi.Previous),
		"states": fmt.Sprint(abi.MaxStates), "globals": fmt.Sprint(abi.MaxGlobals),
		"waiting": fmt.Sprint(abi.MaxWaiting), "patterns": fmt.Sprint(abi.MaxPatterns),
		"pattern": fmt.Sprint(abi.MaxPattern),
		"columns": fmt.Sprint(bodies.MaxColumns), "rows": fmt.Sprint(bodies.MaxRows),
		"traces": fmt.Sprint(bodies.MaxTraces), "docs": fmt.Sprint(bodies.MaxDocs),
		"tasks": fmt.Sprint(bodies.MaxTasks), "modules": fmt.Sprint(bodies.MaxModules),
		"screens": fmt.Sprint(bodies.MaxScreens), "elements": fmt.Sprint(bodies.MaxElements),
		"maxstep": fmt.Sprint(bodies.MaxStep), "maxid": fmt.Sprint(bodies.MaxStep),
		"depth": fmt.Sprint(bodies.MaxDepth), "steps": names(bodies.ReasoningKinds()),
		"statuses": names(bodies.TaskStatuses()),
		"mindelay": fmt.Sprint(abi.MinDelay), "maxdelay": fmt.Sprint(int64(abi.MaxDelay)),
		"methods": names(abi.Methods()), "reserved": names(abi.ReservedHeaders()),
		"headers": fmt.Sprint(abi.MaxHeaders), "timeout": fmt.Sprint(abi.DefaultTimeout),
		"filename": fmt.Sprint(bodies.MaxFileName), "filetype": fmt.Sprint(bodies.MaxFileType),
		"maxtimeout": fmt.Sprint(abi.MaxTimeout), "maxrequests": fmt.Sprint(abi.MaxRequests),
		"from":      fmt.Sprintf("`%s`, `%s`, `%s`", abi.FromUser, abi.FromBot, abi.FromHost),
		"fallback2": fmt.Sprintf("%q", abi.WordsFallback),
		"fallback":  fmt.Sprintf("%q", abi.WordsFallback),
		"failed":    fmt.Sprintf("%q", abi.WordsFailed),
	}
}

func names(list []string) string { return "`" + strings.Join(list, "`, `") + "`" }

// table writes rows; the first one is the head.
func table(rows ...[]string) string {
	var b strings.Builder
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return b.String()
}

func fence(language, text string) string {
	return "```" + language + "\n" + strings.TrimSuffix(text, "\n") + "\n```\n"
}

func importBlock() string {
	var b strings.Builder
	for f := range abi.FunctionCount {
		info := f.Info()
		fmt.Fprintf(&b, "(import %q %q (func $%s", abi.ModuleCore, info.Name, info.Name)
		for _, p := range info.Params {
			fmt.Fprintf(&b, " (param $%s %s)", p.Name, p.Type)
		}
		for _, r := range info.Results {
			fmt.Fprintf(&b, " (result %s)", r)
		}
		b.WriteString("))\n")
	}
	return fence("wat", b.String())
}

func functionTable() string {
	rows := [][]string{{"function", "does", "during"}}
	for f := range abi.FunctionCount {
		info := f.Info()
		rows = append(rows, []string{"`" + info.Name + "`", info.Does, during(info.During)})
	}
	return table(rows...)
}

// during names a set of exports.
func during(p abi.Phase) string {
	var names []string
	all, handlers := true, abi.FuncReply.Info().During
	for e := range abi.ExportCount {
		switch {
		case !p.In(e):
			all = false
		case e == abi.OnStart:
			names = append(names, "handlers")
		case !handlers.In(e):
			names = append(names, "`"+e.String()+"`")
		}
	}
	if all {
		return "any"
	}
	return strings.Join(names, ", ")
}

func exportTable() string {
	rows := [][]string{{"export", "runs when", "`input` returns"}}
	for e := range abi.ExportCount {
		info := e.Info()
		input := info.Input
		if !abi.FuncInput.Info().During.In(e) {
			input = "-"
		}
		rows = append(rows, []string{"`" + info.Name + "`", info.Runs, input})
	}
	return table(rows...)
}

func eventTable() string {
	rows := [][]string{{"kind", "what", "export", "leaves an entry of kind"}}
	for _, row := range abi.Events() {
		entry := "-"
		if row.Entry != "" {
			entry = "`" + string(row.Entry) + "`"
		}
		export := "-"
		if row.Export < abi.ExportCount {
			export = "`" + row.Export.String() + "`"
		}
		rows = append(rows, []string{"`" + string(row.Kind) + "`", row.Says, export, entry})
	}
	return table(rows...)
}

func kindTable() string {
	rows := [][]string{{"kind", "body", "bots reply with it", "as text"}}
	for _, row := range abi.Kinds() {
		text, reply := "the body", "no"
		e := abi.Entry{Kind: row.Kind, Body: examples[row.Kind]}
		if e.Text() != e.Body {
			text = strings.ReplaceAll(e.Text(), "|", `\|`)
			text = "`" + strings.ReplaceAll(text, "\n", "`<br>`") + "`"
		}
		if row.Reply {
			reply = "yes"
		}
		if row.Reply && row.File {
			reply = "by `" + abi.FuncReplyFile.String() + "`"
		}
		rows = append(rows, []string{"`" + string(row.Kind) + "`", row.Body, reply, text})
	}
	return table(rows...)
}

// bodyBlock shows a body of each kind of reply that is JSON.
func bodyBlock() string {
	var b strings.Builder
	for _, row := range abi.Kinds() {
		if row.JSON && row.Reply {
			fmt.Fprintf(&b, "`%s`:\n\n%s\n", row.Kind, fence("json", examples[row.Kind]))
		}
	}
	return b.String()
}

func limitTable() string {
	rows := [][]string{{"limit", "default", "of"}}
	for _, row := range abi.LimitTable() {
		rows = append(rows, []string{"`" + row.Name + "`", row.Default(), row.Does})
	}
	return table(rows...)
}

// codeTable holds the codes from first to last.
func codeTable(first, last abi.Code) string {
	rows := [][]string{{"code", "name", "text"}}
	for _, row := range abi.Codes() {
		if row.Code < first || row.Code > last {
			continue
		}
		text := row.Text
		if row.Code.Retry() && last < 4000 {
			text += " *(again)*"
		}
		rows = append(rows, []string{fmt.Sprintf("%d", row.Code), "`" + row.Name + "`", text})
	}
	return table(rows...)
}

func eventBlock() string { return fence("json", string(fullEvent("hi").AppendJSON(nil))) }

// others are events that no user sent, with a value in every field.
func others() []abi.Event {
	e := fullEvent("")
	e.ID, e.User = "", abi.User{}
	timer, answered, refused, custom := *e, *e, *e, *e
	timer.Kind, timer.Name, timer.Data, timer.Late = abi.EventTimer, "tea", "3 minutes", true
	answered.Kind, answered.Name = abi.EventHTTP, "weather"
	answered.Data = string(answer.AppendJSON(nil))
	refused.Kind, refused.Name = abi.EventHTTP, "weather"
	refused.Data = string(refusal.AppendJSON(nil))
	custom.Kind, custom.ID, custom.Name, custom.Data = abi.EventCustom, "e1", "paid", `{"order":7}`
	return []abi.Event{timer, answered, refused, custom}
}

func otherEvents() string { return fence("json", events(others()...)) }

// withFiles are what came with files, a JSON message, and feedback.
func withFiles() []abi.Event {
	e := fullEvent("")
	voice, file, message := *e, *e, *e
	voice.Kind, voice.ID = abi.EventVoice, "m2"
	voice.Files = []abi.File{{Name: "voice.wav", Type: "audio/wav", Size: 48_044}}
	file.Kind, file.ID = abi.EventFile, "m3"
	file.Files = []abi.File{{Name: "cat.png", Type: "image/png", Size: 1204},
		{Name: "notes.txt", Type: "text/plain", Size: 12}}
	message.Kind, message.ID, message.Name = abi.EventJSON, "m4", abi.NameJSON
	message.Text, message.Data = "all of it", `{"message":"all of it","order":7}`
	feedback := *e
	feedback.Kind, feedback.ID, feedback.Name = abi.EventFeedback, "m5", abi.NameFeedback
	feedback.Data = `{"seq":3,"value":"good"}`
	return []abi.Event{voice, file, message, feedback}
}

func fileEvents() string { return fence("json", events(withFiles()...)) }

// withIntent is a text whose intent was recognised.
func withIntent() abi.Event {
	e := *fullEvent("weather in Graz please")
	e.Prediction = &abi.Prediction{Intent: "weather", Score: 0.875,
		Params: []abi.SlotValue{{Name: "city", Value: "Graz", Start: 11, End: 15}}}
	return e
}

func intentBlock() string { return fence("json", events(withIntent())) }

// events writes one to a line.
func events(list ...abi.Event) string {
	var b []byte
	for _, e := range list {
		b = append(e.AppendJSON(b), '\n')
	}
	return string(b)
}

func triggerTable() string {
	rows := [][]string{{"trigger", "its value", "moves on"}}
	for _, row := range abi.Triggers() {
		rows = append(rows, []string{"`" + row.Name + "`", row.Takes, row.Says})
	}
	return table(rows...)
}

func operatorTable() string {
	rows := [][]string{{"`op`", "`value`", "holds if"}}
	for _, row := range abi.Operators() {
		rows = append(rows, []string{"`" + string(row.Op) + "`", row.Takes, row.Says})
	}
	return table(rows...)
}

// request has a value in every field.
var request = abi.Request{
	Name: "weather", Method: "POST", URL: "https://weather.example.org/v1?city=Graz",
	Headers: map[string]string{"accept": "text/plain"}, Body: "tomorrow", TimeoutMillis: 5000,
}

func requestBlock() string { return fence("json", string(request.AppendJSON(nil))) }

func responseTable() string {
	rows := [][]string{{"code", "means"}}
	for _, row := range abi.Responses() {
		rows = append(rows, []string{"`" + string(row.Code) + "`", row.Says})
	}
	return table(rows...)
}

func historyBlock() string {
	return fence("json", string(abi.AppendHistory(nil, []abi.Entry{
		{Seq: 1, From: abi.FromBot, Kind: abi.KindOptions, Turn: 1, Time: 1763711999000,
			Body: `[{"label":"Yes","value":"y"},{"label":"No","value":"n"}]`},
		{From: abi.FromUser, Kind: abi.KindText, ID: "m1", Time: 1763712000000, Body: "hi"},
	})))
}

var jsonBlock = regexp.MustCompile("(?s)```json\n(.*?)```")

// jsonBlocks returns the blocks of JSON in the text of a document.
func jsonBlocks(text string) []string {
	var list []string
	for _, match := range jsonBlock.FindAllStringSubmatch(text, -1) {
		list = append(list, match[1])
	}
	return list
}
