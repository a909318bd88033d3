package guesttest

import (
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/dialog"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// newTestHost returns the host of a turn with the text "hello".
func newTestHost(limits abi.Limits) *fakeHost {
	return newHost(&request{
		Event:  abi.Event{Kind: abi.EventMessage, Text: "hello", Human: true},
		Limits: limits.Defaults(),
	}, dialog.New(new(abi.Definition), nil))
}

// callWith calls export e with body in the place of the bot.
func callWith(t *testing.T, h *fakeHost, e abi.Export, body func() int32) abi.Result {
	t.Helper()
	exports := wire.Exports()
	before, had := exports[e.String()]
	defer func() {
		delete(exports, e.String())
		if had {
			wire.Export(e.String(), before)
		}
	}()
	wire.Export(e.String(), body)
	return h.call(e, "")
}

// use calls a function with arguments that break no other rule.
func use(h *fakeHost, f abi.Function) {
	name := f.String()
	switch {
	case f == abi.FuncNow:
		h.Now()
	case f == abi.FuncRandom:
		h.Random(make([]byte, 1))
	case f == abi.FuncReplyAs:
		h.Push(name, string(abi.KindText), "x", 0)
	case f == abi.FuncReplyFile:
		h.ReplyFile("x", "text/plain", nil)
	case f == abi.FuncFileRead:
		h.FileRead(0, 0, nil)
	case f == abi.FuncTimerSet:
		h.Push(name, "x", "x", abi.MinDelay)
	case f == abi.FuncHTTPStart:
		h.Push(name, "x", `{"url":"http://h"}`, 0)
	case f == abi.FuncReplyOptions:
		h.Push(name, `["x"]`, "", 0)
	case len(f.Info().Results) > 0:
		h.Pull(name, "x", 1, nil)
	default:
		h.Push(name, "x", "x", 1)
	}
}

// Every function during every export: the table of functions says which of these
// calls end the turn.
func TestHost_Legality(t *testing.T) {
	for e := range abi.ExportCount {
		for f := range abi.FunctionCount {
			h := newTestHost(abi.Limits{})
			result := callWith(t, h, e, func() int32 { use(h, f); return 0 })
			legal := f.Info().During.In(e)
			if got := result == abi.Done; got != legal {
				t.Errorf("%s during %s is legal = %t, want %t: %v", f, e, got, legal, h.failure)
			}
			if legal {
				continue
			}
			if h.failure == nil || !h.broken || !strings.Contains(h.failure.Error(), f.String()) {
				t.Errorf("%s during %s: failure = %v, want one that names it", f, e, h.failure)
			}
		}
	}
}

func pull(name, key string) func(*fakeHost) {
	return func(h *fakeHost) { h.Pull(name, key, 0, nil) }
}

func push(name, text string, n int64) func(*fakeHost) {
	return func(h *fakeHost) { h.Push(name, text, "", n) }
}

func TestHost_Arguments(t *testing.T) {
	limits := abi.Limits{KeyBytes: 4, DefinitionBytes: 4}
	tests := []struct {
		name string
		do   func(h *fakeHost)
		want string
	}{
		{"path size", pull("event_get", "12345"), "event_get: path: "},
		{"path", pull("event_get", "\xff"), "event_get: path: must be UTF-8"},
		{"config", pull("config_get", "\xff"), "config_get: key: must be UTF-8"},
		{"key", pull("session_get", ""), "session_get: key: "},
		{"level", push("log", "x", 4), "log: "},
		{"line", push("log", "\xff", 0), "log: ptr: must be UTF-8"},
		{"words", push("fail", "\xff", 0), "fail: ptr: must be UTF-8"},
		{"output", push("output", "\xff", 0), "output: must be UTF-8"},
		{"output size", push("output", "12345", 0), "output: an output has at most 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestHost(limits)
			callWith(t, h, abi.OnMessage, func() int32 { tt.do(h); return 0 })
			if h.failure == nil || !strings.Contains(h.failure.Error(), tt.want) {
				t.Errorf("failure = %v, want %q", h.failure, tt.want)
			}
		})
	}
	h := newTestHost(limits)
	result := callWith(t, h, abi.OnMessage, func() int32 {
		h.Pull("event_get", "kind", 0, nil)
		h.Push("output", "1234", "", 0)
		return 0
	})
	if result != abi.Done {
		t.Errorf("at the limits: %v, %v, want done", result, h.failure)
	}
}

func TestHost_Results(t *testing.T) {
	for result, want := range map[int32]string{1: "on_message: ", 3: "returned 3", -1: "returned -1"} {
		h := newTestHost(abi.Limits{})
		callWith(t, h, abi.OnMessage, func() int32 { return result })
		if h.failure == nil || !strings.Contains(h.failure.Error(), want) || h.broken {
			t.Errorf("result %d: failure = %v, broken %t, want %q", result, h.failure, h.broken, want)
		}
	}
}

// A value is written only if it fits.
func TestHost_Pull(t *testing.T) {
	for _, size := range []int{4, 5, 6} {
		h := newTestHost(abi.Limits{})
		buf, n := make([]byte, size), 0
		callWith(t, h, abi.OnMessage, func() int32 {
			h.input = "hello"
			n = h.Pull("input", "", 0, buf)
			return 0
		})
		written := strings.TrimRight(string(buf), "\x00")
		if fits := size >= 5; n != 5 || fits != (written == "hello") || !fits && written != "" {
			t.Errorf("a buffer of %d: length %d, %q written", size, n, written)
		}
	}
}
