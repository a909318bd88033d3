package conversation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/bodies"
)

// Options are how conversations are run and shown.
type Options struct {
	// MaxTurns is how many turns may come of one step. If zero, 1000.
	MaxTurns int
	// ShowFuel has [WriteText] show what each step cost, also if nothing failed.
	ShowFuel bool
	// Color has it use the colors of a terminal.
	Color bool
	// Context is how many lines it shows around a difference. If zero, 4.
	Context int
}

// Run has a conversation played, and compares. It goes on when something is not as
// wanted, and ends only when the player returns an error.
func Run(ctx context.Context, c *Conversation, p Player, o Options) Report {
	if o.MaxTurns == 0 {
		o.MaxTurns = 1000
	}
	began := time.Now()
	r := runner{
		player: p, opts: o, file: c.file,
		begun: make(map[string]bool), offered: make(map[string][]bodies.Option),
	}
	report := Report{Conversation: c}
	for i := range c.file.Head {
		if a := &c.file.Head[i].Act; a.Verb == Answer {
			p.Stub(a.Stub)
		}
	}
	for i := range c.Steps {
		result, err := r.step(ctx, &c.Steps[i])
		report.Results = append(report.Results, result)
		if err != nil {
			report.Err, report.Line = err, c.Steps[i].Line
			break
		}
	}
	report.Time = time.Since(began)
	return report
}

// runner runs one conversation.
type runner struct {
	player Player
	opts   Options
	file   *File
	begun  map[string]bool
	// offered are the options that each session was offered last.
	offered map[string][]bodies.Option
	editor  editor
}

// errNotOffered says that an option cannot be chosen.
type errNotOffered struct{ text string }

func (e errNotOffered) Error() string { return e.text }

// refusedError says why a module was not swapped.
type refusedError struct{ err error }

func (e refusedError) Error() string { return e.err.Error() }

// step does what happens, and compares what came of it.
func (r *runner) step(ctx context.Context, s *Step) (Result, error) {
	result := Result{Step: s}
	turns, err := r.act(ctx, s)
	result.Turns = turns
	if notOffered, ok := errors.AsType[errNotOffered](err); ok {
		result.Failures = []string{notOffered.text}
		r.editor.begin(r.file, s, &result)
		r.editor.skip()
		return result, nil
	}
	refused, ok := errors.AsType[refusedError](err)
	if err != nil && !ok {
		r.editor.begin(r.file, s, &result)
		r.editor.skip()
		return result, err
	}
	r.remember(turns)
	a := outcome{player: r.player, step: s, turns: turns, cause: causeOf(turns)}
	if ok {
		a.cause = refused.Error()
	}
	a.replies = repliesOf(turns)
	r.editor.begin(r.file, s, &result)
	r.editor.compare(&a)
	return result, nil
}

// act does what happens.
func (r *runner) act(ctx context.Context, s *Step) (turns []Turn, err error) {
	a := &s.Act
	switch a.Verb {
	case Begin:
		return r.begin(ctx, s.Session)
	case Send, Choose:
		if turns, err = r.begin(ctx, s.Session); err != nil {
			return turns, err
		}
		r.remember(turns)
		ev := a.Event
		if a.Verb == Choose {
			if ev.Text, err = r.choose(s); err != nil {
				return turns, err
			}
		}
		if ev.Files, err = r.attach(ctx, s); err != nil {
			return turns, err
		}
		if ev.Kind == abi.EventReset {
			delete(r.offered, s.Session)
		}
		turn, err := r.player.Send(ctx, s.Session, ev)
		if err != nil {
			return turns, err
		}
		return r.settle(ctx, append(turns, turn))
	case Wait:
		if turns, err = r.player.Advance(ctx, a.Time); err != nil {
			return turns, err
		}
		return r.settle(ctx, turns)
	case Swap:
		err := r.player.Swap(ctx, r.file.Path(a.File))
		if err != nil && ctx.Err() == nil {
			err = refusedError{err}
		}
		return nil, err
	case Answer:
		r.player.Stub(a.Stub)
	}
	return nil, nil
}

// attach makes the files that a step sends.
func (r *runner) attach(ctx context.Context, s *Step) (files []abi.File, err error) {
	for i, f := range s.Act.Event.Files {
		path := s.Act.path(i)
		if path != "" {
			path = r.file.Path(path)
		}
		if f, err = r.player.Attach(ctx, s.Session, f, s.Act.Contents[i], path); err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// begin begins a session, if it has not begun yet.
func (r *runner) begin(ctx context.Context, session string) ([]Turn, error) {
	if r.begun[session] {
		return nil, nil
	}
	r.begun[session] = true
	turn, err := r.player.Begin(ctx, session)
	if err != nil {
		return nil, err
	}
	return r.settle(ctx, []Turn{turn})
}

// settle adds the turns that come without time passing.
func (r *runner) settle(ctx context.Context, turns []Turn) ([]Turn, error) {
	for {
		more, err := r.player.Settle(ctx)
		if err != nil || len(more) == 0 {
			return turns, err
		}
		if turns = append(turns, more...); len(turns) > r.opts.MaxTurns {
			return turns, fmt.Errorf("more than %d turns came of this", r.opts.MaxTurns)
		}
	}
}

// choose returns the value of the option that a step chooses.
func (r *runner) choose(s *Step) (value string, err error) {
	want := s.Act.Option
	if want.Value != "" {
		return want.Value, nil
	}
	offered := r.offered[s.Session]
	for _, o := range offered {
		if o.Label == want.Label {
			return o.Value, nil
		}
	}
	for _, o := range offered {
		if o.Value == want.Label {
			return o.Value, nil
		}
	}
	label := appendOptions(nil, []bodies.Option{want})
	if len(offered) == 0 {
		return "", errNotOffered{fmt.Sprintf(
			"the bot has offered no options, so %s cannot be chosen", label)}
	}
	return "", errNotOffered{fmt.Sprintf("%s is not among the options that the bot offered: %s",
		label, appendOptions(nil, written(offered)))}
}

// remember notes the options that were offered.
func (r *runner) remember(turns []Turn) {
	for i := range turns {
		for _, e := range turns[i].Entries {
			if e.Kind != abi.KindOptions {
				continue
			}
			if options, err := bodies.ParseOptions(e.Body); err == nil {
				r.offered[turns[i].Session] = options
			}
		}
	}
}

// said is a reply, or a notice of the host.
type said struct {
	session string
	entry   abi.Entry
}

// repliesOf returns what was said, but not what the host says of a failed turn.
func repliesOf(turns []Turn) (replies []said) {
	for i := range turns {
		t := &turns[i]
		for _, e := range t.Entries {
			if e.From == abi.FromUser || e.From == abi.FromHost && t.Failure != "" {
				continue
			}
			replies = append(replies, said{t.Session, e})
		}
	}
	return replies
}

// causeOf returns why the first turn failed that did; empty if none did.
func causeOf(turns []Turn) string {
	i := slices.IndexFunc(turns, func(t Turn) bool { return t.Failure != "" })
	if i < 0 {
		return ""
	}
	return strings.TrimRight(turns[i].Failure, "\n")
}
