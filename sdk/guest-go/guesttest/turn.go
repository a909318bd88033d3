package guesttest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
	guest "github.com/bothost/bothost/sdk/guest-go"
)

// Turn is one turn of a conversation, after it ended. Its methods that begin with
// Wants fail the test at once if the turn was another. They return the turn, so
// that they can be put in a row.
type Turn struct {
	conversation *Conversation
	index        int
	what         string
	// events are those of one turn, or of those that were due while time passed.
	events []abi.Event
	// time is when the turn ended.
	time    time.Time
	outcome outcome
	// asked says that the test asked about replies, failed that it knows of the
	// failure, and over that there is nothing more to ask.
	asked, failed, over bool
}

// Reply is what the bot said.
type Reply struct {
	Kind guest.Kind
	// Body is text, or JSON for kinds whose body is JSON.
	Body string
	// Content is what is in a file.
	Content string
}

// String returns the reply as failures show it.
func (r Reply) String() string {
	if r.Kind == guest.KindText {
		return fmt.Sprintf("%q", r.Body)
	}
	return fmt.Sprintf("%s %s", r.Kind, r.Body)
}

// outcome is how a turn ended, and how much of it a test has asked about.
type outcome struct {
	result  *result
	replies []Reply
	// taken is the number of replies that were wanted.
	taken int
	// state and vars are the session's after the turn.
	state  string
	vars   map[string]string
	timers []Timer
}

// newOutcome is that of no turn.
func newOutcome(w *world) outcome {
	return outcome{result: new(result), state: w.state, vars: w.vars, timers: w.timers}
}

// add adds how a turn ended.
func (o *outcome) add(w *world, r *result) {
	o.state, o.vars, o.timers = w.state, w.vars, w.timers
	for _, e := range r.Entries {
		if e.From == abi.FromBot {
			o.replies = append(o.replies, Reply{guest.Kind(e.Kind), e.Body, strings.Join(e.Refs, "")})
		}
	}
	o.result.Timers = append(o.result.Timers, r.Timers...)
	o.result.Requests = append(o.result.Requests, r.Requests...)
	o.result.Logs = append(o.result.Logs, r.Logs...)
	o.result.Prediction = r.Prediction
	if o.result.Failure == "" {
		o.result.Failure = r.Failure
	}
}

// next returns the next reply that the test did not ask about; fault says why
// there is none.
func (o *outcome) next() (r Reply, fault string) {
	switch {
	case o.result.Failure != "":
		return r, "the turn failed: " + o.result.Failure
	case o.taken == len(o.replies):
		return r, fmt.Sprintf("no reply %d", o.taken+1)
	}
	o.taken++
	return o.replies[o.taken-1], ""
}

// rest says that there are replies which nobody asked about.
func (o *outcome) rest() string {
	switch {
	case o.result.Failure != "":
		return "the turn failed: " + o.result.Failure
	case o.taken < len(o.replies):
		return fmt.Sprintf("reply %d = %v, want none", o.taken+1, o.replies[o.taken])
	}
	return ""
}

// hint is added to a failure that one instance does not have.
const hint = `hint: on a single instance this passes: the bot seems to keep state in memory.
	A host runs many instances; keep what outlives a turn in the session (Set, Get, Move)`

// check fails the test if ask finds a fault in how the turn ended.
func (t *Turn) check(ask func(*outcome) (fault string)) *Turn {
	tb := t.conversation.tb
	tb.Helper()
	taken := t.outcome.taken
	fault := ask(&t.outcome)
	if fault == "" {
		return t
	}
	t.over = true
	if t.single(taken, ask) == "" {
		fault += "\n\t" + hint
	}
	tb.Fatalf("turn %d, %s: %s", t.index+1, t.what, fault)
	return t
}

// single asks the same when the conversation is held on one instance only.
func (t *Turn) single(taken int, ask func(*outcome) string) (fault string) {
	if t.conversation.pair == nil {
		return "there is one instance only"
	}
	o, err := t.conversation.replay(t.index)
	if err != nil {
		return err.Error()
	}
	o.taken = min(taken, len(o.replies))
	return ask(&o)
}

// settle fails the test if the turn failed and nobody wanted that, or has more
// replies than somebody wanted who wanted some.
func (t *Turn) settle() {
	t.conversation.tb.Helper()
	unexpected := t.outcome.result.Failure != "" && !t.failed
	unwanted := t.outcome.result.Failure == "" && t.asked
	if !t.over && (unexpected || unwanted) {
		t.check((*outcome).rest)
	}
	t.over = true
}

// Wants wants the next replies to be these texts, one reply each.
func (t *Turn) Wants(texts ...string) *Turn {
	t.conversation.tb.Helper()
	for _, text := range texts {
		t.WantsReply(guest.KindText, text)
	}
	return t
}

// WantsReply wants the next reply to be of the kind, with the body.
func (t *Turn) WantsReply(kind guest.Kind, body string) *Turn {
	t.conversation.tb.Helper()
	t.asked = true
	want := Reply{Kind: kind, Body: body}
	return t.check(func(o *outcome) string {
		got, fault := o.next()
		if fault != "" {
			return fmt.Sprintf("%s, want %v", fault, want)
		}
		if got.Kind != want.Kind || got.Body != want.Body {
			return fmt.Sprintf("reply %d = %v, want %v", o.taken, got, want)
		}
		return ""
	})
}

// Options wants the next reply to be options with these labels, in this order.
func (t *Turn) Options(labels ...string) *Turn {
	t.conversation.tb.Helper()
	t.asked = true
	return t.check(func(o *outcome) string {
		got, fault := o.next()
		if fault != "" {
			return fmt.Sprintf("%s, want options %q", fault, labels)
		}
		options, err := bodies.ParseOptions(got.Body)
		if got.Kind != guest.KindOptions || err != nil {
			return fmt.Sprintf("reply %d = %v, want options %q", o.taken, got, labels)
		}
		var offered []string
		for _, option := range options {
			offered = append(offered, option.Label)
		}
		if !slices.Equal(offered, labels) {
			return fmt.Sprintf("reply %d = options %q, want %q", o.taken, offered, labels)
		}
		return ""
	})
}

// WantsNothing wants no further replies.
func (t *Turn) WantsNothing() *Turn {
	t.conversation.tb.Helper()
	t.asked = true
	return t.check((*outcome).rest)
}

// WantsFailure wants the turn to have failed, for a cause that contains words:
// the bot's own words, or the host's about a rule that was broken.
func (t *Turn) WantsFailure(words string) *Turn {
	t.conversation.tb.Helper()
	t.failed = true
	return t.check(func(o *outcome) string {
		switch failure := o.result.Failure; {
		case failure == "":
			return fmt.Sprintf("the turn did not fail, want failure %q", words)
		case !strings.Contains(failure, words):
			return fmt.Sprintf("the turn failed: %s, want %q", failure, words)
		}
		return ""
	})
}

// WantsState wants the session to stand there after the turn.
func (t *Turn) WantsState(state string) *Turn {
	t.conversation.tb.Helper()
	return t.check(func(o *outcome) string {
		if o.state != state {
			return fmt.Sprintf("state = %q, want %q", o.state, state)
		}
		return ""
	})
}

// WantsVar wants the session's variable to have this value after the turn.
func (t *Turn) WantsVar(key, value string) *Turn {
	t.conversation.tb.Helper()
	return t.check(func(o *outcome) string {
		if got, ok := o.vars[key]; !ok || got != value {
			return fmt.Sprintf("variable %q = %q, %t, want %q", key, got, ok, value)
		}
		return ""
	})
}

// WantsUnset wants the session to have no such variable after the turn.
func (t *Turn) WantsUnset(key string) *Turn {
	t.conversation.tb.Helper()
	return t.check(func(o *outcome) string {
		if got, ok := o.vars[key]; ok {
			return fmt.Sprintf("variable %q = %q, want none", key, got)
		}
		return ""
	})
}

// WantsIntent wants the turn's text to have the intent, when a transition or a
// handler took it; none, if the name is empty.
func (t *Turn) WantsIntent(name string) *Turn {
	t.conversation.tb.Helper()
	return t.check(func(o *outcome) string {
		var got string
		if p := o.result.Prediction; p != nil {
			got = p.Intent
		}
		if got != name {
			return fmt.Sprintf("intent = %q, want %q", got, name)
		}
		return ""
	})
}

// WantsParam wants the intent of the turn's text to have a slot with this value.
func (t *Turn) WantsParam(name, value string) *Turn {
	t.conversation.tb.Helper()
	return t.check(func(o *outcome) string {
		p := o.result.Prediction
		if p == nil {
			return fmt.Sprintf("the text has no intent, want its parameter %q", name)
		}
		if got, ok := p.Param(name); !ok || got != value {
			return fmt.Sprintf("parameter %q = %q, %t, want %q", name, got, ok, value)
		}
		return ""
	})
}

// WantsLog wants a line of the turn's log to be at the level and contain words.
func (t *Turn) WantsLog(level abi.Level, words string) *Turn {
	t.conversation.tb.Helper()
	return t.check(func(o *outcome) string {
		for _, line := range o.result.Logs {
			if line.Level == level && strings.Contains(line.Text, words) {
				return ""
			}
		}
		return fmt.Sprintf("log = %v, want a line of level %d with %q", o.result.Logs, level, words)
	})
}

// Replies returns what the bot said, for checks of another kind: none of them
// is left to be asked about.
func (t *Turn) Replies() []Reply {
	t.outcome.taken = len(t.outcome.replies)
	return t.outcome.replies
}

// Failure returns why the turn failed, in words for the operator; empty if it
// did not.
func (t *Turn) Failure() string {
	t.failed = true
	return t.outcome.result.Failure
}

// Logs returns the lines that the turn wrote to the bot's log.
func (t *Turn) Logs() []Line { return t.outcome.result.Logs }
