package dialog

import (
	"fmt"
	"strings"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
)

// Run gives the event of a draft to the bot's transitions and handlers: a whole
// turn, also of a bot without states.
//
// # Errors
//
// An error of the handlers or the draft, or a turn that goes too far: it enters more
// states than a turn may, or its conditions take too much work. The caller drops the
// draft then.
func (d *Dialog) Run(t *draft.Draft, h draft.Handlers) error {
	ev := t.Event()
	if len(d.states) == 0 {
		return d.plain(t, h, ev)
	}
	r := &run{dialog: d, draft: t, handlers: h, own: ev, current: ev}
	if isStart(ev) {
		return r.start()
	}
	return r.run()
}

func isStart(ev *abi.Event) bool {
	return ev.Kind == abi.EventStart || ev.Kind == abi.EventReset
}

// run is the work space of one turn. It is the [Oracle] of its choices.
type run struct {
	dialog   *Dialog
	draft    *draft.Draft
	handlers draft.Handlers
	// at is the state in which the session stands.
	at int
	// own is the turn's event, until something takes it, and current the event that
	// handlers see.
	own, current *abi.Event
	// trail are the states that were entered.
	trail []int
	few   [8]int
	// work is what conditions took.
	work int64
}

// start begins a session.
func (r *run) start() error {
	r.own = nil
	if _, err := r.handlers.Call(abi.OnStart, ""); err != nil {
		return err
	}
	to := r.dialog.initial
	if asked, ok := r.draft.Asked(); ok {
		var err error
		if to, err = r.resolve(asked); err != nil {
			return err
		}
	}
	if err := r.enter(to); err != nil {
		return err
	}
	_, err := r.settle()
	return err
}

// run gives the event to the state in which the session stands.
func (r *run) run() error {
	if err := r.stand(); err != nil {
		return err
	}
	ev, err := r.settle()
	if ev == nil || err != nil {
		return err
	}
	took, err := r.export(ev)
	if !took || err != nil {
		return err
	}
	r.own = nil
	if asked, ok := r.draft.Asked(); ok {
		to, err := r.resolve(asked)
		if err == nil {
			err = r.enter(to)
		}
		if err != nil {
			return err
		}
	}
	_, err = r.settle()
	return err
}

// stand finds the state in which the session stands. It may have another name by
// now, or be gone.
func (r *run) stand() error {
	d, name := r.dialog, r.draft.State()
	if back := r.draft.Back(); len(back) > 0 {
		r.draft.SetBack(d.remembered(back))
	}
	if i, ok := d.index[name]; ok {
		r.at = i
		return nil
	}
	if i, ok := d.former[name]; ok {
		r.at = i
		r.draft.Rename(d.states[i].name)
		return nil
	}
	if name != "" {
		r.handlers.Tell("a session stood at a state that is gone", "state", name)
	}
	return r.enter(d.initial)
}

// settle moves from state to state until no transition moves. It returns the turn's
// own event, as the last state sees it, if nothing took it.
func (r *run) settle() (*abi.Event, error) {
	for {
		v := View{Back: r.draft.Back(), Waiting: r.draft.Waiting()}
		step, err := r.dialog.next(r.at, &v, r.own, r, &r.work)
		if err != nil {
			if step.Takes >= 0 {
				r.draft.Blame(v.Waiting[step.Takes].ID)
			}
			return nil, err
		}
		if step.Transition == nil {
			r.draft.Use(r.current)
			return step.Event, nil
		}
		r.take(&step)
		if err := r.enter(step.to); err != nil {
			return nil, err
		}
	}
}

// take makes the step's event the one that handlers see.
func (r *run) take(step *Step) {
	switch {
	case step.Takes == TakesEvent:
		r.own, r.current = nil, step.Event
		r.draft.Blame("")
	case step.Takes >= 0:
		ev := step.Event
		if ev == &r.draft.Waiting()[step.Takes].Event { // whose place others will take
			own := *ev
			ev = &own
		}
		r.current = ev
		r.draft.Blame(r.draft.Waiting()[step.Takes].ID)
		r.draft.Take(step.Takes)
	}
	r.draft.Use(r.current)
	r.draft.SetBack(step.Back)
}

// enter enters a state, and the ones that its handler asks for.
func (r *run) enter(to int) error {
	for {
		if err := r.count(to); err != nil {
			return err
		}
		name := r.dialog.states[to].name
		r.at = to
		r.draft.Enter(name)
		if r.own != nil && r.own.Kind == abi.EventAfter {
			r.own = nil // the user was quiet somewhere else
		}
		if _, err := r.handlers.Call(abi.OnEnter, name); err != nil {
			return err
		}
		asked, ok := r.draft.Asked()
		if !ok {
			return nil
		}
		var err error
		if to, err = r.resolve(asked); err != nil {
			return err
		}
	}
}

// resolve finds the state that a handler asked for.
func (r *run) resolve(asked string) (int, error) {
	to, back, err := r.dialog.resolve(asked, r.draft.Back())
	if err != nil {
		return 0, fmt.Errorf("move: %w", err)
	}
	if asked == abi.Previous {
		r.draft.SetBack(back)
	}
	return to, nil
}

// count counts the states that are entered.
func (r *run) count(to int) error {
	if r.trail == nil {
		r.trail = r.few[:0]
	}
	r.trail = append(r.trail, to)
	if most := r.draft.Limits().Moves; int64(len(r.trail)) > most {
		return fmt.Errorf("more than %d moves in a turn: %s", most, r.circle())
	}
	return nil
}

// circle names the states between which the turn goes to and fro; the last ones if
// it is no circle.
func (r *run) circle() string {
	last := len(r.trail) - 1
	from := max(0, last-maxBack)
	for i := last - 1; i >= 0; i-- {
		if r.trail[i] == r.trail[last] {
			from = i
			break
		}
	}
	var b strings.Builder
	for _, i := range r.trail[from:] {
		b.WriteString(r.dialog.states[i].name)
		b.WriteString(" -> ")
	}
	return strings.TrimSuffix(b.String(), "-> ") + "..."
}

// export gives an event that no transition took to its own handler, and reports
// whether that is the end of it.
func (r *run) export(ev *abi.Event) (took bool, err error) {
	info, ok := ev.Kind.Info()
	if !ok || info.Export == abi.ExportCount {
		return false, nil
	}
	r.current = ev
	r.draft.Use(ev)
	r.draft.Blame("")
	took, err = handle(r.draft, r.handlers, info.Export, ev)
	if took || err != nil {
		return took, err
	}
	if ev.Kind != abi.EventFeedback { // later it would be about what is long past
		r.wait()
	}
	return false, nil
}

// wait lets the turn's event wait.
func (r *run) wait() {
	r.draft.Wait(r.own)
	if waiting := r.draft.Waiting(); len(waiting) > abi.MaxWaiting {
		ev := &waiting[0].Event
		r.handlers.Tell("too many events wait, so that the oldest is dropped",
			"event", string(ev.Kind), "name", ev.Name, "state", r.draft.State())
		r.draft.Take(0)
	}
}
