package dialog_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/dialog"
)

// dice makes decisions of bytes; when there are none left, each is the first.
type dice []byte

func (d *dice) roll(n int) int {
	if len(*d) == 0 {
		return 0
	}
	b := (*d)[0]
	*d = (*d)[1:]
	return int(b) % n
}

func pick[T any](d *dice, list ...T) T { return list[d.roll(len(list))] }

// definition makes a definition, which has no faults.
func (d *dice) definition(t *testing.T) *abi.Definition {
	var def abi.Definition
	for _, name := range []string{"i0", "i1", "i2"} {
		def.Intents = append(def.Intents, abi.Intent{Name: name, Examples: []string{name}})
	}
	n := d.roll(7)
	initial := d.roll(max(n, 1))
	for i := range n {
		def.States = append(def.States, d.state(i, n, i == initial))
	}
	output, err := json.Marshal(&def)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := abi.ParseDefinition(output)
	if err != nil {
		t.Fatalf("%v in %s", err, output)
	}
	return parsed
}

func (d *dice) state(i, n int, initial bool) abi.State {
	s := abi.State{Name: fmt.Sprintf("s%d", i), Initial: initial}
	if d.roll(4) == 1 {
		s.Was = []string{fmt.Sprintf("old%d", i)}
	}
	if d.roll(4) == 1 {
		g := d.transition(0)
		for g.Trigger() == "" || g.Auto || g.AfterMillis > 0 {
			g = abi.Transition{Intent: "i0"}
		}
		s.Global = &g
	}
	s.RecheckMillis = pick(d, int64(0), 0, 500)
	used := make(map[string]bool)
	for range d.roll(6) {
		tr := d.transition(n)
		if tr.Intent != "" && used[tr.Intent] {
			continue
		}
		used[tr.Intent] = true
		if s.Transitions = append(s.Transitions, tr); tr.Auto {
			break
		}
	}
	return s
}

// transition makes one to one of n states, or without a target if there are none.
func (d *dice) transition(n int) (t abi.Transition) {
	switch d.roll(12) {
	case 0, 1:
		t.Intent = pick(d, "i0", "i1", "i2")
	case 2:
		t.NoIntent = true
	case 3:
		t.Message = true
	case 4:
		t.Option = pick(d, "y", "n")
	case 5:
		t.File = true
	case 6:
		t.Voice = true
	case 7:
		t.Event = pick(d, "e0", "e1", abi.NameJSON)
	case 8:
		t.AfterMillis = pick(d, int64(100), 1000)
	case 9:
		t.Any = true
	case 10:
		t.Auto = true
	}
	if !t.Auto && (t.Trigger() == "" || d.roll(2) == 1) {
		d.conditions(&t)
	}
	if n > 0 {
		if t.To = fmt.Sprintf("s%d", d.roll(n)); d.roll(6) == 1 {
			t.To = abi.Previous
		}
	}
	return t
}

var comparisons = []abi.Condition{
	{Op: "==", Value: json.RawMessage(`"1"`)}, {Op: "!=", Value: json.RawMessage(`1`)},
	{Op: "<", Value: json.RawMessage(`2`)}, {Op: ">=", Value: json.RawMessage(`"2"`)},
	{Op: "in", Value: json.RawMessage(`[1,null,"x"]`)},
	{Op: "matches", Value: json.RawMessage(`"^[12]"`)},
	{Op: "contains", Value: json.RawMessage(`"2"`)}, {Op: "==", Value: json.RawMessage(`null`)},
}

func (d *dice) conditions(t *abi.Transition) {
	c := pick(d, comparisons...)
	c.Var = pick(d, "x", "y")
	switch d.roll(3) {
	case 0:
		t.When = abi.Conditions{c}
	case 1:
		t.When, t.Guard = abi.Conditions{c}, abi.Names{"g0"}
	case 2:
		t.Guard = abi.Names{pick(d, "g0", "g1")}
	}
	if t.File && d.roll(2) == 1 {
		t.FileTypes = []string{pick(d, "image/*", "text/plain")}
	}
}

// events makes events, the start of the session first.
func (d *dice) events() []abi.Event {
	list := []abi.Event{{Kind: abi.EventStart}}
	for range 40 {
		if len(*d) == 0 {
			break
		}
		ev := abi.Event{Kind: pick(d, abi.EventMessage, abi.EventMessage, abi.EventOption,
			abi.EventVoice, abi.EventFile, abi.EventJSON, abi.EventTimer, abi.EventHTTP,
			abi.EventCustom, abi.EventAfter, abi.EventRecheck, abi.EventReset)}
		switch ev.Kind {
		case abi.EventMessage, abi.EventOption:
			ev.Text, ev.Human = pick(d, "i0", "i1 x", "i2", "y", " n ", "Yes", "what", ""),
				d.roll(4) > 0
		case abi.EventVoice, abi.EventFile:
			types := pick(d, "image/png", "text/plain", "text/plain,image/gif", "odd")
			ev.Files, ev.Human = fileList(types), true
		case abi.EventJSON:
			ev.Name, ev.Data, ev.Text, ev.Human = abi.NameJSON, "{}",
				pick(d, "", "i1"), d.roll(2) > 0
		case abi.EventTimer, abi.EventHTTP, abi.EventCustom:
			ev.Name = pick(d, "e0", "e1", "e2")
		case abi.EventAfter:
			ev.Data = pick(d, "100", "99", "1000", "x")
		}
		list = append(list, ev)
	}
	return list
}

// random is a bot whose handlers and guards do what their names, the event and a
// number say; the same each time that they are asked with the same things.
type random struct {
	seed    int
	states  int
	draft   *draft.Draft
	notes   []string
	calls   int
	checks  int
	foreign bool // a handler asked for a state that there is not
	failed  bool
}

func (r *random) number(words ...any) int {
	h := fnv.New32a()
	fmt.Fprintf(h, "%q %d", words, r.seed)
	return int(h.Sum32() >> 8)
}

func (r *random) Call(e abi.Export, input string) (bool, error) {
	r.calls++
	r.notes = append(r.notes, fmt.Sprintf("%s(%s) %s", e, input, about(r.draft.Event())))
	n := r.number(e, input, about(r.draft.Event()), len(r.draft.Entries()))
	r.draft.Mark()
	for range n % 3 {
		n /= 3
		if err := r.act(n); err != nil {
			return false, err
		}
		n /= 16
	}
	if n%4 == 0 {
		r.draft.Rollback()
		return false, nil
	}
	return true, nil
}

func (r *random) act(n int) error {
	switch n % 16 {
	case 0, 1:
		return r.draft.Set([]byte("x"), []byte(fmt.Sprint(n/16%4)))
	case 2:
		return r.draft.Set([]byte("y"), []byte(fmt.Sprint(n/16%4)))
	case 3:
		return r.draft.Reply([]byte(abi.KindOptions), []byte(`[{"label":"Yes","value":"y"},"n"]`))
	case 4, 5:
		if r.states > 0 {
			return r.draft.Move([]byte(fmt.Sprintf("s%d", n/16%r.states)))
		}
	case 6:
		if r.states > 0 {
			return r.draft.Move([]byte(abi.Previous))
		}
	case 7:
		if n/16%4 == 0 {
			r.foreign = r.states > 0
			return r.draft.Move([]byte("nowhere"))
		}
	case 8:
		if n/16%8 == 0 {
			r.failed = true
			return fmt.Errorf("failed")
		}
	}
	return nil
}

func (r *random) Check(guard string) (bool, error) {
	r.checks++
	x, _, _ := r.draft.Get([]byte("x"))
	n := r.number(guard, x)
	if n%32 == 0 {
		r.failed = true
		return false, fmt.Errorf("failed")
	}
	return n%2 == 0, nil
}

func (r *random) Tell(message string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf("%s %v", message, args))
}

// Get and Offered make it an [dialog.Oracle] too; see resting.
func (r *random) Get(name string) (string, bool) {
	value, ok, _ := r.draft.Get([]byte(name))
	return value, ok
}

func (r *random) Offered() (string, error) {
	entries, err := r.draft.History(20)
	for i := range slices.Backward(entries) {
		if entries[i].Kind == abi.KindOptions {
			return entries[i].Body, err
		}
	}
	return "", err
}

type resting struct{ *random }

func (r resting) Check(guard string, _ *abi.Event) (bool, error) { return r.random.Check(guard) }

// FuzzRun runs random events on random definitions and bots. Whatever they are: no
// panic, each turn ends, at rest in a declared state, and does the same when it is run
// again.
func FuzzRun(f *testing.F) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for _, size := range []int{0, 1, 20, 60, 100, 150, 200, 250, 300, 400} {
		for range 20 {
			data := make([]byte, size)
			for i := range data {
				data[i] = byte(rnd.Uint32())
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		first := play(t, data)
		if second := play(t, data); !slices.Equal(first, second) {
			t.Errorf("the second time is different:\n%s\n%s",
				strings.Join(first, "\n"), strings.Join(second, "\n"))
		}
	})
}

// play runs what the data stand for, and returns what happened.
func play(t *testing.T, data []byte) (notes []string) {
	d := dice(data)
	def := d.definition(t)
	at := d.roll(10)
	r := &random{seed: d.roll(256), states: len(def.States)}
	dlg := dialog.New(def, firstWord{})
	dialog.Unreachable(def)
	dialog.DeadEnds(def)
	s := &bot{tb: t, dialog: dlg, limits: abi.Limits{}.Defaults()}
	s.base = draft.Base{Target: dlg.Target(), Past: s.past}
	s.base.State = pick(&d, "", "s0", "old0", "old1", "gone")
	for i, ev := range d.events() {
		if i < at%4 { // some sessions began before
			continue
		}
		law{t, def, r, s, &ev}.turn()
		notes = append(notes, r.notes...)
	}
	return notes
}

// law is what must hold of a turn.
type law struct {
	t   *testing.T
	def *abi.Definition
	r   *random
	bot *bot
	ev  *abi.Event
}

func (l law) turn() {
	b, r := l.bot, l.r
	r.calls, r.checks, r.notes, r.foreign, r.failed = 0, 0, nil, false, false
	b.draft = new(draft.Draft)
	r.draft = b.draft
	base := b.base
	if l.ev.Kind == abi.EventReset {
		base = draft.Base{Target: base.Target}
	}
	b.draft.Begin(l.ev, base, &b.limits)
	err := b.dialog.Run(b.draft, r)
	if most := 3 + int(b.limits.Moves); r.calls > most {
		l.t.Errorf("%d calls of handlers in a turn", r.calls)
	}
	if most := (3 + int(b.limits.Moves)) * (2 + abi.MaxWaiting) * 12; r.checks > most {
		l.t.Errorf("%d guards in a turn", r.checks)
	}
	if err != nil {
		r.notes = append(r.notes, err.Error())
		if !r.failed && !r.foreign &&
			!strings.Contains(err.Error(), "more than 32 moves in a turn: ") {
			l.t.Errorf("error %v", err)
		}
		return
	}
	b.commit(base.Vars)
	r.notes = append(r.notes, b.base.State, fmt.Sprint(b.base.Back, len(b.base.Waiting)))
	if len(l.def.States) > 0 {
		l.place()
		l.rest()
	}
}

// place: the session stands at a declared state, so do those to return to, and only
// what may wait does.
func (l law) place() {
	declared := func(name string) bool {
		return slices.ContainsFunc(l.def.States, func(s abi.State) bool { return s.Name == name })
	}
	if !declared(l.bot.base.State) {
		l.t.Errorf("the session stands at %q", l.bot.base.State)
	}
	back := l.bot.base.Back
	if len(back) > 8 ||
		slices.ContainsFunc(back, func(name string) bool { return !declared(name) }) {
		l.t.Errorf("the states to return to are %q", back)
	}
	if n := len(l.bot.base.Waiting); n > abi.MaxWaiting {
		l.t.Errorf("%d events wait", n)
	}
	for _, w := range l.bot.base.Waiting {
		info, _ := w.Event.Kind.Info()
		text := info.Export == abi.OnMessage || w.Event.Kind == abi.EventJSON && w.Event.Text != ""
		if info.Export == abi.ExportCount || info.Export == abi.OnStart || text && w.Event.Human {
			l.t.Errorf("there waits %+v", w.Event)
		}
	}
}

// rest: no transition could move the session further.
func (l law) rest() {
	base := &l.bot.base
	view := dialog.View{State: base.State, Back: base.Back, Waiting: base.Waiting}
	step, err := l.bot.dialog.Next(view, nil, resting{l.r})
	if err == nil && step.Transition != nil {
		l.t.Errorf("the turn ended in %s before %+v led to %s", base.State,
			step.Transition, step.To)
	}
}
