package plugin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// The tests of host functions have no guest for each case: they write a guest
// that makes one call of one function in one export, and writes the result and
// its memory to the session.

// call is a call of a host function: arguments are numbers, and memory is what
// stands at mem.
type call struct {
	f    abi.Function
	args []int64
	mem  string
	// during is the export; if zero, on_message.
	during abi.Export
	// input, config, vars, past and asset are what there is to read.
	input  string
	config map[string]string
	vars   map[string]string
	past   []abi.Entry
	asset  string
	limits abi.Limits
	// file, if set, reads the one file of the event, which has so many bytes.
	file     func(dst []byte, offset int64) (int, error)
	fileSize int64
	// again is how often the call is made; if zero, once.
	again int
}

// mem is where a call's bytes stand, and buf where it reads to, up to the end of
// the memory.
const (
	mem     = 1 << 16
	buf     = 3 << 16
	memSize = 8 << 16
)

// wat writes the guest.
func (c call) wat() string {
	var b strings.Builder
	info := c.f.Info()
	fmt.Fprintf(&b, `(module (import "bothost_v1" %q %s)`, info.Name,
		strings.Replace(info.Signature(), "(func", "(func $call", 1))
	fmt.Fprintf(&b, `(memory (export "memory") %d)`, memSize>>16)
	fmt.Fprintf(&b, "(data (i32.const %d) \"%s\")", mem, watText(c.mem))
	if c.asset != "" {
		fmt.Fprintf(&b, "(@custom %q \"%s\")", abi.AssetSection, watText(c.asset))
	}
	args := ""
	for i, p := range info.Params {
		a := c.args[i]
		if p.Type == abi.I32 {
			a = int64(int32(a))
		}
		args += fmt.Sprintf(" (%s.const %d)", p.Type, a)
	}
	do := "(call $call" + args + ")"
	switch {
	case len(info.Results) == 0:
	case info.Results[0] == abi.I64:
		do = "(i64.store (i32.const 0)" + do + ")"
	default:
		do = "(i32.store (i32.const 0)" + do + ")"
	}
	for e := range abi.ExportCount {
		body := ""
		if e == c.during {
			body = strings.Repeat(do, max(1, c.again))
		}
		fmt.Fprintf(&b, "(func (export %q) %s)", e, body)
	}
	return b.String() + ")"
}

// watText escapes all bytes.
func watText(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "\\%02x", s[i])
	}
	return b.String()
}

// made is what a call left behind.
type made struct {
	err    error
	result int64
	// read is what the result's length says that stands at buf.
	read  string
	draft draft.Draft
	in    *Instance
}

// make makes the call on a new module.
func (c call) make(t *testing.T) *made {
	t.Helper()
	m := newWAT(t, c.wat(), Options{Limits: c.limits, Config: c.config})
	var r made
	in, err := m.Checkout(t.Context())
	if err != nil {
		r.err = err
		return &r
	}
	defer in.Release()
	base := draft.Base{Vars: c.vars, State: "cellar", Past: func(n int) ([]abi.Entry, error) {
		return c.past[max(0, len(c.past)-n):], nil
	}}
	for k, v := range c.vars {
		base.VarBytes += int64(len(k) + len(v))
	}
	ev := message(c.input)
	if c.file != nil {
		ev.Files = []abi.File{{Size: c.fileSize}}
		base.ReadFile = func(_ string, dst []byte, offset int64) (int, error) { return c.file(dst, offset) }
	}
	r.draft.Begin(ev, base, &m.opts.Limits)
	_, r.err = in.Call(c.during, c.input, 12345, &r.draft)
	r.in = in
	result, _ := in.guest.Memory().ReadUint64Le(0)
	if r.result = int64(int32(result)); c.f == abi.FuncNow {
		r.result = int64(result)
	}
	if r.result >= 0 {
		read, _ := in.guest.Memory().Read(buf, uint32(r.result))
		r.read = string(read)
	}
	return &r
}

func newCall(f abi.Function, args ...int64) call {
	return call{f: f, args: args, during: abi.OnMessage}
}

// argumentOf returns the argument that err names; it fails if err is not an
// invalid argument of f.
func argumentOf(t *testing.T, f abi.Function, err error) string {
	t.Helper()
	a, ok := errors.AsType[*abi.ArgumentError](err)
	if !ok {
		t.Fatalf("%s: error = %v, want an *abi.ArgumentError", f, err)
	}
	if callError(t, err); a.Function != f {
		t.Errorf("%s: error names %s: %v", f, a.Function, err)
	}
	return a.Argument
}

// puller is a function that reads into a buffer: the first arguments are before,
// then come buf and cap.
type puller struct {
	f      abi.Function
	before []int64
	// with prepares the call so that value is what is read.
	with func(c *call, value string)
}

var pullers = []puller{
	{abi.FuncInput, nil, func(c *call, v string) { c.input = v }},
	{abi.FuncEventGet, []int64{mem, 4}, func(c *call, v string) { c.mem, c.input = "text", v }},
	{abi.FuncSessionGet, []int64{mem, 4}, func(c *call, v string) {
		c.mem, c.vars = "name", map[string]string{"name": v}
	}},
	{abi.FuncConfigGet, []int64{mem, 4}, func(c *call, v string) {
		c.mem, c.config = "name", map[string]string{"name": v}
	}},
	{abi.FuncAsset, nil, func(c *call, v string) { c.asset = v }},
}

func (p puller) call(buf, size int64, value string) call {
	c := newCall(p.f, append(slices.Clone(p.before), buf, size)...)
	p.with(&c, value)
	return c
}

// A value is written if it fits, and its length is returned in any case.
func TestPull_lengths(t *testing.T) {
	const value = "0123456789"
	for _, p := range pullers {
		for _, size := range []int64{0, 1, 9, 10, 11, memSize - buf} {
			t.Run(fmt.Sprintf("%s/cap=%d", p.f, size), func(t *testing.T) {
				got := p.call(buf, size, value).make(t)
				if got.err != nil || got.result != 10 {
					t.Fatalf("%s(cap %d) = %d, %v, want 10", p.f, size, got.result, got.err)
				}
				want := value
				if size < 10 {
					want = strings.Repeat("\x00", 10)
				}
				if got.read != want {
					t.Errorf("%s(cap %d) read %q, want %q", p.f, size, got.read, want)
				}
			})
		}
	}
}

// A buffer at the very end of the memory is as good as any.
func TestPull_atTheEnd(t *testing.T) {
	for _, p := range pullers {
		got := p.call(memSize-10, 10, "0123456789").make(t)
		if got.err != nil || got.result != 10 {
			t.Errorf("%s(last 10 bytes) = %d, %v, want 10", p.f, got.result, got.err)
		}
	}
}

func TestPull_outOfBounds(t *testing.T) {
	outside := []struct{ buf, size int64 }{
		{memSize - 9, 10}, {memSize, 1}, {memSize + 1, 0}, {0, memSize + 1}, {-1, 2}, {1, -1}, {-16, 32},
	}
	all := slices.Clone(pullers)
	all = append(all,
		puller{abi.FuncEvent, nil, func(*call, string) {}},
		puller{abi.FuncState, nil, func(*call, string) {}},
		puller{abi.FuncHistory, []int64{5}, func(*call, string) {}})
	for _, p := range all {
		for _, o := range outside {
			for _, value := range []string{"x", strings.Repeat("x", 300)} {
				got := p.call(o.buf, o.size, value).make(t)
				if arg := argumentOf(t, p.f, got.err); arg != "buf" || !errors.Is(got.err, errBounds) {
					t.Errorf("%s(%d, %d): %v, want buf out of bounds", p.f, o.buf, o.size, got.err)
				}
			}
		}
	}
}

// What does not exist is absent, and its buffer is looked at all the same.
func TestPull_absent(t *testing.T) {
	for _, p := range pullers {
		if p.f == abi.FuncInput {
			continue // always there
		}
		c := p.call(buf, 10, "")
		c.mem, c.vars, c.config, c.asset = "none", nil, nil, ""
		if got := c.make(t); got.err != nil || got.result != abi.Absent {
			t.Errorf("%s of nothing = %d, %v, want %d", p.f, got.result, got.err, abi.Absent)
		}
		c.args[len(c.args)-2] = memSize
		if got := c.make(t); argumentOf(t, p.f, got.err) != "buf" {
			t.Errorf("%s of nothing to outside = %v, want buf out of bounds", p.f, got.err)
		}
	}
}

// pusher is a function that takes bytes at argument at and their length behind
// it.
type pusher struct {
	f    abi.Function
	args []int64
	at   int
	// name is what errors call the argument.
	name string
	// mem is what stands in memory.
	mem string
}

// A name of one byte stands at mem, and the value behind it.
var pushers = []pusher{
	{abi.FuncOutput, []int64{mem, 5}, 0, "ptr", "hello"},
	{abi.FuncFail, []int64{mem, 5}, 0, "ptr", "hello"},
	{abi.FuncLog, []int64{1, mem, 5}, 1, "ptr", "hello"},
	{abi.FuncEventGet, []int64{mem, 4, buf, 9}, 0, "path", "kind"},
	{abi.FuncReply, []int64{mem, 5}, 0, "ptr", "hello"},
	{abi.FuncReplyDelta, []int64{mem, 5}, 0, "ptr", "hello"},
	{abi.FuncReplyOptions, []int64{mem, 5}, 0, "ptr", `["a"]`},
	{abi.FuncReplyAs, []int64{mem, 4, mem + 4, 5}, 0, "kind", "texthello"},
	{abi.FuncReplyAs, []int64{mem, 4, mem + 4, 5}, 2, "body", "texthello"},
	{abi.FuncSessionGet, []int64{mem, 1, buf, 9}, 0, "key", "k"},
	{abi.FuncSessionSet, []int64{mem, 1, mem + 1, 5}, 0, "key", "khello"},
	{abi.FuncSessionSet, []int64{mem, 1, mem + 1, 5}, 2, "val", "khello"},
	{abi.FuncSessionDelete, []int64{mem, 1}, 0, "key", "k"},
	{abi.FuncMove, []int64{mem, 5}, 0, "ptr", "attic"},
	{abi.FuncTimerSet, []int64{mem, 1, 100, mem + 1, 5}, 0, "name", "khello"},
	{abi.FuncTimerSet, []int64{mem, 1, 100, mem + 1, 5}, 3, "data", "khello"},
	{abi.FuncTimerCancel, []int64{mem, 1}, 0, "name", "k"},
	{abi.FuncHTTPStart, []int64{mem, 1, mem + 1, 18}, 0, "name", `k{"url":"http://h"}`},
	{abi.FuncHTTPStart, []int64{mem, 1, mem + 1, 18}, 2, "request", `k{"url":"http://h"}`},
	{abi.FuncConfigGet, []int64{mem, 1, buf, 9}, 0, "key", "k"},
}

func (p pusher) call(ptr, size int64) call {
	c := newCall(p.f, slices.Clone(p.args)...)
	c.args[p.at], c.args[p.at+1], c.mem = ptr, size, p.mem
	return c
}

func (p pusher) String() string { return fmt.Sprintf("%s/%s", p.f, p.name) }

func TestPush_legal(t *testing.T) {
	for _, p := range pushers {
		if got := p.call(p.args[p.at], p.args[p.at+1]).make(t); got.err != nil {
			t.Errorf("%s: %v", p, got.err)
		}
	}
}

func TestPush_outOfBounds(t *testing.T) {
	for _, p := range pushers {
		for _, o := range []struct{ ptr, size int64 }{
			{memSize - 9, 10}, {memSize, 1}, {memSize + 1, 0}, {-1, 2}, {-16, 32},
		} {
			got := p.call(o.ptr, o.size).make(t)
			if arg := argumentOf(t, p.f, got.err); arg != p.name || !errors.Is(got.err, errBounds) {
				t.Errorf("%s(%d, %d): %v, want %s out of bounds", p, o.ptr, o.size, got.err, p.name)
			}
		}
		if got := p.call(1, -1).make(t); got.err == nil {
			t.Errorf("%s(1, -1) = nil, want an error", p)
		}
	}
}

func TestPush_notUTF8(t *testing.T) {
	for _, p := range pushers {
		c := p.call(p.args[p.at], p.args[p.at+1])
		at := int(p.args[p.at] - mem)
		c.mem = c.mem[:at] + "\xff" + c.mem[at+1:]
		got := c.make(t)
		if arg := argumentOf(t, p.f, got.err); arg != p.name || !errors.Is(got.err, abi.ErrNotUTF8) {
			t.Errorf("%s: %v, want %s to be UTF-8", p, got.err, p.name)
		}
	}
}

// Every function may be called during the exports of its row in abi, and no
// others.
func TestPhases(t *testing.T) {
	args := map[abi.Function][]int64{
		abi.FuncInput: {buf, 9}, abi.FuncEvent: {buf, 9}, abi.FuncState: {buf, 9},
		abi.FuncHistory: {1, buf, 9}, abi.FuncAsset: {buf, 9}, abi.FuncNow: nil,
		abi.FuncReplyEnd: nil,
		abi.FuncRandom:   {buf, 9}, abi.FuncFileRead: {0, 0, buf, 9},
		abi.FuncReplyFile: {mem, 1, mem + 1, 3, mem, 4},
	}
	bytes := map[abi.Function]string{abi.FuncReplyFile: "xa/b"}
	for _, p := range pushers {
		args[p.f], bytes[p.f] = p.args, p.mem
	}
	for f := range abi.FunctionCount {
		arguments, ok := args[f]
		if !ok {
			t.Errorf("no arguments for %s: the function is not tested", f)
		}
		for e := range abi.ExportCount {
			c := newCall(f, arguments...)
			c.during, c.mem = e, bytes[f]
			got := c.make(t)
			switch {
			case f.Info().During.In(e) && got.err != nil:
				t.Errorf("%s during %s: %v", f, e, got.err)
			case !f.Info().During.In(e):
				argumentOf(t, f, got.err)
				if !errors.Is(got.err, errIllegal) {
					t.Errorf("%s during %s: %v, want it to be illegal", f, e, got.err)
				}
			}
		}
	}
}
