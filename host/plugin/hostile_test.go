package plugin

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// ending is how a hostile module ends.
type ending struct {
	// at is where: in a turn if empty, else "start" or "describe".
	at string
	// is is what the error is.
	is error
	// says is in our own words of the error.
	says string
	// function and argument are those of an invalid call; function 0 is input.
	function abi.Function
	argument string
	invalid  bool
	// stack and stderr are in the CallError.
	stack, stderr string
	// result is what a call without an error returns.
	result abi.Result
	said   string
}

func invalid(f abi.Function, argument string) ending {
	return ending{invalid: true, function: f, argument: argument, stack: "on_message"}
}

func (e ending) during(at string) ending {
	e.at = at
	return e
}

var (
	timeUp    = ending{is: context.DeadlineExceeded, says: "stopped"}
	tooDeep   = ending{is: ErrRecursion, says: "recursion", stack: "deeper("}
	exited    = ending{says: "the guest exited with code"}
	anyBroken = ending{stack: "attack()"}
)

// hostile says of each file in testdata/hostile how it ends.
var hostile = map[string]ending{
	"loop":            timeUp,
	"loop-host":       timeUp,
	"sleep":           timeUp,
	"sleep-again":     timeUp,
	"memory":          timeUp,
	"table":           timeUp,
	"random":          timeUp,
	"extism-alloc":    timeUp,
	"extism-config":   timeUp,
	"wasi-random":     timeUp,
	"history":         timeUp,
	"log-flood":       timeUp,
	"log-empty":       timeUp,
	"stderr-flood":    {is: context.DeadlineExceeded, stderr: "xxxx"},
	"stderr-vectors":  timeUp,
	"call-bomb":       timeUp,
	"leaf-bomb":       timeUp,
	"tail-call":       timeUp,
	"br-table":        timeUp,
	"fill":            timeUp,
	"copy":            timeUp,
	"table-fill":      timeUp,
	"chase":           timeUp,
	"recursion-again": timeUp,
	"recursion":       tooDeep,
	"recursion-wide":  tooDeep,

	"recursion-trap": {stack: "deeper(i32) i32\ndeeper(i32) i32\n"},
	"unreachable":    {stack: "attack() i32", stderr: "about to trap"},
	"division":       anyBroken,
	"load":           anyBroken,
	"indirect":       anyBroken,
	"poll":           {says: "host stack:", stack: "attack()"},
	"exit":           {says: "the guest exited with code 3"},
	"exit-zero":      {says: "the guest exited with code 0"},

	"offsets":     invalid(abi.FuncReply, "ptr"),
	"not-utf8":    invalid(abi.FuncReply, "ptr"),
	"replies":     invalid(abi.FuncReply, "ptr"),
	"reply-bytes": invalid(abi.FuncReply, "ptr"),
	"key":         invalid(abi.FuncSessionSet, "key"),
	"value":       invalid(abi.FuncSessionSet, "val"),
	"variables":   invalid(abi.FuncSessionSet, "val"),
	"moves":       invalid(abi.FuncMove, "ptr"),

	"failed":        {result: abi.Failed, said: "out of ideas"},
	"failed-silent": {result: abi.Failed},
	"not-handled":   {result: abi.NotHandled},
	"result-77":     {says: "returned 77"},

	"start-loop":         timeUp.during("start"),
	"start-recursion":    {at: "start", is: ErrRecursion, says: "recursion"},
	"start-trap":         {at: "start", stack: "main()"},
	"start-illegal":      {at: "start", invalid: true, function: abi.FuncReply, stack: "main()"},
	"initialize-loop":    timeUp.during("start"),
	"initialize-sleep":   timeUp.during("start"),
	"initialize-trap":    {at: "start", stack: "broken()"},
	"initialize-failed":  {at: "start", says: "returned failed"},
	"initialize-exit":    exited.during("start"),
	"initialize-illegal": {at: "start", invalid: true, function: abi.FuncReply},

	"describe-loop":    timeUp.during("describe"),
	"describe-trap":    {at: "describe", stack: "broken()"},
	"describe-illegal": {at: "describe", invalid: true, function: abi.FuncReply},
	"describe-large":   {at: "describe", invalid: true, function: abi.FuncOutput, argument: "ptr"},
	"describe-json":    {at: "describe", says: "definition: "},
	"describe-failed":  {at: "describe", says: "returned 1"},
}

func TestHostile(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "hostile", "*.wat"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".wat"))
	}
	for name := range hostile {
		if !slices.Contains(names, name) {
			t.Errorf("%s.wat does not exist", name)
		}
	}
	for i, file := range files {
		want, ok := hostile[names[i]]
		if !ok {
			t.Errorf("%s has no ending in this test", file)
			continue
		}
		t.Run(names[i], func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			testHostile(t, assemble(t, string(source)), want)
		})
	}
}

func testHostile(t *testing.T, data []byte, want ending) {
	var log logLines
	budget := NewBudget(1 << 30)
	limit := 20 * time.Second
	if want.is == context.DeadlineExceeded {
		limit = 100 * time.Millisecond
	}
	m := newModule(t, data, Options{Limits: within(limit), Budget: budget, Logger: log.logger()})
	begun := time.Now()
	switch want.at {
	case "start":
		for range 2 {
			checkEnding(t, m.Start(t.Context()), want)
		}
	case "describe":
		_, err := m.Describe(t.Context())
		checkEnding(t, err, want)
		playFine(t, m)
	default:
		playFine(t, m)
		playAttack(t, m, want)
		playFine(t, m)
	}
	// The machine may be busy; how late a guest ends is the business of TestStop.
	if took := time.Since(begun); want.is != nil && took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if got, most := log.Len(), 2<<20; got > most {
		t.Errorf("the log has %d bytes, want at most %d", got, most)
	}
	if stats := m.Stats(); stats.Instances != stats.Idle {
		t.Errorf("Stats() = %+v, want all idle", stats)
	}
	if err := m.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if got := budget.Used(); got != 0 {
		t.Errorf("Used() = %d after Close, want 0", got)
	}
}

// playFine sees that the module goes on.
func playFine(t *testing.T, m *Module) {
	t.Helper()
	turn := play(t, m, abi.OnMessage, "fine", draft.Base{})
	if turn.err != nil || turn.result != abi.Done || !slices.Equal(turn.replies(), []string{"fine"}) {
		t.Errorf("fine = %v, %v, replies %q, want done and fine", turn.result, turn.err, turn.replies())
	}
}

func playAttack(t *testing.T, m *Module, want ending) {
	t.Helper()
	before := onlyInstance(t, m)
	turn := play(t, m, abi.OnMessage, "attack", draft.Base{
		Past: func(n int) ([]abi.Entry, error) { return make([]abi.Entry, n), nil },
	})
	if want.result != abi.Done {
		if turn.err != nil || turn.result != want.result || turn.said != want.said {
			t.Errorf("attack = %v, %v, said %q; want %v, said %q",
				turn.result, turn.err, turn.said, want.result, want.said)
		}
		if after := onlyInstance(t, m); after != before {
			t.Error("the instance was replaced, though it did not fail")
		}
		return
	}
	checkEnding(t, turn.err, want)
	if got := m.Stats().Instances; got != 0 {
		t.Errorf("Stats().Instances = %d after a failed call, want 0", got)
	}
}

// onlyInstance returns the one instance that there is, which is idle.
func onlyInstance(t *testing.T, m *Module) *Instance {
	t.Helper()
	in, err := m.Checkout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	in.Release()
	return in
}

func checkEnding(t *testing.T, err error, want ending) {
	t.Helper()
	if err == nil {
		t.Error("error = nil, want one")
		return
	}
	if want.is != nil && !errors.Is(err, want.is) {
		t.Errorf("error = %v, want it to be %v", err, want.is)
	}
	if want.is == nil && errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v, want another one", err)
	}
	if !strings.Contains(err.Error(), want.says) {
		t.Errorf("error = %v, want %q in it", err, want.says)
	}
	if want.invalid {
		if got := argumentOf(t, want.function, err); got != want.argument {
			t.Errorf("error = %v, names %q, want %q", err, got, want.argument)
		}
	}
	e, ok := errors.AsType[*CallError](err)
	if !ok && want.stack+want.stderr != "" || ok && !strings.Contains(e.Stack, want.stack) ||
		ok && !strings.Contains(e.Stderr, want.stderr) {
		t.Errorf("error = %v, want %q in its stack and %q in its stderr", err, want.stack, want.stderr)
	}
}

// A stack of a million frames makes an error of some lines.
func TestHostile_deepStack(t *testing.T) {
	m := newModule(t, assembleFile(t, "hostile/recursion-trap.wat"), Options{})
	e := callError(t, play(t, m, abi.OnMessage, "attack", draft.Base{}).err)
	if lines := strings.Count(e.Stack, "\n"); lines < 10 || lines > 40 {
		t.Errorf("the stack has %d lines, want 10 to 40", lines)
	}
}

// Instances of one module share the memory that closed ones leave behind. Nobody
// finds in it what somebody else wrote.
func TestHostile_spareMemoryIsClean(t *testing.T) {
	// A byte that is not zero anywhere makes it return 1; then all is filled with
	// ones, grown and filled again.
	m := newWAT(t, `(module (memory (export "memory") 2)
		(func $check (result i32) (local $at i32)
			(loop $next
				(if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then (return (i32.const 1))))
				(local.set $at (i32.add (local.get $at) (i32.const 8)))
				(br_if $next (i32.lt_u (local.get $at) (i32.mul (memory.size) (i32.const 65536)))))
			(i32.const 0))
		(func $fill
			(memory.fill (i32.const 0) (i32.const 1) (i32.mul (memory.size) (i32.const 65536))))
		(func (export "on_message") (result i32)
			(if (call $check) (then (return (i32.const 1))))
			(call $fill)
			(drop (memory.grow (i32.const 3)))
			(memory.fill (i32.const 0) (i32.const 0) (i32.const 131072))
			(if (call $check) (then (return (i32.const 1))))
			(call $fill)
			(unreachable)))`, Options{})
	for range 3 * spareCount {
		turn := play(t, m, abi.OnMessage, "", draft.Base{})
		if turn.err == nil {
			t.Fatalf("call = %v, want a trap: the memory was not clean", turn.result)
		}
	}
	if n := len(m.spare.buffers); n == 0 || n > spareCount {
		t.Errorf("%d spare buffers, want 1 to %d", n, spareCount)
	}
}
