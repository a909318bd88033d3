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
}

func (m model) clone() model {
	m.vars, m.replies = maps.Clone(m.vars), slices.Clone(m.replies)
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
	VariableBytes: 120, Replies: 6, ReplyBytes: 1 << 10, Moves: 8,
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
		m := model{vars: maps.Clone(base), state: "base"}
		mark := m.clone()
		d.Begin(&abi.Event{Kind: abi.EventStart}, draft.Base{
			State: m.state, Vars: base, VarBytes: m.size(),
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
	key, value := strconv.Itoa(int(arg%40)), strconv.Itoa(int(arg))
	switch op % 16 {
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
	if got := bodies(d.Entries()); !slices.Equal(got, m.replies) {
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
}

// TestDraft_Model runs the fuzz target's law over many more operations.
func TestDraft_Model(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	d := new(draft.Draft)
	for range 300 {
		base := map[string]string{"3": "three"}
		m := model{vars: maps.Clone(base), state: ""}
		mark := m.clone()
		d.Begin(start(), draft.Base{Vars: base, VarBytes: m.size()}, &modelLimits)
		for range rnd.IntN(300) {
			mark = step(t, d, &m, mark, byte(rnd.Uint32()), byte(rnd.Uint32()))
		}
		compare(t, d, &m, base)
		if t.Failed() {
			return
		}
	}
}
