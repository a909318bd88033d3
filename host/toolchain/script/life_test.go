package script_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/plugin"
)

// A script that fails when it starts is told by describe, where operators read why a
// bot is refused; and by each call, should it be one that once did start.
func TestStart_Fails(t *testing.T) {
	for _, tt := range []struct{ name, code, want string }{
		{"an exception", "\nnull.x", "TypeError: cannot read property 'x' of null\n    at <anonymous> (bot.js:2:"},
		{"late", "await null; throw new Error('late')", "Error: late\n"},
		{"never", "await new Promise(() => {})", "a promise that is awaited never settles"},
		{"not awaited", "Promise.reject(new Error('lost'))", "nobody awaits it: Error: lost"},
		{"no function", "bot.onMessage('x')", "TypeError: onMessage: the handler must be a function, is a string"},
		{"a session", "session.reply('x')", "ReferenceError: session is not defined"},
		{"two triggers", "bot.initial('a').when(bothost.chosen('x')).and(bothost.anyText())",
			"Error: a transition waits for two things: option and message\n    at <anonymous> (bot.js:1:"},
		{"no state", "bot.initial('a').goTo()", "TypeError: goTo: the state must be a string, is undefined"},
		{"two handlers", "bot.state('a').onEnter(() => {}).onEnter(() => {})", `Error: state "a" has enter already`},
		{"two guards", "bot.guard('a', () => {}); bot.guard('a', () => {})", `Error: guard "a" is declared twice`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBot(t, tt.code)
			if err := b.module.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, h := range []heard{{export: abi.Describe}, text("hi")} {
				turn := b.play(h)
				if turn.result != abi.Failed || !strings.Contains(turn.said, tt.want) {
					t.Errorf("%v: result %v, said %q, want in it %q", h.export, turn.result, turn.said, tt.want)
				}
			}
		})
	}
}

// The engine without a script says what is missing.
func TestStart_NoScript(t *testing.T) {
	needEngine(t)
	b := load(t, must(t), plugin.Options{})
	if turn := b.play(heard{export: abi.Describe}); turn.result != abi.Failed ||
		turn.said != "there is no script in this module: bothost build puts one there" {
		t.Errorf("describe = %v %q, want words of a missing script", turn.result, turn.said)
	}
}

func TestStart_Awaits(t *testing.T) {
	b := newBot(t, `await null;
		const word = await (async () => bot.config("word") ?? "none")();
		bot.onMessage((s) => s.reply(word + s.config("word")))`)
	if got := b.says("hi"); got != "noneundefined" {
		t.Errorf("the bot says %q", got)
	}
}

func TestConfig(t *testing.T) {
	b := load(t, build(t, "bot.js", `import { bot } from "bothost";
		const word = bot.config("word"); bot.onMessage((s) => s.reply(word + s.config("word")))`),
		plugin.Options{Config: map[string]string{"word": "ä"}})
	if got := b.says("hi"); got != "ää" {
		t.Errorf("the bot says %q", got)
	}
}

// What a bot has no handler for, and what a handler leaves, goes on in the host.
func TestNotHandled(t *testing.T) {
	none := newBot(t, "")
	left := newBot(t, `for (const on of ["onStart", "onMessage", "onVoice", "onFile", "onEvent", "onFallback"])
		bot[on](async (s) => { await null; return bothost.notHandled; })`)
	for _, b := range []*bot{none, left} {
		for _, e := range []abi.Export{
			abi.OnStart, abi.OnMessage, abi.OnVoice, abi.OnFile, abi.OnEvent, abi.OnEnter, abi.OnFallback, abi.Check,
		} {
			h := text("hi")
			h.export = e
			if turn := b.play(h); turn.err != nil || turn.result != abi.NotHandled {
				t.Errorf("%v = %v %v %s, want %v", e, turn.result, turn.err, turn.said, abi.NotHandled)
			}
		}
		if turn := b.play(heard{export: abi.Describe}); turn.result != abi.NotHandled {
			t.Errorf("describe = %v %s, want %v", turn.result, turn.output, abi.NotHandled)
		}
	}
}

func TestConsole(t *testing.T) {
	b := newBot(t, `console.info("start"); bot.onMessage((s) => {
		console.debug("d", 1); console.log("l", { a: [1, "x", null], "b c": new Map([[1, new Set([2])]]) });
		console.warn(new Uint8Array([1, 2]), undefined, 3n, Symbol("y"), /a/); console.error(new Error("e"));
		const o = {}; o.o = o; class K { x = 1 } console.log(o, new K(), () => {}, [[[[[[1]]]]]], "half\ud83d");
	})`)
	b.says("hi")
	for _, want := range []string{
		`level=INFO msg="bot log" session="" source=log line=start`, `level=DEBUG`, `d 1`, `level=INFO`,
		`l { a: [1, \"x\", null], \"b c\": Map {1 => Set {2}} }`,
		`level=WARN`, `Uint8Array(2) [1, 2] undefined 3n Symbol(y) /a/`,
		`level=ERROR`, `Error: e\n    at <anonymous> (bot.js:3:`,
		`{ o: [circular] } K { x: 1 } [function without a name] [[[[[[…]]]]]] half`,
	} {
		if got := b.logged(); !strings.Contains(got, want) {
			t.Errorf("the log is\n%swant in it %s", got, want)
		}
	}
}

// A variable is kept as text that conditions and other bots read, and comes back as
// what it was.
func TestVariables(t *testing.T) {
	rows := []struct{ value, kept string }{
		{`"green"`, `green`}, {`""`, ``}, {`"two words"`, `two words`}, {`7`, `7`}, {`-0.5`, `-0.5`},
		{`true`, `true`}, {`null`, `null`}, {`[1, "a"]`, `[1,"a"]`}, {`{ a: { b: 1 } }`, `{"a":{"b":1}}`},
		{`"7"`, `"7"`}, {`"true"`, `"true"`}, {`" 7 "`, `" 7 "`}, {`"{}"`, `"{}"`}, {`'"x"'`, `"\"x\""`},
		{`"nullable"`, `nullable`}, {`"[sic]"`, `[sic]`}, {`"é😀"`, `é😀`}, {`"-"`, `-`},
	}
	var code []string
	for _, tt := range rows {
		code = append(code, `const v = `+tt.value+`; s.set("k", v);
			s.reply(JSON.stringify(s.get("k")) === JSON.stringify(v)); s.reply(s.getText("k"));
			s.setText("k", "x"); s.delete("k"); s.set("k", v)`)
	}
	b := newBots(t, code)
	for i, tt := range rows {
		t.Run(tt.value, func(t *testing.T) {
			turn := b.play(row(i, "hi"))
			if got := turn.replies(); got != "true\n"+tt.kept {
				t.Errorf("the bot says %q, want true and %q", got, tt.kept)
			}
			if w := turn.draft.Writes(); len(w) != 1 || w[0].Value != tt.kept {
				t.Errorf("variables are %v, want %q", w, tt.kept)
			}
		})
	}
}

// A session that a script keeps from one turn to the next is of no use to it: it
// would be another user's.
func TestSession_Kept(t *testing.T) {
	b := newBot(t, `let kept; bot.onMessage((s) => { (kept ??= s).reply("a") })`)
	b.says("hi")
	turn := b.play(text("hi"))
	if turn.result != abi.Failed || !strings.Contains(turn.said, "this session belongs to a handler that has ended") {
		t.Errorf("result %v, said %q, want a failure", turn.result, turn.said)
	}
}

// So are its files.
func TestFiles_Kept(t *testing.T) {
	refs, read := files("tea")
	b := newBot(t, `let kept; bot.onFile((s) => { s.reply((kept ??= s.files[0]).text()) })`)
	h := heard{
		export: abi.OnFile, base: draft.Base{ReadFile: read},
		event: &abi.Event{Kind: abi.EventFile, Files: refs, Session: "s1", Bot: "test"},
	}
	if got := b.play(h).replies(); got != "tea" {
		t.Errorf("the bot says %q", got)
	}
	if turn := b.play(h); turn.result != abi.Failed || !strings.Contains(turn.said, "a handler that has ended") {
		t.Errorf("result %v, said %q, want a failure", turn.result, turn.said)
	}
}

// What promises have left is not run in the next turn, where another user would get
// it.
func TestSession_NothingLeft(t *testing.T) {
	b := newBot(t, `bot.onMessage((s) => {
		if (s.text === "fail") { Promise.resolve().then(() => {}).then(() => console.log("ran")); throw new Error("x"); }
		console.log("second"); s.reply("a") })`)
	b.play(text("fail"))
	b.says("hi")
	if log := b.logged(); strings.Index(log, "ran") > strings.Index(log, "second") {
		t.Errorf("a job of the first turn ran in the second:\n%s", log)
	}
}

func TestFiles(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", 1<<17) // 2 MiB
	refs, read := files("häh\xff", large, "")
	b := newBot(t, `bot.onFile((s) => {
		const [small, large, empty] = s.files;
		s.reply([small.name, small.type, small.size, small.text()].join());
		s.reply(small.bytes() instanceof Uint8Array && [...small.read(1, 2)].join());
		s.reply([small.read(4, 10).length, small.read(9, 1).length, empty.bytes().length].join());
		const data = large.bytes();
		s.reply([data.length, data[16 * 1000 + 10], data.at(-1)].join());
		s.replyFile("copy", "audio/wav", data.subarray(1));
	})`)
	h := heard{
		export: abi.OnFile, base: draft.Base{ReadFile: read},
		event: &abi.Event{Kind: abi.EventFile, Files: refs, Session: "s1", Bot: "test"},
	}
	turn := b.play(h)
	if turn.err != nil || turn.said != "" {
		t.Fatal(turn.err, turn.said)
	}
	want := "f0,text/plain,5,häh\ufffd\n195,164\n1,0,0\n2097152,97,102\n" +
		`{"name":"copy","type":"audio/wav","size":2097151}`
	if got := turn.replies(); got != want {
		t.Errorf("the bot says %s, want %s", got, want)
	}
	if got := turn.draft.Files(); len(got) != 1 || string(got[0].Data) != large[1:] {
		t.Errorf("the reply's file is not that of the event")
	}
}

func TestLarge(t *testing.T) {
	b := load(t, build(t, "bot.js", `import { bot } from "bothost";
		bot.onMessage((s) => {
			const past = s.history();
			s.reply(past.length + " " + past[0].body.length + " " + past.at(-1).body.length);
			s.reply(s.text);
		})`), plugin.Options{Limits: abi.Limits{ReplyBytes: 2 << 20}})
	words := strings.Repeat("ä😀", 1<<20/6) // of 6 bytes, and 3 units of UTF-16
	h := text(words)
	h.base.Past = func(n int) ([]abi.Entry, error) {
		past := make([]abi.Entry, n)
		for i := range past {
			past[i] = abi.Entry{Seq: uint64(i + 1), From: abi.FromUser, Kind: abi.KindText, Body: strings.Repeat("x", 30_000)}
		}
		return past, nil
	}
	turn := b.play(h)
	want := fmt.Sprintf("100 30000 %d\n%s", len(words)/2, words)
	if got := turn.replies(); turn.err != nil || got != want {
		t.Errorf("error %v %s, replies of %d bytes, want %d", turn.err, turn.said, len(got), len(want))
	}
}

// A script that takes all memory costs its turn and its instance, and says where.
func TestMemory(t *testing.T) {
	limits := plugin.Options{Limits: abi.Limits{MemoryBytes: 16 << 20, TurnTime: time.Minute}}
	b := load(t, build(t, "bot.js", `import { bot } from "bothost";
		bot.onMessage(function hog(s) { if (!s.text) return s.reply("well");
			const all = []; for (;;) all.push(new Uint8Array(1 << 20)); })`), limits)
	for range 3 {
		turn := b.play(text("hi"))
		if _, ok := errors.AsType[*plugin.CallError](turn.err); !ok || !strings.Contains(turn.err.Error(), "out_of_memory") {
			t.Fatalf("error %v %s, want one of out_of_memory", turn.err, turn.said)
		}
		if got := b.says(""); got != "well" {
			t.Errorf("then the bot says %q", got)
		}
	}
	if log := b.logged(); !strings.Contains(log, `InternalError: out of memory\n    at hog (bot.js:3:`) {
		t.Errorf("the log is\n%s\nwant the place in the script", log)
	}
	caught := load(t, build(t, "bot.js", `import { bot } from "bothost";
		bot.onMessage((s) => { const all = []; try { for (;;) all.push(new Array(1e5).fill(0)) }
			catch (e) { all.length = 0; s.reply(e.message) } })`), limits)
	if got := caught.says("hi"); got != "out of memory" {
		t.Errorf("a bot that catches it says %q", got)
	}
}

func TestLoop(t *testing.T) {
	for _, code := range []string{
		"for (;;);", "return (async () => { for (;;) await null })()", "/(a*)*b/.test('a'.repeat(100))",
		"'x'.repeat(1e6).split('').sort(() => { for (;;); })",
	} {
		t.Run(code, func(t *testing.T) {
			b := load(t, build(t, "bot.js", `import { bot } from "bothost";
				bot.onMessage((s) => { if (s.text) {`+code+`} s.reply("well") })`),
				plugin.Options{Limits: abi.Limits{TurnTime: 100 * time.Millisecond}})
			if turn := b.play(text("hi")); !errors.Is(turn.err, context.DeadlineExceeded) {
				t.Errorf("error %v %s, want the deadline's", turn.err, turn.said)
			}
			if got := b.says(""); got != "well" {
				t.Errorf("then the bot says %q", got)
			}
		})
	}
}

// Many turns on one instance leave nothing behind: with this little memory, a few
// hundred bytes a turn would be too much.
func TestTurns_DoNotGrow(t *testing.T) {
	b := load(t, build(t, "bot.js", `import { bot } from "bothost";
		bot.onMessage(async (s) => {
			s.set("n", (s.get("n") ?? 0) + 1);
			const o = { text: s.text.repeat(20), event: s.event }; o.self = o;
			await Promise.all([null, Promise.reject(o).catch(() => {})]);
			console.debug(s.history(3), s.user);
			s.reply(o.text); s.replyOptions("a", "b"); s.setTimer("t", 1000, "x"); s.cancelTimer("t");
			if (s.text === "13") throw new Error("fail");
		})`), plugin.Options{Limits: abi.Limits{MemoryBytes: 2 << 20, LogBytes: 1}})
	turns := 10_000
	if testing.Short() {
		turns = 1000
	}
	for i := range turns {
		turn := b.play(text(fmt.Sprint(i % 100)))
		if turn.err != nil {
			t.Fatalf("turn %d: %v", i, turn.err)
		}
	}
}

func TestInstances_Hammer(t *testing.T) {
	b := newBot(t, `let last; bot.onMessage(async (s) => { last = s.text; await null; s.reply(last + s.text) })`)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 50 {
				words := fmt.Sprint(i, "-", k)
				if got := b.says(words); got != words+words {
					t.Errorf("the bot says %q to %q", got, words)
				}
			}
		})
	}
	wg.Wait()
}
