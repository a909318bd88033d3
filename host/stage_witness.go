package host

import (
	"context"
	"encoding/binary"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/draft"
	"github.com/bothost/bothost/host/conversation"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/turn"
)

// witness stands between a play's turns and their bot, and notes what they do. It
// belongs to one turn at a time.
type witness struct {
	generation *generation
	// fresh gives each turn an instance of its own.
	fresh bool
	// seen is what is known of the turn that runs, or ran last.
	seen conversation.Turn
	// turns counts the turns: randomness follows from it.
	turns uint64
}

var _ turn.Source = (*witness)(nil)

// begin forgets the turn before.
func (w *witness) begin() {
	w.seen = conversation.Turn{}
	w.turns++
}

// seed is that of the turn's randomness: a play that repeats draws the same.
func (w *witness) seed() (seed [32]byte) {
	binary.LittleEndian.PutUint64(seed[:], w.turns)
	return seed
}

// Acquire implements [turn.Source].
func (w *witness) Acquire(string) (turn.Generation, error) {
	if !w.generation.pin() {
		return nil, errStageClosed
	}
	return &watched{w.generation, w}, nil
}

// note notes what the turn's event is, and what its text means.
func (w *witness) note(ev *abi.Event) {
	if w.seen.Event.Kind == "" {
		w.seen.Event = *ev
	}
	own := &w.seen.Event
	if ev.Prediction != nil && ev.Kind == own.Kind && ev.Text == own.Text {
		w.seen.Prediction = ev.Prediction
	}
}

// watched is a generation for one turn.
type watched struct {
	*generation
	witness *witness
}

// Dialog implements [turn.Generation].
func (g *watched) Dialog() turn.Dialog { return watchedDialog{g.generation.Dialog(), g.witness} }

// watchedDialog is a dialog for one turn.
type watchedDialog struct {
	turn.Dialog
	witness *witness
}

// Run implements [turn.Dialog].
func (d watchedDialog) Run(t *draft.Draft, h draft.Handlers) error {
	d.witness.note(t.Event())
	err := d.Dialog.Run(t, h)
	d.witness.note(t.Event())
	if err != nil {
		d.witness.seen.Failure += err.Error()
	}
	return err
}

// Checkout implements [turn.Generation].
func (g *watched) Checkout(ctx context.Context) (turn.Instance, error) {
	for {
		in, err := g.generation.Checkout(ctx)
		if err != nil {
			return nil, err
		}
		own := in.(*plugin.Instance) // as generations have them
		if !g.witness.fresh || !own.Used() {
			own.Seed(g.witness.seed())
			return &watchedInstance{in, g.witness}, nil
		}
		own.Discard() // another turn has had it, or it was asked for the definition
	}
}

// watchedInstance is an instance for one turn.
type watchedInstance struct {
	turn.Instance
	witness *witness
}

// Call implements [turn.Instance].
func (in *watchedInstance) Call(e abi.Export, input string, now int64, h abi.Host) (
	abi.Result, error) {
	in.witness.note(h.Event())
	in.witness.seen.Calls++
	result, err := in.Instance.Call(e, input, now, h)
	if err == nil && result == abi.Failed { // the words that follow do not say whose they are
		in.witness.seen.Failure = e.String() + ": "
	}
	return result, err
}

// Release implements [turn.Instance].
func (in *watchedInstance) Release() {
	in.witness.seen.Fuel = in.Fuel()
	in.Instance.Release()
}
