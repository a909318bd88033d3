package guest

import "strconv"

// State is a place in a dialog. It is declared with [Dialog.State].
type State struct {
	dialog      *Dialog
	at          place
	name        string
	was         []string
	recheck     int64
	body        Handler
	fallback    Handler
	global      *Transition
	transitions []*Transition
}

// Name returns the state's name, which [Session.State] returns where a session stands there.
func (s *State) Name() string { return s.name }

// Enter sets what happens each time the state is entered, which also happens from
// itself: what the bot says there. [Session.Text] is the state's name,
// [Session.Message] the text that led there.
func (s *State) Enter(body Handler) *State {
	if s.body != nil {
		s.dialog.wrong(here(), s.title()+": Enter is set twice")
	}
	s.body = body
	return s
}

// Fallback sets what answers a human's text that no transition and no handler took
// while the session stands here, in the place of [OnFallback].
func (s *State) Fallback(h Handler) *State {
	if s.fallback != nil {
		s.dialog.wrong(here(), s.title()+": Fallback is set twice")
	}
	s.fallback = h
	registered.stateFallback = s.dialog.fallbackHere
	return s
}

// fallbackHere returns the fallback of the state where the session stands, if it
// has one of its own.
func (d *Dialog) fallbackHere() Handler {
	if s := d.byName[session.State()]; s != nil {
		return s.fallback
	}
	return nil
}

// Was says what the state was called in former versions of the bot: sessions that
// stand there stand here.
func (s *State) Was(names ...string) *State {
	s.was = append(s.was, names...)
	return s
}

// Recheck says how often the conditions of transitions that wait for no event are
// looked at while nothing happens, in milliseconds, 100 to 365 days: for guards
// that ask for the time. Without it they are looked at when the state is entered,
// and after each event.
func (s *State) Recheck(every int64) *State {
	s.recheck = every
	return s
}

// When begins a transition: what it waits for, or a condition; then it moves as
// soon as that holds. Transitions are tried in the order of their declaration, and
// the first that matches moves.
func (s *State) When(c Clause) *Transition {
	t := s.transition(here())
	s.transitions = append(s.transitions, t)
	t.add(c)
	return t
}

// GoTo makes the dialog go on to another state at once, when what happens here on
// entering has happened. No transition can come after it.
func (s *State) GoTo(target *State) { s.auto(here()).goTo(target) }

// GoBack makes the dialog go on at once to the state in which it stood before it
// came here by [State.Global].
func (s *State) GoBack() { s.auto(here()).to = previous }

func (s *State) auto(at place) *Transition {
	t := s.transition(at)
	t.trigger = &Trigger{field: "auto"}
	s.transitions = append(s.transitions, t)
	return t
}

// transition makes one, which is not among the state's yet.
func (s *State) transition(at place) *Transition {
	t := &Transition{state: s, at: at, index: len(s.transitions)}
	if n := len(s.transitions); n > 0 && s.transitions[n-1].isAuto() {
		t.wrong("comes after a GoTo of the state, so that it can never move")
	}
	return t
}

// Global makes the state one to which what is waited for leads from everywhere,
// after the transitions of the state where the session stands. From it, and from
// where it leads, [Transition.GoBack] leads back. The transition may have
// conditions; it has no target.
func (s *State) Global(c Clause) *Transition {
	t := &Transition{state: s, at: here(), index: -1}
	if s.global != nil {
		t.wrong("Global is set twice")
	}
	s.global = t
	t.add(c)
	return t
}

// finish looks for what is only wrong when nothing more is declared.
func (s *State) finish() {
	for _, t := range s.transitions {
		if t.to == "" {
			t.wrong("has no target: end it with GoTo or GoBack")
		}
	}
}

func (s *State) title() string { return "state " + quoted(s.name) }

func (s *State) appendJSON(b []byte) []byte {
	b = appendText(b, `{"name":`, s.name)
	if s == s.dialog.initial {
		b = append(b, `,"initial":true`...)
	}
	if len(s.was) > 0 {
		b = appendTexts(append(b, `,"was":`...), s.was)
	}
	if s.global != nil {
		b = s.global.appendJSON(append(b, `,"global":`...))
	}
	if s.recheck != 0 {
		b = strconv.AppendInt(append(b, `,"recheck_ms":`...), s.recheck, 10)
	}
	b = appendList(b, `,"transitions":[`, s.transitions)
	return append(b, '}')
}

// GoTo says that the session stands at a state when the handler has returned, and
// enters it then: [Session.Move] to a state of the dialog.
func (*Session) GoTo(target *State) { session.Move(target.name) }

// GoBack is [Transition.GoBack] as a handler does it.
func (*Session) GoBack() { session.Move(previous) }
