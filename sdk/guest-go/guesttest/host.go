package guesttest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"unicode/utf8"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/dialog"
	"github.com/bothost/bothost/sdk/guest-go/internal/wire"
)

// Line is a line in the bot's log.
type Line struct {
	Level abi.Level
	Text  string
}

// fakeHost stands in for the host during one turn. It implements [wire.Host].
type fakeHost struct {
	request *request
	draft   draft.Draft
	random  *rand.ChaCha8

	// The following belong to the call that runs.
	export abi.Export
	input  string
	words  string

	output   []byte
	logs     []Line
	logBytes int64
	failure  error
	broken   bool
}

var _ wire.Host = (*fakeHost)(nil)

func newHost(q *request, d *dialog.Dialog) *fakeHost {
	h := &fakeHost{request: q, random: rand.NewChaCha8(q.Seed)}
	base := draft.Base{
		State: q.State, Vars: q.Vars, Timers: q.Timers, Back: q.Back, Waiting: q.Waiting,
		Target: d.Target(), ReadFile: readFile,
		Past: func(n int) ([]abi.Entry, error) { return q.Past[max(0, len(q.Past)-n):], nil },
	}
	for key, value := range q.Vars {
		base.VarBytes += int64(len(key) + len(value))
	}
	h.draft.Begin(&q.Event, base, &q.Limits)
	return h
}

// call calls an export and returns its result; Failed, with a failure set, if it
// did not return one. An export that does not exist does not handle anything.
//
// The handler has a goroutine of its own because an invalid call ends it there
// and then, as a trap would: [runtime.Goexit] is what a bot cannot recover from.
func (h *fakeHost) call(e abi.Export, input string) abi.Result {
	run := wire.Exports()[e.String()]
	if run == nil {
		return abi.NotHandled
	}
	h.export, h.input, h.words = e, input, ""
	result, returned := abi.Failed, false
	done := make(chan struct{})
	go func() { // ends with the handler, and is waited for below
		defer close(done)
		defer func() {
			if words := recover(); words != nil {
				h.fail(fmt.Errorf("panic: %v\n%s", words, debug.Stack()))
			}
		}()
		result = abi.Result(run())
		returned = true
	}()
	<-done
	switch {
	case h.failure != nil:
		return abi.Failed
	case !returned:
		h.fail(errors.New("the handler ended its goroutine"))
	case result == abi.Failed:
		h.failure = fmt.Errorf("%s: %s", e, h.words)
	case !result.Valid():
		h.failure = fmt.Errorf("%s returned %d", e, result)
	}
	return result
}

// fail ends the turn in a way that costs the instance. The first cause counts.
func (h *fakeHost) fail(cause error) {
	if h.failure == nil {
		h.failure, h.broken = cause, true
	}
}

// check ends the handler if an argument broke a rule.
func (h *fakeHost) check(f abi.Function, argument string, err error) {
	if err == nil {
		return
	}
	if _, whole := errors.AsType[*abi.ArgumentError](err); !whole {
		err = &abi.ArgumentError{Function: f, Argument: argument, Err: err}
	}
	h.fail(fmt.Errorf("%s: %w", h.export, err))
	runtime.Goexit()
}

// enter finds the function and checks that it may be called now.
//
// It panics for a name that the contract does not have.
func (h *fakeHost) enter(name string) abi.Function {
	f, ok := abi.FunctionByName(name)
	if !ok {
		panic("guesttest: bothost_v1 has no function " + name)
	}
	if !f.Info().During.In(h.export) {
		h.check(f, "", fmt.Errorf("may not be called during %s", h.export))
	}
	return f
}

func (h *fakeHost) checkText(f abi.Function, argument, text string) {
	if !utf8.ValidString(text) {
		h.check(f, argument, abi.ErrNotUTF8)
	}
}

// Pull implements [wire.Host].
func (h *fakeHost) Pull(name, key string, n int, buf []byte) int {
	f := h.enter(name)
	value, ok := h.read(f, key, n)
	if !ok {
		return abi.Absent
	}
	if len(value) <= len(buf) {
		copy(buf, value)
	}
	return len(value)
}

// read reads what function f reads.
func (h *fakeHost) read(f abi.Function, key string, n int) (value string, ok bool) {
	q := h.request
	switch f {
	case abi.FuncInput:
		return h.input, true
	case abi.FuncEvent:
		return string(h.draft.Event().AppendJSON(nil)), true
	case abi.FuncEventGet:
		return h.eventGet(key)
	case abi.FuncSessionGet:
		value, ok, err := h.draft.Get([]byte(key))
		h.check(f, "key", err)
		return value, ok
	case abi.FuncState:
		return h.draft.State(), true
	case abi.FuncHistory:
		entries, err := h.draft.History(n)
		h.check(f, "n", err)
		return string(abi.AppendHistory(nil, entries)), true
	case abi.FuncConfigGet:
		h.checkText(f, "key", key)
		value, ok := q.Config[key]
		return value, ok
	case abi.FuncAsset:
		return string(q.Asset), q.Asset != nil
	}
	panic("guesttest: " + f.String() + " does not read")
}

func (h *fakeHost) eventGet(path string) (value string, ok bool) {
	h.checkText(abi.FuncEventGet, "path", path)
	if limit := h.request.Limits.KeyBytes; int64(len(path)) > limit {
		h.check(abi.FuncEventGet, "path",
			fmt.Errorf("has at most %d bytes, this one has %d", limit, len(path)))
	}
	found, ok := jsontext.Lookup(h.draft.Event().AppendJSON(nil), path)
	return string(found), ok
}

// Push implements [wire.Host].
func (h *fakeHost) Push(name, a, b string, n int64) {
	f := h.enter(name)
	h.check(f, "", h.change(f, []byte(a), []byte(b), n))
}

// ReplyFile implements [wire.Host].
func (h *fakeHost) ReplyFile(name, mime string, content []byte) {
	f := h.enter(abi.FuncReplyFile.String())
	h.check(f, "", h.draft.ReplyFile([]byte(name), []byte(mime), content))
}

// FileRead implements [wire.Host].
func (h *fakeHost) FileRead(index int, offset int64, buf []byte) int {
	f := h.enter(abi.FuncFileRead.String())
	n, ok, err := h.draft.ReadFile(index, offset, buf)
	h.check(f, "", err)
	if !ok {
		return abi.Absent
	}
	return n
}

// change does what function f does.
func (h *fakeHost) change(f abi.Function, a, b []byte, n int64) error {
	switch f {
	case abi.FuncOutput:
		return h.setOutput(a)
	case abi.FuncFail:
		h.checkText(f, "ptr", string(a))
		h.words = string(a)
		return nil
	case abi.FuncLog:
		return h.log(abi.Level(n), string(a))
	case abi.FuncReply:
		return h.draft.Reply([]byte(abi.KindText), a)
	case abi.FuncReplyOptions:
		return h.draft.Reply([]byte(abi.KindOptions), a)
	case abi.FuncReplyAs:
		return h.draft.Reply(a, b)
	case abi.FuncReplyDelta:
		return h.draft.ReplyDelta(a)
	case abi.FuncReplyEnd:
		h.draft.ReplyEnd()
		return nil
	case abi.FuncSessionSet:
		return h.draft.Set(a, b)
	case abi.FuncSessionDelete:
		return h.draft.Delete(a)
	case abi.FuncMove:
		return h.draft.Move(a)
	case abi.FuncTimerSet:
		return h.draft.TimerSet(a, n, b)
	case abi.FuncTimerCancel:
		return h.draft.TimerCancel(a)
	case abi.FuncHTTPStart:
		return h.draft.HTTPStart(a, b)
	}
	panic("guesttest: " + f.String() + " does not change anything")
}

func (h *fakeHost) setOutput(body []byte) error {
	limit := h.request.Limits.DefinitionBytes
	switch {
	case int64(len(body)) > limit:
		return fmt.Errorf("an output has at most %d bytes, this one has %d", limit, len(body))
	case !utf8.Valid(body):
		return abi.ErrNotUTF8
	}
	h.output = body
	return nil
}

// log keeps a line, within the bytes that a turn may log.
func (h *fakeHost) log(level abi.Level, text string) error {
	if !level.Valid() {
		return fmt.Errorf("must be 0 to 3, is %d", level)
	}
	h.checkText(abi.FuncLog, "ptr", text)
	if h.logBytes += int64(len(text)); h.logBytes <= h.request.Limits.LogBytes {
		h.logs = append(h.logs, Line{level, text})
	}
	return nil
}

// Now implements [wire.Host].
func (h *fakeHost) Now() int64 {
	h.enter(abi.FuncNow.String())
	return h.request.Event.Time
}

// Random implements [wire.Host].
func (h *fakeHost) Random(buf []byte) {
	h.enter(abi.FuncRandom.String())
	h.random.Read(buf)
}
