package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/dialog"
	"github.com/bothost/bothost/host/intent"
	"github.com/bothost/bothost/host/plugin"
	"github.com/bothost/bothost/host/turn"
)

// Step is one part of a reload and how long it took.
type Step struct {
	Name string
	Took time.Duration
}

// Reload is what became of one change of a module file.
type Reload struct {
	Bot, Path string
	// Old and New name the generations; Old is empty for the first, New if the
	// bot was removed or the change refused.
	Old, New string
	// Steps are those that were taken, in order; of a refused change the last one
	// failed.
	Steps []Step
	// Err says why the change was refused. The old generation goes on.
	Err error
}

// bot is a named thing to talk to.
type bot struct {
	name   string
	budget *plugin.Budget
	// current is nil before the first generation and after the removal.
	current atomic.Pointer[generation]
	// loads counts generations; it belongs to the goroutine that loads.
	loads int
}

// pin returns the newest generation, pinned, or nil.
func (b *bot) pin() *generation {
	for {
		g := b.current.Load()
		if g == nil || g.pin() {
			return g
		}
	}
}

// bots are all bots of a host. Loading and removing belong to one goroutine at a
// time; everything else is safe for concurrent use.
type bots struct {
	opts   plugin.Options // without Name and Budget
	limits abi.Limits
	logger *slog.Logger
	config string // hash of the configuration, part of a generation's name
	// allow names the hosts that all bots may call.
	allow []string
	// requests are what bots call hosts with; nil for a stage: nobody is called.
	requests *callers
	// models is the folder for what was learned of intents; empty for none.
	models string
	// drains are the old generations that are being closed, each by a goroutine
	// of its own; grace is how long their turns may take.
	drains   sync.WaitGroup
	draining atomic.Int64
	grace    time.Duration
	// calls ends with the requests that guests wait for, by callOff.
	calls   context.Context
	callOff context.CancelFunc

	mu sync.RWMutex
	// guards the following
	byName map[string]*bot
}

var _ turn.Source = (*bots)(nil)

func newBots(
	opts plugin.Options, models string, limits abi.Limits, logger *slog.Logger,
	grace time.Duration,
) *bots {
	s := &bots{
		opts: opts, models: models, limits: limits, logger: logger, grace: grace,
		config: hashConfig(opts.Config), byName: make(map[string]*bot),
	}
	s.calls, s.callOff = context.WithCancel(context.Background())
	return s
}

// hashConfig tells configurations apart: four hex digits, or nothing for none.
func hashConfig(config map[string]string) string {
	if len(config) == 0 {
		return ""
	}
	h := sha256.New()
	for _, key := range slices.Sorted(maps.Keys(config)) {
		fmt.Fprintf(h, "%d:%s%d:%s", len(key), key, len(config[key]), config[key])
	}
	return "+" + hex.EncodeToString(h.Sum(nil)[:2])
}

// Acquire implements [turn.Source].
func (s *bots) Acquire(name string) (turn.Generation, error) {
	if b := s.get(name); b != nil {
		if g := b.pin(); g != nil {
			return g, nil
		}
	}
	return nil, fmt.Errorf("bot %q is not served", name)
}

func (s *bots) get(name string) *bot {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byName[name]
}

// generationOf returns the name of a bot's generation; empty if there is none.
func (s *bots) generationOf(name string) string {
	if b := s.get(name); b != nil {
		return b.generationName()
	}
	return ""
}

// names returns the bots that are served, in order.
func (s *bots) names() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var names []string
	for name, b := range s.byName {
		if b.current.Load() != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// getOrMake returns the bot, which has no generation if it is new.
func (s *bots) getOrMake(name string) *bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.byName[name]
	if b == nil {
		b = &bot{name: name, budget: plugin.NewBudget(s.limits.BotMemoryBytes)}
		s.byName[name] = b
	}
	return b
}

// load makes a new generation of a bot from its source and swaps it in.
func (s *bots) load(ctx context.Context, name string, src source) Reload {
	b := s.getOrMake(name)
	r := Reload{Bot: name, Old: b.generationName()}
	var g *generation
	if g, r.Steps, r.Err = s.build(ctx, b, src); r.Err != nil {
		return r
	}
	b.loads++
	r.New = g.name
	s.retire(b.current.Swap(g))
	return r
}

func (b *bot) generationName() string {
	if g := b.current.Load(); g != nil {
		return g.name
	}
	return ""
}

// build makes a generation, and leaves nothing behind if it cannot.
func (s *bots) build(
	ctx context.Context, b *bot, src source,
) (_ *generation, _ []Step, err error) {
	opts, config, client, err := s.settings(b.name, src)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil && client != nil {
			client.Close()
		}
	}()
	hash := sha256.Sum256(src.module)
	opts.Name = fmt.Sprintf("%x%s#%d", hash[:6], config, b.loads+1)
	opts.Budget = b.budget
	opts.Logger = s.logger.With("bot", b.name, "generation", opts.Name)

	var steps []Step
	step := func(what string, do func() error) error {
		begun := time.Now()
		err := do()
		steps = append(steps, Step{what, time.Since(begun)})
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	}
	var m *plugin.Module
	var d *abi.Definition
	var c *intent.Classifier
	err = step("compile", func() (err error) {
		m, err = plugin.Compile(ctx, src.module, opts)
		return err
	})
	if err != nil {
		return nil, steps, err
	}
	if err = step("start", func() error { return s.start(ctx, b, m) }); err == nil {
		err = step("describe", func() (err error) {
			d, err = m.Describe(ctx)
			return err
		})
	}
	if err == nil {
		err = step("check", func() error { return CheckDefinition(d, m.Handles) })
	}
	if err == nil {
		err = step("intents", func() (err error) {
			c, err = s.learn(ctx, b, d, opts.Logger)
			return err
		})
	}
	if err != nil {
		return nil, steps, errors.Join(err, m.Close(ctx))
	}
	if lost := dialog.Unreachable(d); len(lost) > 0 {
		opts.Logger.Warn("no transition leads to some states", "states", lost)
	}
	g := newGeneration(opts.Name, m, d, c)
	g.requests = client
	return g, steps, nil
}

// start makes the first instance of a module. Where the memory of the bot is held by
// instances of the generation that serves, those that no turn has are closed, and
// the others waited for: the same file would not be looked at again.
func (s *bots) start(ctx context.Context, b *bot, m *plugin.Module) error {
	until := time.Now().Add(s.grace)
	for pause := time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := m.Start(ctx)
		old := b.current.Load()
		if !errors.Is(err, plugin.ErrMemory) || old == nil || b.budget.Used() == 0 ||
			time.Now().After(until) {
			return err
		}
		old.module.Shrink()
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}

// learn makes the classifier of a definition. If its intents are those of the
// generation that serves, nothing is learned.
func (s *bots) learn(ctx context.Context, b *bot, d *abi.Definition, logger *slog.Logger) (
	*intent.Classifier, error) {
	opts := intent.Options{Dir: s.models, Logger: logger}
	if g := b.current.Load(); g != nil {
		opts.Previous = g.classifier
	}
	return intent.New(ctx, d, opts)
}

// remove stops serving a bot.
func (s *bots) remove(name string) Reload {
	b := s.get(name)
	if b == nil {
		return Reload{Bot: name}
	}
	r := Reload{Bot: name, Old: b.generationName()}
	s.retire(b.current.Swap(nil))
	return r
}

// retire lets a generation end its turns, and then closes its module.
func (s *bots) retire(g *generation) {
	if g == nil {
		return
	}
	s.draining.Add(1)
	s.drains.Go(func() {
		defer s.draining.Add(-1)
		ctx, cancel := context.WithTimeout(context.Background(), s.grace)
		defer cancel()
		select {
		case <-g.unused:
		case <-ctx.Done():
			// Close below ends the guests that still run, which ends their turns.
		}
		if err := g.module.Close(ctx); err != nil {
			s.logger.LogAttrs(ctx, slog.LevelWarn, "generation not closed cleanly",
				slog.String("generation", g.name), slog.Any("err", err))
		}
		if g.requests != nil {
			g.requests.Close()
		}
	})
	g.Release()
}

// close retires all bots and waits for the end of all generations.
func (s *bots) close() {
	s.mu.Lock()
	all := slices.Collect(maps.Values(s.byName))
	s.mu.Unlock()
	for _, b := range all {
		s.retire(b.current.Swap(nil))
	}
	s.drains.Wait()
	s.callOff()
}
