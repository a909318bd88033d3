package script_test

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// Each row is the body of a handler, which replies.
func TestRun_Replies(t *testing.T) {
	rows := []struct{ name, code, text, want string }{
		{"text", `s.reply(s.text)`, "hi", "hi"},
		{"unicode", `s.reply(s.text.length + s.text)`, "é😀\x00ß", "5é😀\x00ß"},
		{"half a character", `s.reply(s.text.slice(0, 1) + "!")`, "😀", "\ufffd!"},
		{"a number", `s.reply(6 * 7)`, "", "42"},
		{"options", `s.replyOptions("A", { label: "B", value: "b" })`, "",
			`[{"label":"A","value":"A"},{"label":"B","value":"b"}]`},
		{"options of a list", `s.replyOptions(["A", "B"])`, "",
			`[{"label":"A","value":"A"},{"label":"B","value":"B"}]`},
		{"table", `s.replyTable(["a", "b"], [[1, null], ["x", true]])`, "",
			`{"columns":["a","b"],"rows":[[1,null],["x",true]]}`},
		{"location", `s.replyLocation(49.5, 5.94)`, "", `{"latitude":49.5,"longitude":5.94}`},
		{"rag", `s.replyRAG({ question: "q", answer: "a", docs: [{ content: "c", source: "s" }] })`, "",
			`{"llm_name":"","question":"q","answer":"a","docs":[{"content":"c","metadata":{"source":"s"}}]}`},
		{"reasoning", `s.replyReasoning({ kind: "llm_text", step: 1, summary: "s" })`, "",
			`{"kind":"llm_text","step":1,"summary":"s","details":{}}`},
		{"tasks", `s.replyTasks({ id: 1, description: "d" })`, "",
			`[{"id":1,"description":"d","status":"pending","result":""}]`},
		{"markdown", `s.replyMarkdown("*a*"); s.replyHTML("<b>b</b>")`, "", "*a*\n<b>b</b>"},
		{"in progress", `s.replyDelta("a"); s.replyDelta("b"); s.replyEnd(); s.replyEnd(); s.replyDelta(1); s.reply("c")`,
			"", "ab\n1\nc"},
		{"file", `s.replyFile("a.txt", "text/plain", "ä")`, "",
			`{"name":"a.txt","type":"text/plain","size":2}`},
		{"part of a buffer", `s.replyFile("a", "image/png", new Uint8Array([1,2,3,4]).subarray(1, 3))`, "",
			`{"name":"a","type":"image/png","size":2}`},
		{"who", `s.reply(s.id + s.user.verified + s.event.kind + s.message)`, "x", "s1falsemessagex"},
		{"no file", `s.reply(s.files.length)`, "", "0"},
		{"no intent", `s.reply(String(s.intent) + s.param("x"))`, "", "undefinedundefined"},
		{"no variable", `s.reply(String(s.get("x")))`, "", "undefined"},
		{"now", `s.reply(Date.now() + " " + s.now() + " " + new Date().toISOString())`, "",
			"1763712000000 1763712000000 2025-11-21T08:00:00.000Z"},
		{"time zone", `s.reply(new Date(0).getTimezoneOffset() + performance.now() - performance.now())`, "", "0"},
		{"chance", `const a = [Math.random(), Math.random()];
			s.reply(a.every((x) => x >= 0 && x < 1) && a[0] !== a[1])`, "", "true"},
		{"uuid", `s.reply(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(crypto.randomUUID()))`,
			"", "true"},
		{"random bytes", `s.reply(crypto.getRandomValues(new Uint32Array(64)).some((x) => x > 255))`, "", "true"},
		{"encode", `s.reply([...new TextEncoder().encode("ä😀")].join())`, "", "195,164,240,159,152,128"},
		{"decode", `s.reply(new TextDecoder().decode(new Uint8Array([0xef,0xbb,0xbf,97,255,98])))`, "", "a\ufffdb"},
		{"decode strictly", `try { new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([255])) }
			catch (e) { s.reply(e.message) }`, "", "TextDecoder: the data are not UTF-8"},
		{"async", `return (async () => { await null; await 1; s.reply("a"); })()`, "", "a"},
		{"order of jobs", `queueMicrotask(() => s.reply("b")); s.reply("a")`, "", "a\nb"},
		{"not awaited", `(async () => { await null; s.reply("b"); })(); s.reply("a")`, "", "a\nb"},
		{"a rejection that is handled later", `const p = Promise.reject(new Error("x"));
			return Promise.resolve().then(() => p).catch((e) => s.reply(e.message))`, "", "x"},
		{"generators", `s.reply([...(function* () { yield 1; yield 2; })()].join())`, "", "1,2"},
		{"modern", `s.reply([3, 1].toSorted().at(-1) + Object.groupBy([1], () => "k").k.length)`, "", "4"},
		{"base64", `s.reply(atob(btoa("abc")))`, "", "abc"},
	}
	var code []string
	for _, tt := range rows {
		code = append(code, tt.code)
	}
	b := newBots(t, code)
	for i, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			turn := b.play(row(i, tt.text))
			if got := turn.replies(); got != tt.want || turn.result != abi.Done {
				t.Errorf("the bot says %q, %v %s, want %q", got, turn.err, turn.said, tt.want)
			}
		})
	}
}

// What goes wrong fails the turn with words that say what and where. Lines are those
// of the bot's own file: the code begins in the second.
func TestRun_Fails(t *testing.T) {
	for _, tt := range []struct {
		name, code string
		want       []string
	}{
		{"an exception", "bot.onMessage((s) => {\n  s.reply('a');\n  boom();\n});\nfunction boom() {\n  throw new TypeError('bang'); }",
			[]string{"TypeError: bang\n    at boom (bot.js:7:", "(bot.js:4:"}},
		{"of the engine", "bot.onMessage((s) => undefined.x)",
			[]string{"TypeError: ", "(bot.js:2:"}},
		{"no error", "bot.onMessage(() => { throw { code: 7 } })", []string{"thrown: { code: 7 }"}},
		{"nothing", "bot.onMessage(() => { throw undefined })", []string{"thrown: undefined"}},
		{"what throws when it is shown", "bot.onMessage(() => { throw { get x() { throw 1 } } })",
			[]string{"what was thrown cannot be shown"}},
		{"an error without words", "bot.onMessage(() => {\n" +
			"  throw Object.assign(new Error(), { message: Symbol('s') }) })",
			[]string{"what was thrown cannot be shown"}},
		{"a cause", "bot.onMessage(() => { throw new Error('a', { cause: new Error('b') }) })",
			[]string{"Error: a\n", "caused by: Error: b\n"}},
		{"async", "bot.onMessage(async (s) => { await null;\n throw new Error('late') })",
			[]string{"Error: late\n", "(bot.js:3:"}},
		{"async, at once", "bot.onMessage(async (s) => { throw new Error('soon') })", []string{"Error: soon\n"}},
		{"async, undefined", "bot.onMessage(async (s) => { throw undefined })", []string{"thrown: undefined"}},
		{"never settled", "bot.onMessage(async (s) => { await new Promise(() => {}) })",
			[]string{"a promise that is awaited never settles"}},
		{"nobody awaits", "bot.onMessage((s) => { (async () => { throw new Error('lost') })() })",
			[]string{"a promise was rejected, and nobody awaits it: Error: lost\n"}},
		{"nobody awaits later", "bot.onMessage((s) => { (async () => { await null; throw new Error('lost') })() })",
			[]string{"nobody awaits it: Error: lost\n"}},
		{"recursion", "bot.onMessage((s) => { const f = (n) => f(n + 1) + 1; f(0) })",
			[]string{"RangeError: Maximum call stack size exceeded", "at f (bot.js:2:"}},
		{"setTimeout", "bot.onMessage((s) => setTimeout(() => {}, 10))",
			[]string{"setTimeout is not there for bots: ", "session.setTimer(name, ms)"}},
		{"fetch", "bot.onMessage((s) => fetch('http://x'))", []string{"session.http(name, request)"}},
		{"an undefined reply", "bot.onMessage((s) => s.reply())",
			[]string{"TypeError: reply: the text must be a string, is undefined", "(bot.js:2:"}},
		{"a key", "bot.onMessage((s) => s.get(7))", []string{"get: the key must be a string, is a number"}},
		{"a value", "bot.onMessage((s) => s.set('k'))",
			[]string{"set: the value must be a value that JSON has, is undefined"}},
		{"a circle", "bot.onMessage((s) => { const a = []; a.push(a); s.set('k', a) })", []string{"TypeError: circular reference"}},
		{"a handler in a turn", "bot.onMessage((s) => { bot.onMessage(() => {}) })",
			[]string{"onMessage: a bot declares what it does when its script starts, not in a turn"}},
		{"a guard", "bot.onMessage((s) => { throw new AggregateError([new Error('a'), new Error('b')], 'c') })",
			[]string{"AggregateError: c", "- Error: a", "- Error: b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBot(t, "\n"+tt.code)
			turn := b.play(text("hi"))
			if turn.err != nil || turn.result != abi.Failed {
				t.Fatalf("result %v, error %v, want %v", turn.result, turn.err, abi.Failed)
			}
			for _, want := range tt.want {
				if !strings.Contains(turn.said, want) {
					t.Errorf("the bot fails with\n%s\nwant in it\n%s", turn.said, want)
				}
			}
			if strings.Contains(turn.said, "prelude.js") {
				t.Errorf("the bot fails with\n%s\nwhich has lines that are not its own", turn.said)
			}
		})
	}
}
