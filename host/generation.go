package host

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/dialog"
	"github.com/bothost/bothost/host/intent"
	"github.com/bothost/bothost/host/outbound"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/turn"
)

// generation is one loaded version of a bot: its module, its definition, and the
// dialog and the intents that it declares. Turns pin it; when it was retired and
// the last pin is gone, unused is closed.
type generation struct {
	name       string
	module     *plugin.Module
	definition *abi.Definition
	classifier *intent.Classifier
	dialog     *dialog.Dialog
	// requests is what the module calls hosts with that its manifest allows; nil for a
	// module without a manifest.
	requests *outbound.Client

	// pins counts turns, plus one for the bot itself until the generation is
	// retired. It never rises from zero.
	pins   atomic.Int64
	unused chan struct{}
}

var _ turn.Generation = (*generation)(nil)

// newGeneration joins what makes up a generation.
func newGeneration(name string, m *plugin.Module, d *abi.Definition,
	c *intent.Classifier) *generation {
	g := &generation{name: name, module: m, definition: d, classifier: c,
		dialog: dialog.New(d, c), unused: make(chan struct{})}
	g.pins.Store(1)
	return g
}

// CheckDefinition returns why a host serves no module with a definition that it
// returned; handles says which exports the module has.
func CheckDefinition(d *abi.Definition, handles func(abi.Export) bool) error {
	if guards := d.Guards(); len(guards) > 0 && !handles(abi.Check) {
		return fmt.Errorf("definition: guard %q: the module has no export %v to decide it",
			guards[0], abi.Check)
	}
	if err := intent.Check(d); err != nil {
		return fmt.Errorf("definition: %w", err)
	}
	return nil
}

// pin reports false if the generation is unused for good.
func (g *generation) pin() bool {
	for {
		n := g.pins.Load()
		if n == 0 {
			return false
		}
		if g.pins.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// Release implements [turn.Generation]. It also takes the bot's own pin away.
func (g *generation) Release() {
	if g.pins.Add(-1) == 0 {
		close(g.unused)
	}
}

// Name implements [turn.Generation].
func (g *generation) Name() string { return g.name }

// Handles implements [turn.Generation].
func (g *generation) Handles(e abi.Export) bool { return g.module.Handles(e) }

// Dialog implements [turn.Generation].
func (g *generation) Dialog() turn.Dialog { return g.dialog }

// ClientVariables implements [turn.Generation].
func (g *generation) ClientVariables() []string { return g.definition.ClientVariables }

// Checkout implements [turn.Generation].
func (g *generation) Checkout(ctx context.Context) (turn.Instance, error) {
	in, err := g.module.Checkout(ctx)
	if errors.Is(err, plugin.ErrBusy) || errors.Is(err, plugin.ErrMemory) {
		return nil, fmt.Errorf("%w: %w", turn.ErrBusy, err)
	}
	if err != nil {
		return nil, err
	}
	return in, nil
}
