package script_test

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// Recursion of any kind ends in an exception with a stack, which costs neither the
// instance nor tells of the engine's insides. The kinds differ in how much they need
// of the engine's stack and of the host's for each call.
func TestRun_Deep(t *testing.T) {
	rows := []struct{ name, code string }{
		{"calls", "const f = (n) => f(n + 1) + 1; f(0)"},
		{"many arguments", "function f(...a) { return f(...a, 1) + 1 } f()"},
		{"many variables", "const f = (n) => { let [a, b, c, d, e] = [n]; return f(a + 1) + b }; f(0)"},
		{"callbacks", "const f = (n) => [n].map(f)[0] + 1; f(0)"},
		{"sort", "const f = (a, b) => [2, 1].sort(f)[0]; f(0)"},
		{"getters", "const o = { get x() { return this.x + 1 } }; o.x"},
		{"proxies", "const p = new Proxy({}, { get: (t, k) => p[k] + 1 }); p.x"},
		{"classes", "class A { constructor() { this.a = new A() } } new A()"},
		{"bound", "let f = (g) => g.call(null, g) + 1; f(f.bind(null))"},
		{"apply", "function f() { return Reflect.apply(f, null, [1]) + 1 } f()"},
		{"texts", "const o = { toString() { return `${o}` } }; `${o}`"},
		{"replace", "const f = () => 'a'.replace(/a/, f); f()"},
		{"JSON", "const o = { toJSON() { return JSON.stringify(o) } }; JSON.stringify(o)"},
		{"reviver", "const f = () => JSON.parse('[1]', f); f()"},
		{"generators", "function* g() { yield* g() } g().next()"},
		{"async", "const f = async () => { await f() }; return f()"},
		{"eval", "const f = () => (0, eval)('globalThis.f()'); globalThis.f = f; f()"},
		{"nested code", "eval('['.repeat(1e5) + ']'.repeat(1e5))"},
		{"nested JSON", "JSON.parse('['.repeat(1e6) + ']'.repeat(1e6))"},
		{"nested value", "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)"},
		{"patterns", "new RegExp('('.repeat(1e5) + ')'.repeat(1e5)).test('a')"},
		{"iterators", "const o = { [Symbol.iterator]() { return [...o] } }; [...o]"},
	}
	var code []string
	for _, tt := range rows {
		code = append(code, "if (s.text) {"+tt.code+"} else s.reply('well')")
	}
	b := newBots(t, code)
	for i, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			turn := b.play(row(i, "hi"))
			if turn.err != nil || turn.result != abi.Failed || !strings.Contains(turn.said, "Error: ") {
				t.Fatalf("result %v, error %v, said %s, want %v", turn.result, turn.err, turn.said, abi.Failed)
			}
			if turn := b.play(row(i, "")); turn.replies() != "well" {
				t.Errorf("then the bot says %q, %v %s", turn.replies(), turn.err, turn.said)
			}
		})
	}
}
