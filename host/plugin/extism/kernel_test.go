package extism

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
)

// fakeHost is a host with variables in a map, and a network of one answer.
type fakeHost struct {
	vars   map[string]string
	level  slog.Level
	lines  []string
	sent   []Request
	answer Response
	err    error
}

func (h *fakeHost) Config(name string) (string, bool) { return "value of " + name, name == "known" }
func (h *fakeHost) LogEnabled(level slog.Level) bool  { return level >= h.level }
func (h *fakeHost) Log(level slog.Level, text []byte) {
	h.lines = append(h.lines, level.String()+" "+string(text))
}
func (h *fakeHost) Worked(int) {}
func (h *fakeHost) Send(r Request) (Response, error) {
	h.sent = append(h.sent, r)
	return h.answer, h.err
}
func (h *fakeHost) Get(key []byte) (string, bool, error) {
	v, ok := h.vars[string(key)]
	return v, ok, nil
}

func (h *fakeHost) Set(key, value []byte) error {
	if len(value) > 100 {
		return errors.New("too long")
	}
	h.vars[string(key)] = string(value)
	return nil
}

func (h *fakeHost) Delete(key []byte) error {
	delete(h.vars, string(key))
	return nil
}

func (h *fakeHost) VarBytes(prefix string) (n int64) {
	for k, v := range h.vars {
		if strings.HasPrefix(k, prefix) {
			n += int64(len(k) + len(v))
		}
	}
	return n
}

func newKernel(opts Options) (*Kernel, *fakeHost) {
	h := &fakeHost{vars: map[string]string{"own": "kept"}}
	if opts.ArenaBytes == 0 {
		opts.ArenaBytes = 1 << 20
	}
	if opts.VarBytes == 0 {
		opts.VarBytes = -1
	}
	opts.OutputBytes, opts.KeyBytes = 1<<16, 128
	return New(h, opts), h
}

// try calls a function by name.
func (k *Kernel) try(name string, args ...uint64) (uint64, error) {
	var stack [2]uint64
	copy(stack[:], args)
	err := FunctionByName(name).Call(k, stack[:])
	return stack[0], err
}

func (k *Kernel) must(tb testing.TB, name string, args ...uint64) uint64 {
	tb.Helper()
	v, err := k.try(name, args...)
	if err != nil {
		tb.Fatalf("%s(%v): %v", name, args, err)
	}
	return v
}

func (k *Kernel) text(tb testing.TB, s string) uint64 {
	tb.Helper()
	h, ok := k.mem.Put([]byte(s))
	if !ok {
		tb.Fatalf("no room for %q", s)
	}
	return h
}

// The list is the published one, and no more.
func TestFunctions(t *testing.T) {
	want := strings.Fields(`alloc free length length_unsafe load_u8 load_u64 store_u8 store_u64 memory_bytes reset
		input_length input_offset input_load_u8 input_load_u64 input_set
		output_set output_length output_offset error_set error_get
		config_get var_get var_set http_request http_status_code http_headers
		get_log_level log_trace log_debug log_info log_warn log_error`)
	if len(functions) != len(want) {
		t.Errorf("%d functions, want %d", len(functions), len(want))
	}
	for _, name := range want {
		if FunctionByName(name) == nil {
			t.Errorf("%s is missing", name)
		}
	}
}

// odd are numbers that a plug-in may give where a handle, an offset or a length is
// wanted.
var odd = []uint64{
	0, 1, 7, 63, 64, 65, 1 << 16, 1<<20 - 8, 1 << 20, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1<<32 + 64,
	1 << 62, 1<<63 - 1, 1 << 63, math.MaxUint64 - 63, math.MaxUint64 - 15, math.MaxUint64 - 7, math.MaxUint64,
}

// Any two numbers to any function: it returns, or ends the call with its name. The
// arena works on, and what the host keeps besides is untouched.
func TestKernel_hostile(t *testing.T) {
	for i := range functions {
		f := &functions[i]
		t.Run(f.Name, func(t *testing.T) {
			for _, a := range odd {
				for _, b := range odd {
					k, h := newKernel(Options{})
					if err := k.Begin("the input"); err != nil {
						t.Fatal(err)
					}
					stack := [2]uint64{a, b}
					err := f.Call(k, stack[:])
					if e, ok := errors.AsType[*Error](err); err != nil && (!ok || e.Function != f.Name || e.Err == nil) {
						t.Fatalf("%s(%d, %d) = %v, want an *Error of that name", f.Name, a, b, err)
					}
					k.Output()
					k.Fault()
					if h.vars["own"] != "kept" {
						t.Fatalf("%s(%d, %d) changed a variable of the session's own", f.Name, a, b)
					}
					if block := k.must(t, "alloc", 10); k.must(t, "length", block) != 10 {
						t.Fatalf("after %s(%d, %d) the arena gives no blocks", f.Name, a, b)
					}
				}
			}
		})
	}
}

func TestKernel_callsAreApart(t *testing.T) {
	k, _ := newKernel(Options{})
	if err := k.Begin("secret"); err != nil {
		t.Fatal(err)
	}
	h := k.text(t, "another secret")
	k.must(t, "output_set", h, 7)
	k.must(t, "error_set", h)
	if _, err := k.try("http_request", k.text(t, `{"url":"http://h/"}`), 0); err != nil {
		t.Fatal(err)
	}
	if err := k.Begin(""); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"input_length", "input_offset", "output_length", "output_offset", "error_get", "http_headers"} {
		if v := k.must(t, name); v != 0 {
			t.Errorf("%s = %d in a new call, want 0", name, v)
		}
	}
	if out, ok := k.Output(); ok || len(k.Fault()) != 0 {
		t.Errorf("a new call has the output %q and the error %q", out, k.Fault())
	}
	all, ok := k.mem.Load(64, 4096)
	if !ok || len(bytes.Trim(all, "\x00")) != 0 {
		t.Errorf("a new call finds %q", bytes.Trim(all, "\x00"))
	}
}

func TestKernel_vars(t *testing.T) {
	for _, value := range []string{"text", "", "größe", "\xff\xfe", "\x00", "\x00abc", "a\x00b", "\xc8\x00\x00\x00\x00\x00\x00\x00", strings.Repeat("\xff", 60)} {
		k, h := newKernel(Options{})
		if value == "" {
			continue // no block is empty
		}
		k.must(t, "var_set", k.text(t, "name"), k.text(t, value))
		stored := h.vars["extism:name"]
		if !bytes.Equal([]byte(strings.ToValidUTF8(stored, "?")), []byte(stored)) {
			t.Errorf("%q is stored as %q, which is no text", value, stored)
		}
		if got := string(k.mem.Block(k.must(t, "var_get", k.text(t, "name")))); got != value {
			t.Errorf("var_get after var_set of %q = %q", value, got)
		}
		k.must(t, "var_set", k.text(t, "name"), 0)
		if len(h.vars) != 1 || k.must(t, "var_get", k.text(t, "name")) != 0 {
			t.Errorf("after its removal %q is there: %q", value, h.vars)
		}
	}
	k, h := newKernel(Options{})
	k.must(t, "var_set", k.text(t, "own"), k.text(t, "another"))
	if h.vars["own"] != "kept" {
		t.Error("var_set changed a variable of session_set")
	}
}

func TestKernel_varLimits(t *testing.T) {
	name := func(n int) string { return strings.Repeat("n", n) }
	for _, test := range []struct {
		name, key, value string
		limit            int64
		want             string
	}{
		{"longest name", name(128 - len(VarPrefix)), "v", -1, ""},
		{"longer name", name(129 - len(VarPrefix)), "v", -1, "var_set: name: a variable's name has at most 121 bytes"},
		{"name that is no text", "\xff", "v", -1, "var_set: name: must be UTF-8"},
		{"what the host refuses", "k", strings.Repeat("v", 101), -1, "var_set: value: too long"},
		{"all that there may be", "k", "12", 10, ""},
		{"a byte more", "k", "123", 10, "var_set: value: all variables have at most 10 bytes"},
		{"none at all", "k", "v", math.MinInt64, "max_var_bytes is 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, h := newKernel(Options{VarBytes: test.limit})
			if test.limit == math.MinInt64 {
				k.opts.VarBytes = 0
			}
			for range 2 { // the same again takes no more room
				_, err := k.try("var_set", k.text(t, test.key), k.text(t, test.value))
				if got := fmt.Sprint(err); (err != nil) != (test.want != "") || !strings.Contains(got, test.want) {
					t.Fatalf("var_set = %v, want %q", err, test.want)
				}
			}
			if test.want != "" && len(h.vars) != 1 {
				t.Errorf("a refused variable was set: %q", h.vars)
			}
		})
	}
}

func TestKernel_input(t *testing.T) {
	k, _ := newKernel(Options{ArenaBytes: 1024})
	if err := k.Begin(strings.Repeat("x", 1025)); err == nil || !strings.Contains(err.Error(), "the input of 1025 bytes") {
		t.Errorf("Begin with too large an input = %v", err)
	}
	if err := k.Begin("0123456789"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		off  uint64
		ok   bool
	}{
		{"input_load_u8", 9, true}, {"input_load_u8", 10, false}, {"input_load_u8", math.MaxUint64, false},
		{"input_load_u64", 2, true}, {"input_load_u64", 3, false}, {"input_load_u64", math.MaxUint64 - 3, false},
	} {
		if _, err := k.try(test.name, test.off); (err == nil) != test.ok {
			t.Errorf("%s(%d) = %v, want it to work: %v", test.name, test.off, err, test.ok)
		}
	}
	k.must(t, "free", k.must(t, "input_offset"))
	if n := k.must(t, "input_length"); n != 0 {
		t.Errorf("input_length after the input was freed = %d, want 0", n)
	}
}

func TestKernel_output(t *testing.T) {
	k, _ := newKernel(Options{})
	for _, test := range []struct {
		name string
		n    uint64
		ok   bool
	}{{"one below", 1<<16 - 1, true}, {"at", 1 << 16, true}, {"one above", 1<<16 + 1, false}} {
		if _, err := k.try("output_set", k.must(t, "alloc", test.n), test.n); (err == nil) != test.ok {
			t.Errorf("%s the limit: output_set = %v, want it to work: %v", test.name, err, test.ok)
		}
	}
	k.must(t, "output_set", k.text(t, "hello"), 5)
	if out, ok := k.Output(); !ok || string(out) != "hello" {
		t.Errorf("Output() = %q, %v, want hello", out, ok)
	}
	k.DropOutput()
	if out, ok := k.Output(); ok {
		t.Errorf("Output() after another one = %q, want none", out)
	}
}

func TestKernel_log(t *testing.T) {
	k, h := newKernel(Options{})
	for i, level := range []slog.Level{LevelTrace, slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		h.level, h.lines = level, nil
		if got := k.must(t, "get_log_level"); got != uint64(i) {
			t.Errorf("get_log_level = %d, want %d", got, i)
		}
		for _, name := range []string{"trace", "debug", "info", "warn", "error"} {
			k.must(t, "log_"+name, k.text(t, "a line"))
		}
		if len(h.lines) != 5-i {
			t.Errorf("at level %v %q are logged, want %d lines", level, h.lines, 5-i)
		}
	}
	h.level = math.MaxInt
	if got := k.must(t, "get_log_level"); got != math.MaxInt32 {
		t.Errorf("get_log_level with no log = %d, want %d", got, math.MaxInt32)
	}
}

func TestKernel_http(t *testing.T) {
	k, h := newKernel(Options{ArenaBytes: 4096})
	h.answer = Response{Status: 201, Headers: map[string]string{"x-a": `"b"`}, Body: []byte("made")}
	request := k.text(t, `{"url":"http://h/","method":"PUT","headers":{"X-B":"c"}}`)
	body := k.must(t, "http_request", request, k.text(t, "body"))
	r := h.sent[0]
	if string(k.mem.Block(body)) != "made" || k.must(t, "http_status_code") != 201 ||
		r.URL != "http://h/" || r.Method != "PUT" || r.Headers["X-B"] != "c" || string(r.Body) != "body" {
		t.Errorf("http_request = %q after %+v", k.mem.Block(body), r)
	}
	if got := string(k.mem.Block(k.must(t, "http_headers"))); got != `{"x-a":"\"b\""}` {
		t.Errorf("http_headers = %s", got)
	}
	if k.must(t, "length", request) != 0 {
		t.Error("the request was not freed")
	}
	h.answer.Body = make([]byte, 5000)
	if _, err := k.try("http_request", k.text(t, `{"url":"http://h/"}`), 0); err == nil || !strings.Contains(err.Error(), "http_request: the answer of 5000 bytes") {
		t.Errorf("an answer beyond the arena: %v", err)
	}
	h.err = errors.New("forbidden")
	if _, err := k.try("http_request", k.text(t, `{"url":"http://h/"}`), 0); !errors.Is(err, h.err) || k.must(t, "http_status_code") != 0 {
		t.Errorf("a request that fails: %v, status %d", err, k.must(t, "http_status_code"))
	}
}

// TestKernel_requestBytes: what a request takes when it is read, in memory that nobody
// counts, is bounded by its length.
func TestKernel_requestBytes(t *testing.T) {
	k, _ := newKernel(Options{ArenaBytes: 1 << 20, RequestBytes: 100})
	for _, n := range []int{99, 100, 101} {
		doc := `{"url":"http://h/"}`
		doc += strings.Repeat(" ", n-len(doc))
		if _, err := k.try("http_request", k.text(t, doc), 0); (err != nil) != (n > 100) {
			t.Errorf("http_request(%d bytes) = %v", n, err)
		}
	}
}

// Every function of the core surface stands in the user module, within what kits can
// call.
func TestUserOf(t *testing.T) {
	for f := range abi.FunctionCount {
		u := UserOf(f)
		if len(u.Args) > 5 {
			t.Errorf("%v has %d parameters, want at most 5", f, len(u.Args))
		}
	}
	for _, test := range []struct {
		f    abi.Function
		want string
	}{
		{abi.FuncInput, "[] 2"}, {abi.FuncReply, "[{ptr 0}] 0"}, {abi.FuncLog, "[{level 1} {ptr 0}] 0"},
		{abi.FuncReplyAs, "[{kind 0} {body 0}] 0"}, {abi.FuncSessionGet, "[{key 0}] 2"},
		{abi.FuncSessionSet, "[{key 0} {val 0}] 0"}, {abi.FuncHistory, "[{n 1}] 2"},
		{abi.FuncTimerSet, "[{name 0} {delay_ms 2} {data 0}] 0"}, {abi.FuncNow, "[] 1"}, {abi.FuncRandom, "[{buf 0}] 0"},
		{abi.FuncReplyFile, "[{name 0} {mime 0} {data 0}] 0"}, {abi.FuncFileRead, "[{index 1} {offset 2} {most 3}] 3"},
	} {
		u := UserOf(test.f)
		if got := fmt.Sprint(u.Args, u.Result); got != test.want {
			t.Errorf("%v = %s, want %s", test.f, got, test.want)
		}
	}
}

// FuzzKernel calls functions at random: whatever they are given, they return or fail
// with their name, and the arena gives a block afterwards.
func FuzzKernel(f *testing.F) {
	f.Add([]byte{0, 10, 0, 2, 1, 0, 6, 1, 200, 15, 1, 5, 18, 1, 0})
	f.Add([]byte{0, 255, 255, 11, 0, 0, 1, 0, 0, 12, 3, 3, 21, 2, 2, 22, 2, 3, 23, 2, 0, 25, 0, 0})
	f.Fuzz(func(t *testing.T, program []byte) {
		k, h := newKernel(Options{ArenaBytes: 1 << 16})
		h.answer = Response{Status: 200, Body: []byte("answer")}
		if err := k.Begin(`{"url":"http://h/"}`); err != nil {
			t.Fatal(err)
		}
		results := []uint64{k.input}
		pick := func(b byte) uint64 {
			if b < 128 {
				return results[int(b)%len(results)]
			}
			return odd[int(b)%len(odd)]
		}
		for ; len(program) >= 3; program = program[3:] {
			fn := &functions[int(program[0])%len(functions)]
			stack := [2]uint64{pick(program[1]), pick(program[2])}
			if err := fn.Call(k, stack[:]); err != nil {
				if e, ok := errors.AsType[*Error](err); !ok || e.Function != fn.Name {
					t.Fatalf("%s: %v, want an *Error of that name", fn.Name, err)
				}
			} else if len(fn.Results) > 0 {
				results = append(results, stack[0])
			}
		}
		k.Output()
		k.Fault()
		if h.vars["own"] != "kept" {
			t.Fatal("a variable of the session's own was changed")
		}
		if err := k.Begin("next"); err != nil || k.inputLen != 4 {
			t.Fatalf("the next call: %v", err)
		}
	})
}
