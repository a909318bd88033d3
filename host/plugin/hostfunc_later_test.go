package plugin

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// A delay crosses the boundary as 64 bits: what has a legal low half is no legal
// delay, and a year does not fit in 32.
func TestTimerSet_delay(t *testing.T) {
	for _, tt := range []struct {
		delay int64
		ok    bool
	}{
		{-1 << 63, false}, {-1, false}, {0, false}, {99, false}, {100, true}, {101, true},
		{1 << 32, true}, {abi.MaxDelay - 1, true}, {abi.MaxDelay, true}, {abi.MaxDelay + 1, false},
		{1<<40 | 1000, false}, {-1<<40 | 1000, false}, {1<<63 - 1, false},
	} {
		c := newCall(abi.FuncTimerSet, mem, 3, tt.delay, mem+3, 5)
		c.mem = "teahello"
		got := c.make(t)
		if !tt.ok {
			if arg := argumentOf(t, c.f, got.err); arg != "delay_ms" {
				t.Errorf("timer_set(%d ms) = %v, want the delay refused", tt.delay, got.err)
			}
			continue
		}
		want := []abi.TimerWrite{{Name: "tea", Delay: tt.delay, Data: "hello"}}
		if timers := got.draft.Timers(); got.err != nil || !reflect.DeepEqual(timers, want) {
			t.Errorf("timer_set(%d ms) = %v, %+v, want %+v", tt.delay, got.err, timers, want)
		}
	}
}

// Each rule, with function and argument.
func TestLater_errors(t *testing.T) {
	long := strings.Repeat("k", 129)
	doc := `{"url":"http://h"}`
	size := int64(len(doc))
	for _, tt := range []struct {
		name string
		call call
		want string // empty if the call is legal
	}{
		{"timer, empty name", newCall(abi.FuncTimerSet, mem, 0, 100, mem, 0),
			"timer_set: name: must not be empty"},
		{"timer, name at", newCall(abi.FuncTimerSet, mem, 128, 100, mem, 0), ""},
		{"timer, name one above", newCall(abi.FuncTimerSet, mem, 129, 100, mem, 0),
			"timer_set: name: a timer has at most 128 bytes, this one has 129"},
		{"timer, data one above",
			newCall(abi.FuncTimerSet, mem, 1, 100, 0, 65537).with("k"),
			"timer_set: data: a timer's data have at most 65536 bytes, these have 65537"},
		{"timer, data at", newCall(abi.FuncTimerSet, mem, 1, 100, buf, 65536).with("k"), ""},
		{"timer, delay", newCall(abi.FuncTimerSet, mem, 1, 99, mem, 1).with("k"),
			"timer_set: delay_ms: must be 100 to 31536000000 ms, is 99"},
		{"cancel, empty name", newCall(abi.FuncTimerCancel, mem, 0),
			"timer_cancel: name: must not be empty"},
		{"cancel, name one above", newCall(abi.FuncTimerCancel, mem, 129),
			"timer_cancel: name: a timer has at most 128 bytes, this one has 129"},
		{"cancel, no such timer", newCall(abi.FuncTimerCancel, mem, 1), ""},
		{"request, empty name", newCall(abi.FuncHTTPStart, mem, 0, mem, size).with(doc),
			"http_start: name: must not be empty"},
		{"request, empty", newCall(abi.FuncHTTPStart, mem, 1, mem, 0),
			"http_start: request: not JSON at byte 0: unexpected end of JSON input"},
		{"request, unknown field",
			newCall(abi.FuncHTTPStart, mem, 1, mem, 24).with(`{"url":"http://h","x":1}`),
			`http_start: request: the field "x" is unknown`},
		{"requests at", newCall(abi.FuncHTTPStart, mem, 1, mem, size).with(doc).times(8), ""},
		{"requests one above", newCall(abi.FuncHTTPStart, mem, 1, mem, size).with(doc).times(9),
			"http_start: request: more than 8 requests in a turn"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.call.mem == "" {
				tt.call.mem = long
			}
			got := tt.call.make(t)
			if tt.want == "" {
				if got.err != nil {
					t.Errorf("%s: %v", tt.call.f, got.err)
				}
				return
			}
			argumentOf(t, tt.call.f, got.err)
			if !strings.Contains(got.err.Error(), tt.want) {
				t.Errorf("%s: %v, want %s", tt.call.f, got.err, tt.want)
			}
		})
	}
}

// with returns the call with these bytes in memory.
func (c call) with(mem string) call {
	c.mem = mem
	return c
}

// times returns the call made more than once.
func (c call) times(n int) call {
	c.again = n
	return c
}

func TestHTTPStart(t *testing.T) {
	doc := `n{"method":"POST","url":"https://h/x","headers":{"X-A":"b"},"body":"\u00e9"}`
	c := newCall(abi.FuncHTTPStart, mem, 1, mem+1, int64(len(doc)-1)).with(doc)
	got := c.make(t)
	want := []abi.Request{{
		Name: "n", Method: "POST", URL: "https://h/x", Headers: map[string]string{"x-a": "b"},
		Body: "é", TimeoutMillis: abi.DefaultTimeout,
	}}
	if requests := got.draft.Requests(); got.err != nil || !reflect.DeepEqual(requests, want) {
		t.Errorf("http_start(%s) = %v, %+v, want %+v", doc, got.err, requests, want)
	}
}

// The same timer again and again, each time with all the data that it may have,
// takes no more than the turn's time, and keeps the last one.
func TestTimerSet_endless(t *testing.T) {
	m := newWAT(t, `(module
		(import "bothost_v1" "timer_set" (func $set (param i32 i32 i64 i32 i32)))
		(memory (export "memory") 2)
		(func (export "on_message")
			(loop $again
				(call $set (i32.const 0) (i32.const 1) (i64.const 100) (i32.const 1) (i32.const 65536))
				(br $again))))`, Options{Limits: within(100 * time.Millisecond)})
	turn := play(t, m, abi.OnMessage, "", draft.Base{})
	if callError(t, turn.err); !errors.Is(turn.err, context.DeadlineExceeded) {
		t.Errorf("call = %v, want context.DeadlineExceeded", turn.err)
	}
	if got := len(turn.draft.Timers()); got != 1 {
		t.Errorf("%d changes of timers, want 1", got)
	}
}
