package plugin

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// An instance that failed never runs again, whatever its owner tries.
func TestBrokenInstanceIsReplaced(t *testing.T) {
	m := newModule(t, assembleFile(t, "hostile/unreachable.wat"), Options{})
	in, err := m.Checkout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var d draft.Draft
	ev := message("attack")
	d.Begin(ev, draft.Base{}, &m.opts.Limits)
	if _, err := in.Call(abi.OnMessage, ev.Text, 0, &d); err == nil {
		t.Fatal("Call() = nil, want a trap")
	}
	if _, err := in.Call(abi.OnMessage, "fine", 0, &d); !errors.Is(err, errBroken) {
		t.Errorf("Call() of a broken instance = %v, want %v", err, errBroken)
	}
	in.Release()
	if again := onlyInstance(t, m); again == in {
		t.Error("Checkout returned the broken instance")
	}
	if stats := m.Stats(); stats != (Stats{Instances: 1, Idle: 1}) {
		t.Errorf("Stats() = %+v, want one idle instance", stats)
	}
}

// counterWAT counts its calls in a global, to tell instances apart.
const counterWAT = `(module
	(memory (export "memory") 1)
	(global $calls (mut i32) (i32.const -1))
	(func (export "on_message") (result i32)
		(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
		(global.get $calls)))`

// Instances keep their memory from call to call; results 1 and 2 do not cost
// them.
func TestModule_instancesAreReused(t *testing.T) {
	m := newWAT(t, counterWAT, Options{})
	for _, want := range []abi.Result{abi.Done, abi.Failed, abi.NotHandled} {
		if got := play(t, m, abi.OnMessage, "", draft.Base{}); got.result != want || got.err != nil {
			t.Errorf("call = %v, %v, want %v", got.result, got.err, want)
		}
	}
}

// A discarded instance leaves nothing to the next one.
func TestInstance_Discard(t *testing.T) {
	m := newWAT(t, counterWAT, Options{})
	for range 3 {
		in, err := m.Checkout(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var d draft.Draft
		ev := message("hello")
		d.Begin(ev, draft.Base{}, &m.opts.Limits)
		if in.Used() {
			t.Error("Used() = true, want an instance that nobody had")
		}
		if got, err := in.Call(abi.OnMessage, ev.Text, 0, &d); got != abi.Done || err != nil {
			t.Errorf("call = %v, %v, want the first one of its instance", got, err)
		}
		if !in.Used() {
			t.Error("Used() = false after a call")
		}
		in.Discard()
		if stats := m.Stats(); stats != (Stats{}) {
			t.Errorf("Stats() = %+v, want no instance", stats)
		}
	}
}

// The guest's time is that of the turn, over all its calls, and begins with it.
func TestModule_turnTime(t *testing.T) {
	const limit = 30 * time.Millisecond
	m := newModule(t, assembleFile(t, "bots/call.wat"), Options{Limits: abi.Limits{TurnTime: limit}})
	if err := m.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-time.After(2 * limit) // an idle instance has no limit
	in, err := m.Checkout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Release()
	var d draft.Draft
	ev := message("hello")
	begun := time.Now()
	for err == nil && time.Since(begun) < 10*time.Second {
		d.Begin(ev, draft.Base{}, &m.opts.Limits)
		_, err = in.Call(abi.OnMessage, ev.Text, 0, &d)
	}
	took := time.Since(begun)
	if !errors.Is(err, context.DeadlineExceeded) || took < limit-time.Millisecond {
		t.Errorf("many short calls ended after %v with %v, want DeadlineExceeded after %v",
			took, err, limit)
	}
}

// A definition shortens the time of a turn, and cannot lengthen it.
func TestModule_definitionTurnTime(t *testing.T) {
	const ms = time.Millisecond
	for _, tc := range []struct {
		millis string
		want   time.Duration
	}{{"99", 99 * ms}, {"100", 100 * ms}, {"101", 100 * ms}} {
		definition := `{"limits":{"turn_ms":` + tc.millis + `}}`
		m := newWAT(t, bot(`(import "bothost_v1" "output" (func $output (param i32 i32)))
			(data (i32.const 0) "`+watText(definition)+`")
			(func (export "describe") (call $output (i32.const 0) (i32.const `+
			strconv.Itoa(len(definition))+`)))`), Options{Limits: abi.Limits{TurnTime: 100 * ms}})
		if _, err := m.Describe(t.Context()); err != nil {
			t.Fatal(err)
		}
		if m.turnTime != tc.want {
			t.Errorf("turn_ms %s: turns have %v, want %v", tc.millis, m.turnTime, tc.want)
		}
	}
}

func TestModule_describe(t *testing.T) {
	for _, tc := range []struct {
		name, describe string
		want           string // the error
	}{
		{"none", ``, ""},
		{"no output", `(func (export "describe"))`, ""},
		{"not handled", `(func (export "describe") (result i32) (i32.const 2))`, ""},
		{"failed", `(func (export "describe") (result i32) (i32.const 1))`,
			"describe of teller: returned 1 (failed)"},
		{"failed with words", `(import "bothost_v1" "fail" (func $fail (param i32 i32)))
			(data (i32.const 0) "no name")
			(func (export "describe") (result i32)
				(call $fail (i32.const 0) (i32.const 7)) (i32.const 1))`,
			"describe of teller: returned 1 (no name)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newWAT(t, bot(tc.describe), Options{Name: "teller"})
			d, err := m.Describe(t.Context())
			if tc.want == "" && (err != nil || d == nil || d.Name != "") {
				t.Errorf("Describe() = %v, %v, want an empty definition", d, err)
			}
			if tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("Describe() = %v, want %q in it", err, tc.want)
			}
		})
	}
}

// sleeper is a bot that sleeps as long as its turn lasts.
func sleeper(t *testing.T, limits abi.Limits) *Module {
	return newModule(t, assembleFile(t, "hostile/sleep-again.wat"), Options{Limits: limits})
}

func TestModule_busy(t *testing.T) {
	m := sleeper(t, abi.Limits{Instances: 1, WaitTime: 20 * time.Millisecond})
	in, err := m.Checkout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Checkout(t.Context()); !errors.Is(err, ErrBusy) {
		t.Errorf("Checkout() = %v, want ErrBusy", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Checkout(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Checkout(cancelled) = %v, want context.Canceled", err)
	}
	in.Release()
	in, err = m.Checkout(ctx)
	if err != nil {
		t.Fatalf("Checkout(cancelled) with an idle instance = %v, want no error", err)
	}
	in.Release()
}

// Idle instances are closed after a while, all but one.
func TestModule_idle(t *testing.T) {
	m := newWAT(t, counterWAT, Options{IdleTime: 5 * time.Millisecond})
	var out []*Instance
	for range 3 {
		in, err := m.Checkout(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, in)
	}
	for _, in := range out {
		in.Release()
	}
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for m.Stats().Instances > 1 {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("Stats() = %+v after 10s, want one instance", m.Stats())
		}
	}
}

// Close waits for the turns that run. When its ctx ends, it ends them.
func TestModule_closeEndsCalls(t *testing.T) {
	m := sleeper(t, abi.Limits{TurnTime: time.Minute})
	result := make(chan error)
	started := make(chan struct{})
	go func() {
		in, err := m.Checkout(context.Background())
		close(started)
		if err != nil {
			result <- err
			return
		}
		defer in.Release()
		var d draft.Draft
		d.Begin(message("attack"), draft.Base{}, &m.opts.Limits)
		_, err = in.Call(abi.OnMessage, "attack", 0, &d)
		result <- err
	}()
	<-started
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	closed := make(chan error)
	for range 2 {
		go func() { closed <- m.Close(ctx) }()
	}
	err := <-result
	if callError(t, err); !errors.Is(err, context.Canceled) {
		t.Errorf("the call = %v, want context.Canceled", err)
	}
	for range 2 {
		if err := <-closed; err != nil {
			t.Errorf("Close() = %v", err)
		}
	}
	if _, err := m.Checkout(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("Checkout() after Close = %v, want ErrClosed", err)
	}
	if err := m.Start(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("Start() after Close = %v, want ErrClosed", err)
	}
}

// Close does not wait for start functions either, once its ctx ended.
func TestModule_closeEndsStart(t *testing.T) {
	m := newModule(t, assembleFile(t, "hostile/initialize-sleep.wat"),
		Options{Limits: abi.Limits{StartTime: time.Minute}})
	result := make(chan error)
	go func() { result <- m.Start(context.Background()) }()
	for m.Stats().Instances == 0 {
		<-time.After(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Close(ctx); err != nil {
		t.Errorf("Close() = %v", err)
	}
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("Start() = %v, want context.Canceled", err)
	}
}

// Many goroutines run turns, some of which fail, while the module closes: every
// turn has an instance of its own and sees nothing of others, and all that began
// end before Close does.
func TestModule_Hammer(t *testing.T) {
	// The bot writes its input to its memory, lets the host read it back from
	// there, and traps on "!".
	m := newWAT(t, `(module
		(import "bothost_v1" "input" (func $input (param i32 i32) (result i32)))
		(import "bothost_v1" "reply" (func $reply (param i32 i32)))
		(memory (export "memory") 1)
		(func (export "on_message") (local $len i32)
			(local.set $len (call $input (i32.const 0) (i32.const 1000)))
			(if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 33)) (then (unreachable)))
			(call $reply (i32.const 0) (local.get $len))))`,
		Options{Limits: abi.Limits{Instances: 3}})
	var wg sync.WaitGroup
	closed := make(chan error, 1)
	for i := range 8 {
		wg.Go(func() {
			for j := range 300 {
				if i == 0 && j == 200 {
					go func() { closed <- m.Close(context.Background()) }()
				}
				text := strconv.Itoa(i*1000 + j)
				if j%10 == i {
					text = "!"
				}
				if !hammerTurn(t, m, text) {
					return
				}
			}
		})
	}
	wg.Wait()
	if err := <-closed; err != nil {
		t.Errorf("Close() = %v", err)
	}
	if stats := m.Stats(); stats != (Stats{}) {
		t.Errorf("Stats() = %+v after Close, want none", stats)
	}
}

// hammerTurn runs a turn and reports false when the module is closed.
func hammerTurn(t *testing.T, m *Module, text string) bool {
	in, err := m.Checkout(t.Context())
	if errors.Is(err, ErrClosed) {
		return false
	}
	if err != nil {
		t.Errorf("Checkout() = %v", err)
		return false
	}
	defer in.Release()
	var turn turn
	turn.draft.Begin(message(text), draft.Base{}, &m.opts.Limits)
	_, err = in.Call(abi.OnMessage, text, 0, &turn.draft)
	switch replies := turn.replies(); {
	case text == "!" && (err == nil || errors.Is(err, context.Canceled)):
		t.Errorf("Call(%q) = %v, want a trap", text, err)
	case text != "!" && (err != nil || len(replies) != 1 || replies[0] != text):
		t.Errorf("Call(%q) = %q, %v, want the text", text, replies, err)
	}
	return true
}
