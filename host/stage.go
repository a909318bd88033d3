package host

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin"
)

// StageOptions configure a [Stage]. The zero value is usable.
type StageOptions struct {
	// Config is what bots read with config_get.
	Config map[string]string
	// Limits, where zero, have their defaults.
	Limits abi.Limits
	// CacheDir is the folder for compiled code, and for what was learned of intents.
	// If empty, there is none.
	CacheDir string
	// Read reads a module's file, once, by one goroutine at a time. If nil, the file
	// is read as it is.
	Read func(ctx context.Context, file string) ([]byte, error)
	// Begin is when plays begin. If zero, 1 January 2026: not the real time, so that
	// a play repeats.
	Begin time.Time
	// Logger hears of failed turns, and has the bots' logs. If nil, nothing is
	// logged.
	Logger *slog.Logger
}

func (o StageOptions) defaults() StageOptions {
	o.Limits = o.Limits.Defaults()
	if o.Read == nil {
		o.Read = func(_ context.Context, file string) ([]byte, error) { return os.ReadFile(file) }
	}
	if o.Begin.IsZero() {
		o.Begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Stage is where conversations with bots are played: modules are loaded as a
// [Host] loads them, and turns run as they do there, but there are no sockets, no
// disk, no time but the play's own, and no randomness but what follows from it. It
// is safe for concurrent use: plays run side by side, and share what was compiled.
type Stage struct {
	opts StageOptions
	bots *bots

	// loading is held by the one goroutine that loads a module.
	loading chan struct{}

	mu sync.Mutex
	// guards the following
	loaded map[script]*generation
	closed bool
}

// script is what a play is about: a module's file, and the name of the bot that it
// is.
type script struct{ bot, file string }

// NewStage makes a stage without bots. The caller closes it.
func NewStage(opts StageOptions) *Stage {
	opts = opts.defaults()
	cache, models := openCache(Options{CacheDir: opts.CacheDir, Logger: opts.Logger})
	return &Stage{
		opts: opts,
		bots: newBots(plugin.Options{
			Limits: opts.Limits, Config: opts.Config, Cache: cache, Repeat: true,
			Now: func() time.Time { return opts.Begin },
		}, models, opts.Limits, opts.Logger, 0),
		loading: make(chan struct{}, 1),
		loaded:  make(map[script]*generation),
	}
}

// Close releases all modules. It may be called when all plays are closed, and is
// idempotent.
func (s *Stage) Close() error {
	s.mu.Lock()
	generations := s.loaded
	s.loaded, s.closed = nil, true
	s.mu.Unlock()
	for _, g := range generations {
		s.bots.retire(g)
	}
	s.bots.drains.Wait()
	s.bots.callOff()
	return nil
}

// load returns the generation of a module under a bot's name, as a host would
// serve it. Who asks for the same again gets the same: a file is read once.
func (s *Stage) load(ctx context.Context, bot, file string) (*generation, error) {
	key := script{bot, file}
	if g := s.get(key); g != nil {
		return g, nil
	}
	select {
	case s.loading <- struct{}{}:
		defer func() { <-s.loading }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if g := s.get(key); g != nil {
		return g, nil
	}
	src, err := readSource(ctx, file, s.opts.Read)
	if err != nil {
		return nil, err
	}
	b := s.bots.getOrMake(bot)
	g, _, err := s.bots.build(ctx, b, src)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	b.loads++
	return g, s.keep(key, g)
}

func (s *Stage) get(key script) *generation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.loaded[key]
}

// keep takes a new generation in.
func (s *Stage) keep(key script, g *generation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		s.bots.retire(g)
		return errStageClosed
	}
	s.loaded[key] = g
	return nil
}
