package script_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/plugin"
)

// The module exports all that hosts call, and imports nothing but the contract: no
// WASI, whose clock and chance would be others than the turn's.
func TestContract_Module(t *testing.T) {
	b := newBot(t, "")
	for e := range abi.ExportCount {
		if !b.module.Handles(e) {
			t.Errorf("the engine does not export %v", e)
		}
	}
	imported := map[string]bool{}
	for _, i := range b.module.Info().Imports {
		if i.Module != abi.ModuleCore {
			t.Errorf("the engine imports %s.%s", i.Module, i.Name)
		}
		imported[i.Name] = true
	}
	for f := range abi.FunctionCount {
		if !imported[f.String()] {
			t.Errorf("the engine does not import %v", f)
		}
	}
}

// vector is what a vector of testdata/abi says of a turn that ended well, without
// the guest's memory: that is the affair of hosts.
type vector struct {
	event   string
	state   string
	vars    map[string]string
	running []string
	effects []string // lines
}

func readVector(t *testing.T, path string) (v vector, ended bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v.vars = map[string]string{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "event":
			v.event = rest
		case "state":
			v.state = texts(t, rest)[0]
		case "var":
			pair := texts(t, rest)
			v.vars[pair[0]] = pair[1]
		case "running":
			v.running = append(v.running, texts(t, rest)...)
		case "call":
			ended = ended || strings.Contains(rest, " ends the turn")
		case "return":
			ended = ended || rest != "0"
		case "set", "delete", "move", "timer", "cancel", "request", "entry", "content":
			v.effects = append(v.effects, line)
		}
	}
	return v, ended || v.event == ""
}

// texts reads JSON values that stand behind each other.
func texts(t *testing.T, line string) (all []string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	for d.More() {
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		if s, ok := v.(string); ok {
			all = append(all, s)
		} else {
			all = append(all, fmt.Sprint(v))
		}
	}
	return all
}

// statement is how a bot in JavaScript has the effect of a vector's line.
func statement(t *testing.T, line string) string {
	t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "set":
		d := strings.SplitN(rest, `" "`, 2)
		return fmt.Sprintf(`s.setText(%s", "%s);`, d[0], d[1])
	case "delete":
		return "s.delete(" + rest + ");"
	case "move":
		return "s.move(" + rest + ");"
	case "cancel":
		return "s.cancelTimer(" + rest + ");"
	case "timer":
		parts := strings.SplitN(rest, " ", 3)
		return fmt.Sprintf("s.setTimer(%s, %s, %s);", parts[0], parts[1], parts[2])
	case "request":
		name, request, _ := strings.Cut(rest, " ")
		return fmt.Sprintf("{ const { timeout_ms: timeout, ...r } = %s; s.http(%s, { ...r, timeout }); }", request, name)
	case "entry":
		var e struct{ From, Kind string }
		if err := json.Unmarshal([]byte(rest), &e); err != nil {
			t.Fatal(err)
		}
		if e.From != "bot" || slices.Contains([]string{"file", "image", "audio"}, e.Kind) {
			return ""
		}
		return fmt.Sprintf("s.replyAs(%q, (%s).body);", e.Kind, rest)
	}
	return ""
}

// A bot in JavaScript reads the events of the vectors as they are, and has the effects
// that they have.
func TestContract_Vectors(t *testing.T) {
	paths, err := filepath.Glob("../../../testdata/abi/*.txt")
	if err != nil || len(paths) < 50 {
		t.Fatalf("%d vectors, %v", len(paths), err)
	}
	played := 0
	for _, path := range paths {
		v, ended := readVector(t, path)
		if ended {
			continue
		}
		played++
		t.Run(filepath.Base(path), func(t *testing.T) { v.play(t) })
	}
	if played < 10 {
		t.Errorf("%d vectors were played", played)
	}
}

// decodeEvent reads an event of a vector. The data of events are of many forms.
func decodeEvent(t *testing.T, text string) abi.Event {
	t.Helper()
	var data struct{ Data, Response json.RawMessage }
	if err := json.Unmarshal([]byte(text), &data); err != nil {
		t.Fatal(err)
	}
	var rest map[string]any
	if err := json.Unmarshal([]byte(text), &rest); err != nil {
		t.Fatal(err)
	}
	delete(rest, "data")
	without, err := json.Marshal(rest)
	if err != nil {
		t.Fatal(err)
	}
	var ev abi.Event
	if err := json.Unmarshal(without, &ev); err != nil {
		t.Fatal(err)
	}
	switch ev.Kind {
	case abi.EventTimer:
		ev.Data = texts(t, string(data.Data))[0]
	case abi.EventHTTP:
		ev.Data = string(data.Response)
	default:
		ev.Data = string(data.Data)
	}
	return ev
}

func (v *vector) play(t *testing.T) {
	var code strings.Builder
	for _, line := range v.effects {
		code.WriteString(statement(t, line))
	}
	b := newBot(t, "bot.onMessage((s) => { s.reply(JSON.stringify([s.event, s.state, "+
		"Object.fromEntries(s.event.keys ?? [])])); "+code.String()+"})")
	ev := decodeEvent(t, v.event)
	h := heard{export: abi.OnMessage, event: &ev, base: draft.Base{
		State: v.state, Vars: v.vars, Timers: v.running,
	}}
	turn := b.play(h)
	if turn.err != nil || turn.result != abi.Done {
		t.Fatal(turn.err, turn.said)
	}
	said, _, _ := strings.Cut(turn.replies(), "\n")
	var got []any
	var want any
	if err := json.Unmarshal([]byte(said), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(ev.AppendJSON(nil), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got[0], want) {
		t.Errorf("the event is %v, want %v", got[0], want)
	}
	v.compare(t, &turn.draft)
}

// compare holds a turn's effects to the vector's. The first reply is the test's own.
func (v *vector) compare(t *testing.T, d *draft.Draft) {
	t.Helper()
	var got, want []string
	for _, w := range d.Writes() {
		got = append(got, fmt.Sprint("var ", w.Key, "=", w.Value, w.Deleted))
	}
	if target, ok := d.Moved(); ok {
		got = append(got, "move "+target)
	}
	for _, w := range d.Timers() {
		got = append(got, fmt.Sprint("timer ", w.Name, w.Delay, w.Data, w.Cancel))
	}
	for _, r := range d.Requests() {
		got = append(got, "request "+r.Name+string(r.AppendJSON(nil)))
	}
	replies := -1
	for _, e := range d.Entries() {
		if e.From == abi.FromBot {
			if replies++; replies > 0 {
				got = append(got, "entry "+string(e.AppendJSON(nil)))
			}
		}
	}
	for _, line := range v.effects {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "set", "delete":
			pair := append(texts(t, rest), "")
			want = append(want, fmt.Sprint("var ", pair[0], "=", pair[1], word == "delete"))
		case "move":
			want = append(want, "move "+texts(t, rest)[0])
		case "timer":
			x := texts(t, rest)
			want = append(want, fmt.Sprint("timer ", x[0], x[1], x[2], false))
		case "cancel":
			want = append(want, fmt.Sprint("timer ", texts(t, rest)[0], 0, "", true))
		case "request":
			name, request, _ := strings.Cut(rest, " ")
			want = append(want, "request "+name[1:len(name)-1]+request)
		case "entry":
			if statement(t, line) != "" {
				want = append(want, "entry "+strings.TrimSuffix(strings.TrimPrefix(rest, "{"), "}"))
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("effects are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The declarations name what there is, and nothing more.
func TestContract_Declarations(t *testing.T) {
	b := newBot(t, `bot.onMessage((s) => {
		const own = (o) => Object.getOwnPropertyNames(Object.getPrototypeOf(o)).filter((n) => n !== "constructor");
		const global = Object.keys(globalThis[Symbol.for("bothost")]);
		if (global.join() !== names.join()) throw new Error(global + " is not what can be imported: " + names);
		s.reply([...names, ...Object.keys(bot), ...own(s), ...Object.keys(bothost.variable("x")), ...parts].join(" "));
	}); const names = Object.keys({ ...bothost }); const own = (o) => Object.getOwnPropertyNames(Object.getPrototypeOf(o)).filter((n) => n !== "constructor");
	const st = bot.initial("a"); const parts = [...own(st), ...own(st.when(bothost.anyText()))];`)
	var all []byte
	for _, part := range []string{"bothost", "files", "replies", "dialog"} {
		data, err := os.ReadFile(filepath.Join(sdk, part+".d.ts"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	for name := range strings.FieldsSeq(b.says("hi")) {
		if !regexp.MustCompile(`\b` + name + `[?]?[(:<]`).Match(all) {
			t.Errorf("no declarations have %s", name)
		}
	}
}

// The definition of a bot of methods, and of one of a plain object, is the same.
func TestContract_Definition(t *testing.T) {
	methods := newBot(t, `
		const { after, anyFile, anyJSON, anyText, anyVoice, anyEvent, chosen, eventNamed, minute, noIntent, variable } = bothost;
		bot.define({ name: "pizza", version: "1.2.0", language: "en", client_variables: ["address"], limits: { turn_ms: 2000 } });
		const order = bot.intent("order", "I want a pizza", "a {size} pizza");
		bot.entity("size", "small").value("large", "big");
		const open = bot.guard("open", (s) => s.get("open") === true);
		const start = bot.initial("start"), where = bot.state("where").was("address").recheck(60000), help = bot.state("help");
		start.when(order).and(open).goTo(where);
		start.when(noIntent()).if((s) => s.message === "x").goTo("start");
		where.when(chosen("shop")).goTo(start);
		where.when(anyText()).and(variable("address").matches(/[0-9]/i)).and(variable("n").in(1, "a")).goTo(start);
		where.when(anyFile("image/*")).goTo(start);
		where.when(anyVoice()).goTo(start);
		where.when(eventNamed("paid")).and(variable("n").atLeast(1)).goTo(start);
		where.when(anyJSON()).goTo(start);
		where.when(after(5 * minute)).goBack();
		where.when(anyEvent()).goTo(where);
		help.global("help me").if("asked", async (s) => true);
		help.goBack();`)
	plain := newBot(t, `bot.define({
		name: "pizza", version: "1.2.0", language: "en", client_variables: ["address"], limits: { turn_ms: 2000 },
		intents: [{ name: "order", examples: ["I want a pizza", "a {size} pizza"] }],
		entities: [{ name: "size", values: ["small", { value: "large", synonyms: ["big"] }] }],
		guards: { open: (s) => s.get("open") === true, asked: async (s) => true },
		states: [
			{ name: "start", initial: true, transitions: [
				{ intent: "order", to: "where", guard: "open" },
				{ no_intent: true, to: "start", guard: (s) => s.message === "x" }] },
			{ name: "where", was: ["address"], recheck_ms: 60000, transitions: [
				{ option: "shop", to: "start" },
				{ message: true, when: [{ var: "address", op: "matches", value: "(?i)[0-9]" }, { var: "n", op: "in", value: [1, "a"] }], to: "start" },
				{ file: true, file_types: ["image/*"], to: "start" }, { voice: true, to: "start" },
				{ event: "paid", when: [{ var: "n", op: ">=", value: 1 }], to: "start" }, { event: "json", to: "start" },
				{ after_ms: 300000, to: "@previous" }, { any: true, to: "where" }] },
			{ name: "help", global: { intent: "help me", guard: "asked" }, transitions: [{ auto: true, to: "@previous" }] },
		],
	})`)
	var definitions [2]any
	for i, b := range []*bot{methods, plain} {
		turn := b.play(heard{export: abi.Describe})
		if err := json.Unmarshal([]byte(turn.output), &definitions[i]); err != nil {
			t.Fatalf("%v %s %q", err, turn.said, turn.output)
		}
		for guard, want := range map[string]string{"open": "false", "start:1": "true", "asked": "true"} {
			h := text("x")
			h.export, h.input = abi.Check, guard
			if turn := b.play(h); turn.result != abi.Done || turn.output != want {
				t.Errorf("guard %s = %v %q %s, want %s", guard, turn.result, turn.output, turn.said, want)
			}
		}
	}
	if !reflect.DeepEqual(definitions[0], definitions[1]) {
		t.Errorf("definitions are\n%v\nand\n%v", definitions[0], definitions[1])
	}
}

// Handlers of states run by the states' names.
func TestContract_States(t *testing.T) {
	b := newBot(t, `const a = bot.initial("a").onEnter((s) => s.reply("enter " + s.text)).onFallback((s) => s.reply("fallback a"));
		bot.onFallback((s) => s.reply("fallback")); a.goTo("a"); bot.guard("g", () => 1)`)
	for _, tt := range []struct {
		export             abi.Export
		input, state, want string
	}{
		{abi.OnEnter, "a", "a", "enter a"}, {abi.OnFallback, "x", "a", "fallback a"}, {abi.OnFallback, "x", "b", "fallback"},
	} {
		h := text(tt.input)
		h.export, h.base.State = tt.export, tt.state
		if turn := b.play(h); turn.replies() != tt.want {
			t.Errorf("%v = %q %s, want %q", tt.export, turn.replies(), turn.said, tt.want)
		}
	}
	h := text("hi")
	h.export, h.input = abi.Check, "g"
	if turn := b.play(h); turn.result != abi.Failed || !strings.Contains(turn.said, `guard "g" must return true or false, not a number`) {
		t.Errorf("check = %v %s", turn.result, turn.said)
	}
}

// To edit a script compiles no engine: all bots have one entry in the cache.
func TestReload_KeepsEngine(t *testing.T) {
	dir := t.TempDir()
	cache, err := plugin.OpenCache(dir, 64<<20, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		module := build(t, "bot.js", fmt.Sprintf("console.log(%d)", i))
		m, err := plugin.Compile(t.Context(), module, plugin.Options{Cache: cache})
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
			t.Errorf("after %d scripts the cache has %d entries, %v, want 1", i+1, len(entries), err)
		}
	}
}
