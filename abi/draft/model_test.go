package draft_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// model is a draft without any economy: whole copies, and sizes by counting.
type model struct {
	vars    map[string]string
	state   string
	replies []string
	moves   int
	// timers are those that are set, by name, with their data; the base's have
	// "base".
	timers   map[string]string
	requests []string
}

func (m model) clone() model {
	m.vars, m.replies = maps.Clone(m.vars), slices.Clone(m.replies)
	m.timers, m.requests = maps.Clone(m.timers), slices.Clone(m.requests)
	return m
}

func (m model) size() (n int64) {
	for k, v := range m.vars {
		n += int64(len(k) + len(v))
	}
	return n
}

// modelLimits leave room for more writes than the draft looks through one by
// one, and are reached now and then.
var modelLimits = abi.Limits{
	VariableBytes: 120, Replies: 6, ReplyBytes: 1 << 10, Moves: 8, Timers: 5, Requests: 6,
}.Defaults()

// set does what Set must do.
func (m *model) set(key, value string) bool {
	next := m.clone()
	next.vars[key] = value
	if next.size() > modelLimits.VariableBytes {
		return false
	}
	*m = next
	return true
}

// baseTimers are set when the draft begins.
var baseTimers = []string{"0", "7"}

func modelTimers() map[string]string { return map[string]string{"0": "base", "7": "base"} }

// FuzzDraft runs the operations that the bytes stand for on a draft and on a
// model: after each of them both must look the same.
func FuzzDraft(f *testing.F) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, 10, 100, 1000, 5000} {
		ops := make([]byte, size)
		for i := range ops {
			ops[i] = byte(rnd.Uint32())
		}
		f.Add(ops)
	}
	d := new(draft.Draft)
	f.Fuzz(func(t *testing.T, ops []byte) {
		base := map[string]string{"0": "zero", "1": "", "2": "two"}
		m := model{vars: maps.Clone(base), state: "base", timers: modelTimers()}
		mark := m.clone()
		d.Begin(&abi.Event{Kind: abi.EventStart}, draft.Base{
			State: m.state, Vars: base, VarBytes: m.size(), Timers: baseTimers,
		}, &modelLimits)
		for i := 0; i+1 < len(ops); i += 2 {
			mark = step(t, d, &m, mark, ops[i], ops[i+1])
			if t.Failed() {
				t.Fatalf("after operation %d, (%d, %d)", i/2, ops[i], ops[i+1])
			}
		}
		compare(t, d, &m, base)
	})
}

// step does one operation on both, and returns the model's new mark.
func step(t *testing.T, d *draft.Draft, m *model, mark model, op, arg byte) model {
	key, value, name := strconv.Itoa(int(arg%40)), strconv.Itoa(int(arg)), strconv.Itoa(int(arg%10))
	switch op % 24 {
	case 0:
		d.Mark()
		return m.clone()
	case 1:
		d.Rollback()
		*m = mark.clone()
	case 2, 3, 4:
		if err := d.Delete([]byte(key)); err != nil {
			t.Errorf("Delete(%s) = %v", key, err)
		}
		delete(m.vars, key)
	case 5:
		err := d.Reply([]byte("text"), []byte(value))
		if ok := len(m.replies) < int(modelLimits.Replies); ok != (err == nil) {
			t.Errorf("Reply() = %v, want success: %v", err, ok)
		} else if ok {
			m.replies = append(m.replies, value)
		}
	case 6:
		if m.moves == int(modelLimits.Moves) {
			break // one move more ends the turn
		}
		if err := d.Move([]byte(value)); err != nil {
			t.Errorf("Move() = %v", err)
		}
		m.state, m.moves = value, m.moves+1
	case 16, 17, 18, 19:
		err := d.TimerSet([]byte(name), abi.MinDelay, []byte(value))
		_, runs := m.timers[name]
		if ok := runs || len(m.timers) < int(modelLimits.Timers); ok != (err == nil) {
			t.Errorf("TimerSet(%s) = %v, want success: %v", name, err, ok)
		} else if ok {
			m.timers[name] = value
		}
	case 20, 21, 22:
		if err := d.TimerCancel([]byte(name)); err != nil {
			t.Errorf("TimerCancel(%s) = %v", name, err)
		}
		delete(m.timers, name)
	case 23:
		err := d.HTTPStart([]byte(value), []byte(`{"url":"http://h"}`))
		if ok := len(m.requests) < int(modelLimits.Requests); ok != (err == nil) {
			t.Errorf("HTTPStart() = %v, want success: %v", err, ok)
		} else if ok {
			m.requests = append(m.requests, value)
		}
	default:
		err := d.Set([]byte(key), []byte(value))
		if ok := m.set(key, value); ok != (err == nil) {
			t.Errorf("Set(%s) = %v, want success: %v", key, err, ok)
		}
	}
	got, ok, err := d.Get([]byte(key))
	if want, has := m.vars[key]; got != want || ok != has || err != nil {
		t.Errorf("Get(%s) = %q, %v, %v, want %q, %v", key, got, ok, err, want, has)
	}
	if d.VarBytes() != m.size() || d.State() != m.state {
		t.Errorf("%d bytes in state %q, want %d in %q", d.VarBytes(), d.State(), m.size(), m.state)
	}
	return mark
}

// compare looks at everything, the changes applied to the base among it.
func compare(t *testing.T, d *draft.Draft, m *model, base map[string]string) {
	for i := range 40 {
		key := strconv.Itoa(i)
		got, ok, err := d.Get([]byte(key))
		if want, has := m.vars[key]; got != want || ok != has || err != nil {
			t.Errorf("Get(%s) = %q, %v, %v, want %q, %v", key, got, ok, err, want, has)
		}
	}
	if got := bodiesOf(d.Entries()); !slices.Equal(got, m.replies) {
		t.Errorf("replies = %q, want %q", got, m.replies)
	}
	applied := maps.Clone(base)
	for _, w := range d.Writes() {
		if w.Deleted {
			delete(applied, w.Key)
		} else {
			applied[w.Key] = w.Value
		}
	}
	if !maps.Equal(applied, m.vars) {
		t.Errorf("changes give %q, want %q", applied, m.vars)
	}
	timers := modelTimers()
	for _, w := range d.Timers() {
		if w.Cancel {
			delete(timers, w.Name)
		} else {
			timers[w.Name] = w.Data
		}
	}
	if !maps.Equal(timers, m.timers) {
		t.Errorf("timers become %q, want %q", timers, m.timers)
	}
	var requests []string
	for _, r := range d.Requests() {
		requests = append(requests, r.Name)
	}
	if !slices.Equal(requests, m.requests) {
		t.Errorf("requests = %q, want %q", requests, m.requests)
	}
}

// TestDraft_Model runs the fuzz target's law over many more operations.
func TestDraft_Model(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	d := new(draft.Draft)
	for range 300 {
		base := map[string]string{"3": "three"}
		m := model{vars: maps.Clone(base), state: "", timers: modelTimers()}
		mark := m.clone()
		d.Begin(start(),
			draft.Base{Vars: base, VarBytes: m.size(), Timers: baseTimers}, &modelLimits)
		for range rnd.IntN(300) {
			mark = step(t, d, &m, mark, byte(rnd.Uint32()), byte(rnd.Uint32()))
		}
		compare(t, d, &m, base)
		if t.Failed() {
			return
		}
	}
}
