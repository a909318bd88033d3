package plugin

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// Every limit of a host function is tested one below, at, and one above.
func TestLimits(t *testing.T) {
	small := abi.Limits{KeyBytes: 8, ValueBytes: 20, VariableBytes: 30, ReplyBytes: 20,
		Replies: 4, Moves: 3, DefinitionBytes: 16}
	long := func(n int) string { return strings.Repeat("k", n) }
	// ptr makes a call whose bytes, n of them, are its only argument.
	ptr := func(f abi.Function) func(n int64) call {
		return func(n int64) call {
			c := newCall(f, mem, n)
			c.mem = long(int(n))
			return c
		}
	}
	// key makes a call with a key of n bytes.
	key := func(f abi.Function, rest ...int64) func(n int64) call {
		return func(n int64) call {
			c := newCall(f, append([]int64{mem, n}, rest...)...)
			c.mem = long(int(n))
			return c
		}
	}
	times := func(f abi.Function, args ...int64) func(n int64) call {
		return func(n int64) call {
			c := newCall(f, args...)
			c.mem, c.again = "a", int(n)
			return c
		}
	}
	for _, tc := range []struct {
		name  string
		limit int64
		make  func(n int64) call
		want  string // the argument
	}{
		{"output", small.DefinitionBytes, ptr(abi.FuncOutput), "ptr"},
		{"reply bytes", small.ReplyBytes, ptr(abi.FuncReply), "ptr"},
		{"state", small.KeyBytes, ptr(abi.FuncMove), "ptr"},
		{"path", small.KeyBytes, key(abi.FuncEventGet, buf, 9), "path"},
		{"key of config", small.KeyBytes, key(abi.FuncConfigGet, buf, 9), "key"},
		{"key to get", small.KeyBytes, key(abi.FuncSessionGet, buf, 9), "key"},
		{"key to set", small.KeyBytes, key(abi.FuncSessionSet, mem, 1), "key"},
		{"key to delete", small.KeyBytes, key(abi.FuncSessionDelete), "key"},
		{"value", small.ValueBytes, func(n int64) call {
			c := newCall(abi.FuncSessionSet, mem, 1, mem, n)
			c.mem = long(int(n))
			return c
		}, "val"},
		{"variables", small.VariableBytes, func(n int64) call {
			c := newCall(abi.FuncSessionSet, mem, 1, mem, n-21)
			c.mem, c.vars = long(int(n)), map[string]string{"o": long(19)}
			return c
		}, "val"},
		{"replies", small.Replies, times(abi.FuncReply, mem, 1), "ptr"},
		{"moves", small.Moves, times(abi.FuncMove, mem, 1), "ptr"},
		{"history", abi.MaxHistory, func(n int64) call {
			return newCall(abi.FuncHistory, n, buf, 9)
		}, "n"},
		{"level", int64(abi.LevelError), func(n int64) call {
			return newCall(abi.FuncLog, n, mem, 0)
		}, "level"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for n := tc.limit - 1; n <= tc.limit+1; n++ {
				c := tc.make(n)
				c.limits = small
				got := c.make(t)
				if n <= tc.limit {
					if got.err != nil {
						t.Errorf("%s(%d, limit %d): %v", c.f, n, tc.limit, got.err)
					}
					continue
				}
				if arg := argumentOf(t, c.f, got.err); arg != tc.want {
					t.Errorf("%s(%d, limit %d): %v, want it to name %s", c.f, n, tc.limit, got.err, tc.want)
				}
			}
		})
	}
}

// The limits that the specification states, as they are without options.
func TestLimits_defaults(t *testing.T) {
	l := abi.Limits{}.Defaults()
	if l.KeyBytes != 128 || l.ValueBytes != 64<<10 || l.VariableBytes != 1<<20 ||
		l.Replies != 64 || l.Moves != 32 || abi.MaxHistory != 100 {
		t.Errorf("Defaults() = %+v, want those of abi/README.md", l)
	}
}

// Arguments that have a rule of their own.
func TestArguments(t *testing.T) {
	with := func(f abi.Function, mem string, args ...int64) call {
		c := newCall(f, args...)
		c.mem = mem
		return c
	}
	for _, tc := range []struct {
		name string
		call call
		want string
	}{
		{"empty key", with(abi.FuncSessionGet, "", mem, 0, buf, 9), "key"},
		{"empty key to set", with(abi.FuncSessionSet, "v", mem, 0, mem, 1), "key"},
		{"empty key to delete", with(abi.FuncSessionDelete, "", mem, 0), "key"},
		{"empty state", with(abi.FuncMove, "", mem, 0), "ptr"},
		{"unknown kind", with(abi.FuncReplyAs, "songx", mem, 4, mem+4, 1), "kind"},
		{"kind of the host", with(abi.FuncReplyAs, "noticex", mem, 6, mem+6, 1), "kind"},
		{"options not JSON", with(abi.FuncReplyOptions, "{}", mem, 2), "ptr"},
		{"options as kind", with(abi.FuncReplyAs, "options[]", mem, 7, mem+7, 2), "body"},
		{"level below zero", with(abi.FuncLog, "", -1, mem, 0), "level"},
		{"history below zero", with(abi.FuncHistory, "", -1, buf, 9), "n"},
		{"random outside", with(abi.FuncRandom, "", memSize-1, 2), "buf"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := argumentOf(t, tc.call.f, tc.call.make(t).err); got != tc.want {
				t.Errorf("%s names %q, want %q", tc.call.f, got, tc.want)
			}
		})
	}
}

// What the functions without a buffer do.
func TestEffects(t *testing.T) {
	c := newCall(abi.FuncNow)
	if got := c.make(t); got.err != nil || got.result != 12345 {
		t.Errorf("now = %d, %v, want 12345", got.result, got.err)
	}
	c = newCall(abi.FuncState, buf, 100)
	if got := c.make(t); got.err != nil || got.read != "cellar" {
		t.Errorf("state = %q, %v, want cellar", got.read, got.err)
	}
	c = newCall(abi.FuncEvent, buf, 1000)
	c.input = "hello"
	ev := message("hello")
	if got, want := c.make(t), string(ev.AppendJSON(nil)); got.err != nil || got.read != want {
		t.Errorf("event = %q, %v, want %q", got.read, got.err, want)
	}
	c = newCall(abi.FuncReplyAs, mem, 8, mem+8, 3)
	c.mem = "markdown*x*"
	got := c.make(t)
	if last := got.draft.Entries()[1]; last.Kind != abi.KindMarkdown || last.Body != "*x*" {
		t.Errorf("reply_as left %+v, want markdown", last)
	}
	c = newCall(abi.FuncSessionDelete, mem, 1)
	c.mem, c.vars = "k", map[string]string{"k": "v"}
	if got := c.make(t); len(got.draft.Writes()) != 1 || !got.draft.Writes()[0].Deleted {
		t.Errorf("session_delete left %+v, want k deleted", got.draft.Writes())
	}
	c = newCall(abi.FuncMove, mem, 5)
	c.mem = "attic"
	if target, _ := c.make(t).draft.Moved(); target != "attic" {
		t.Errorf("move left %q, want attic", target)
	}
	c = newCall(abi.FuncOutput, mem, 5)
	c.mem = "hello"
	if got := c.make(t); string(got.in.Output()) != "hello" {
		t.Errorf("Output() = %q, want hello", got.in.Output())
	}
}

func TestHistory(t *testing.T) {
	past := []abi.Entry{
		{Seq: 1, From: abi.FromUser, Kind: abi.KindText, Body: "one", Time: 1, Turn: 1},
		{Seq: 2, From: abi.FromBot, Kind: abi.KindText, Time: 1, Turn: 1,
			Body: strings.Repeat("\u2028", 50_000)},
	}
	own := abi.Entry{From: abi.FromUser, Kind: abi.KindText, Body: "now", Time: message("").Time}
	for _, tc := range []struct {
		n    int64
		want []abi.Entry
	}{
		{0, nil}, {1, []abi.Entry{own}}, {2, []abi.Entry{past[1], own}},
		{3, []abi.Entry{past[0], past[1], own}}, {100, []abi.Entry{past[0], past[1], own}},
	} {
		want := string(abi.AppendHistory(nil, tc.want))
		size := int64(len(want))
		for _, room := range []int64{0, size - 1, size, min(size+1, memSize-buf)} {
			c := newCall(abi.FuncHistory, tc.n, buf, room)
			c.input, c.past = "now", past
			got := c.make(t)
			if got.err != nil || got.result != size {
				t.Fatalf("history(%d, cap %d) = %d, %v, want %d", tc.n, room, got.result, got.err, size)
			}
			read := want
			if room < size {
				read = strings.Repeat("\x00", int(min(size, memSize-buf)))
			}
			if size <= memSize-buf && got.read != read {
				t.Errorf("history(%d, cap %d) read %.50q, want %.50q", tc.n, room, got.read, read)
			}
		}
	}
}

func TestRandom(t *testing.T) {
	// More than one piece, so that the pieces are put together.
	c := newCall(abi.FuncRandom, buf, 200_000)
	got := c.make(t)
	if got.err != nil {
		t.Fatal(got.err)
	}
	bytes, _ := got.in.guest.Memory().Read(buf-1, 200_002)
	if bytes[0] != 0 || bytes[len(bytes)-1] != 0 {
		t.Error("random wrote beside its buffer")
	}
	for i := 1; i+32 < len(bytes); i += 1000 {
		if slices.Equal(bytes[i:i+32], make([]byte, 32)) {
			t.Errorf("random left 32 zero bytes at %d", i)
		}
	}
}

// Words are cut where a character ends.
func TestFail_long(t *testing.T) {
	c := newCall(abi.FuncFail, mem, 5001)
	c.mem = "x" + strings.Repeat("\u00e9", 2500)
	said := c.make(t).in.Said()
	if len(said) != keptWords-1 || !utf8.ValidString(said) {
		t.Errorf("Said() has %d bytes, valid: %v; want %d",
			len(said), utf8.ValidString(said), keptWords-1)
	}
}

const resultWAT = `(module
	(import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
	(import "bothost_v1" "reply" (func $reply (param i32 i32)))
	(import "bothost_v1" "fail" (func $fail (param i32 i32)))
	(memory (export "memory") 1)
	(data (i32.const 100) "words")
	(func (export "on_start") (call $reply (i32.const 100) (i32.const 5)))
	(func (export "on_message") (result i32)
		(drop (call $input (i32.const 0) (i32.const 9)))
		(call $fail (i32.const 100) (i32.const 5))
		(i32.sub (i32.load8_u (i32.const 0)) (i32.const 48))))`

func TestResults(t *testing.T) {
	m := newWAT(t, resultWAT, Options{})
	for _, tc := range []struct {
		input string
		want  abi.Result
		fails bool
	}{
		{"0", abi.Done, false}, {"1", abi.Failed, false}, {"2", abi.NotHandled, false},
		{"3", abi.Failed, true}, {"}", abi.Failed, true}, {"/", abi.Failed, true},
	} {
		got := play(t, m, abi.OnMessage, tc.input, draft.Base{})
		if got.result != tc.want || (got.err != nil) != tc.fails {
			t.Errorf("Call(%q) = %v, %v, want %v, error: %v",
				tc.input, got.result, got.err, tc.want, tc.fails)
		}
		if got.said != "words" {
			t.Errorf("Said() after %q = %q, want words", tc.input, got.said)
		}
	}
	got := play(t, m, abi.OnStart, "", draft.Base{})
	if got.result != abi.Done || got.err != nil || !slices.Equal(got.replies(), []string{"words"}) {
		t.Errorf("Call without a result = %v, %v, replies %q, want done",
			got.result, got.err, got.replies())
	}
	got = play(t, m, abi.OnEvent, "", draft.Base{})
	if got.err != ErrNoExport || got.result != abi.NotHandled {
		t.Errorf("Call(on_event) = %v, %v, want not handled, ErrNoExport", got.result, got.err)
	}
}
