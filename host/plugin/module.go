package plugin

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin/module"
)

// features are what a module may use: WebAssembly 2.0, and of what came later
// what compilers make by themselves.
const features = api.CoreFeaturesV2 |
	experimental.CoreFeaturesTailCall | experimental.CoreFeaturesExtendedConst

// Options configure a module. The zero value is usable.
type Options struct {
	// Name names the module in errors and logs. If empty, the beginning of its
	// hash.
	Name string
	// Limits, where zero, have their defaults.
	Limits abi.Limits
	// Config is what config_get reads. The map must not change.
	Config map[string]string
	// Budget is the memory of all instances of the bot. If nil, the module has
	// one of its own, of Limits.BotMemoryBytes.
	Budget *Budget
	// Cache keeps compiled code on disk. If nil, modules are compiled each time.
	Cache *Cache
	// Logger takes the bot's log. If nil, it is dropped.
	Logger *slog.Logger
	// Now is the clock of start functions and describe. If nil, time.Now.
	Now func() time.Time
	// Repeat has guests do the same again when they are asked the same: the time of
	// day is that of the turn, from WASI too, and randomness follows from
	// [Instance.Seed]. For tests: who knows the seed knows the guest's secrets.
	Repeat bool
	// Extism are the settings of modules that have the Extism surface.
	Extism ExtismOptions
	// IdleTime is how long an instance that nobody needs is kept. If zero, a
	// minute.
	IdleTime time.Duration

	// unmetered leaves out what makes a guest stoppable. Benchmarks measure with it
	// what metering costs.
	unmetered bool
}

func (o Options) defaults(hash [32]byte) Options {
	o.Limits = o.Limits.Defaults()
	if o.Name == "" {
		o.Name = fmt.Sprintf("%x", hash[:6])
	}
	if o.Budget == nil {
		o.Budget = NewBudget(o.Limits.BotMemoryBytes)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.IdleTime == 0 {
		o.IdleTime = time.Minute
	}
	return o
}

// Module is a compiled module and its instances. It is safe for concurrent use.
type Module struct {
	name     string
	hash     [32]byte
	info     *module.Info
	code     []byte // until it is compiled
	opts     Options
	logger   *slog.Logger
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	cache    *cacheEntry
	spare    spareMemory
	pool     *pool

	// turnTime and turnFuel are the guest time and the fuel of a turn, set before
	// the first checkout.
	turnTime time.Duration
	turnFuel int64
	// cost is set by Start and Describe, which come before all turns.
	cost Cost

	stop    chan struct{}
	janitor sync.WaitGroup
	closing sync.Once
	closed  error
}

// Compile checks and compiles a module; nothing of it runs yet. The data is not
// kept. The caller closes the module.
//
// # Errors
//
// All the rules that [Check] finds broken; or what the engine refuses.
func Compile(ctx context.Context, data []byte, opts Options) (*Module, error) {
	hash := sha256.Sum256(data)
	opts = opts.defaults(hash)
	info, err := Check(data, opts.Limits)
	if err != nil {
		return nil, fmt.Errorf("module %s: %w", module.Shown(opts.Name), err)
	}
	m := &Module{
		name: opts.Name, hash: hash, info: info, opts: opts,
		logger: opts.Logger, stop: make(chan struct{}),
		turnTime: opts.Limits.TurnTime, turnFuel: opts.Limits.TurnFuel,
	}
	info.Asset = bytes.Clone(info.Asset)
	if m.code, err = m.meter(info.TakeCode()); err != nil {
		return nil, fmt.Errorf("module %s: %w", module.Shown(opts.Name), err)
	}
	m.pool = newPool(opts.Limits.Instances, opts.Limits.WaitTime, m.prepare, (*Instance).start)
	if err := m.compile(ctx); err != nil {
		return nil, fmt.Errorf("module %s: %w", module.Shown(opts.Name), err)
	}
	m.code = nil
	m.janitor.Go(m.trimIdle)
	return m, nil
}

// compile compiles the module, with the cache if there is one. The engine's own
// words for a broken cache are those for a broken module: whatever goes wrong
// with it is tried again without.
func (m *Module) compile(ctx context.Context) error {
	cache := m.opts.Cache
	if cache != nil {
		m.cache = cache.entry(m.code)
	}
	err := m.build(ctx)
	if err != nil && m.cache != nil {
		cache.warn(errors.Join(err, m.release(ctx), m.cache.remove()))
		m.cache = nil
		err = m.build(ctx)
	}
	if err != nil {
		return errors.Join(err, m.release(ctx))
	}
	if m.cache != nil {
		cache.keep(m.cache)
	}
	return nil
}

// build makes a runtime with the host's functions and the compiled module.
func (m *Module) build(ctx context.Context) error {
	// Line numbers of C and Rust would cost a parser of what strangers wrote in
	// each trap.
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(features).
		WithDebugInfoEnabled(false).
		WithMemoryLimitPages(uint32(min(m.opts.Limits.MemoryBytes/module.PageBytes, module.MaxPages)))
	if m.cache != nil {
		config = config.WithCompilationCache(m.cache.engine)
	}
	m.runtime = wazero.NewRuntimeWithConfig(ctx, config)
	err := m.link(ctx)
	if err != nil {
		return err
	}
	m.compiled, err = guarded(func() (wazero.CompiledModule, error) {
		return m.runtime.CompileModule(ctx, m.code)
	})
	if err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	return nil
}

// link adds the host's functions that the module imports.
func (m *Module) link(ctx context.Context) error {
	if err := buildCore(ctx, m.runtime); err != nil {
		return err
	}
	if err := buildEnv(ctx, m.runtime); err != nil {
		return err
	}
	if err := buildMeter(ctx, m.runtime); err != nil {
		return err
	}
	if m.info.Extism {
		if err := buildExtism(ctx, m.runtime); err != nil {
			return err
		}
	}
	if !m.info.WASI {
		return nil
	}
	_, err := wasi_snapshot_preview1.Instantiate(ctx, m.runtime)
	return err
}

// Name returns the module's name.
func (m *Module) Name() string { return m.name }

// Hash returns the SHA-256 of the module's file.
func (m *Module) Hash() [32]byte { return m.hash }

// Info returns what the module says about itself. The caller must not change
// it.
func (m *Module) Info() *module.Info { return m.info }

// Handles reports whether the module exports e.
func (m *Module) Handles(e abi.Export) bool { return m.info.Handles(e) }

// Start makes the first instance, so that a module whose start functions fail is
// found out before anybody waits for it.
//
// # Errors
//
// A *[CallError] of the start functions; [ErrMemory].
func (m *Module) Start(ctx context.Context) error {
	in, err := m.pool.checkout(ctx)
	if err == nil {
		m.cost.Start = in.Fuel()
		m.checkin(in)
	}
	return err
}

// Cost is what loading a module took, in the units of the package meter.
type Cost struct {
	// Start is the fuel of the start functions, and Describe that of describe.
	Start, Describe int64
}

// Cost returns what Start and Describe took.
func (m *Module) Cost() Cost { return m.cost }

// Describe runs describe and returns the definition, which is empty if there is
// no describe. From then on turns have the guest time and fuel that the definition
// sets.
// It is called once, before the first [Module.Checkout].
//
// # Errors
//
// A *[CallError]; or what is wrong in the definition, with its place.
func (m *Module) Describe(ctx context.Context) (*abi.Definition, error) {
	if !m.Handles(abi.Describe) {
		return new(abi.Definition), nil
	}
	in, err := m.pool.checkout(ctx)
	if err != nil {
		return nil, err
	}
	defer in.Release()
	in.arm(m.opts.Limits.StartTime, noFuelLimit)
	result, err := in.Call(abi.Describe, "", m.opts.Now().UnixMilli(), nil)
	m.cost.Describe = in.Fuel()
	switch {
	case err != nil:
		return nil, err
	case result == abi.Failed:
		return nil, fmt.Errorf("describe of %s: returned 1 (%s)", m.name, cmp.Or(in.Said(), result.String()))
	case result == abi.NotHandled:
		return new(abi.Definition), nil
	}
	definition, err := abi.ParseDefinition(in.Output())
	if err == nil {
		m.turnTime = definition.TurnTime(m.opts.Limits.TurnTime)
		m.turnFuel = definition.TurnFuel(m.opts.Limits.TurnFuel)
	}
	return definition, err
}

// Checkout returns an instance for one turn, whose guest time and fuel begin now. The
// caller must release it.
//
// # Errors
//
// [ErrBusy] when none became free within Limits.WaitTime; [ErrMemory];
// [ErrClosed]; ctx's error; a *[CallError] if a new instance would not start.
func (m *Module) Checkout(ctx context.Context) (*Instance, error) {
	in, err := m.pool.checkout(ctx)
	if err != nil {
		return nil, err
	}
	in.arm(m.turnTime, m.turnFuel)
	return in, nil
}

func (m *Module) checkin(in *Instance) { m.pool.checkin(in) }

// trimIdle closes instances that nobody needs, until the module closes.
func (m *Module) trimIdle() {
	tick := time.NewTicker(m.opts.IdleTime)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			m.pool.trim()
		case <-m.stop:
			return
		}
	}
}

// Shrink closes the instances that no turn has, so that others of the bot can have
// their memory. Turns start new ones.
func (m *Module) Shrink() { m.pool.shrink() }

// Stats counts what a module holds.
type Stats struct {
	// Instances are all that live, and Idle those that no turn has.
	Instances, Idle int
}

// Stats returns what the module holds now.
func (m *Module) Stats() Stats {
	count, idle := m.pool.stats()
	return Stats{Instances: count, Idle: idle}
}

// Close waits until all instances are back, closes them and frees the compiled
// code. When ctx ends first, the calls that still run are ended with
// context.Canceled. Close is idempotent; all callers wait for the end.
func (m *Module) Close(ctx context.Context) error {
	m.closing.Do(func() { m.closed = m.close(ctx) })
	return m.closed
}

func (m *Module) close(ctx context.Context) error {
	close(m.stop)
	m.janitor.Wait()
	m.pool.close()
	select {
	case <-m.pool.empty:
	case <-ctx.Done():
		m.pool.end(context.Canceled)
		<-m.pool.empty
	}
	return m.release(ctx)
}

// release frees what compile made. The compiled module goes before its runtime:
// the other way round the engine's cache keeps it for ever.
func (m *Module) release(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	var errs []error
	if m.compiled != nil {
		errs = append(errs, m.compiled.Close(ctx))
	}
	if m.runtime != nil {
		errs = append(errs, m.runtime.Close(ctx))
	}
	if m.cache != nil {
		errs = append(errs, m.cache.close(ctx))
	}
	m.compiled, m.runtime = nil, nil
	m.spare.drop()
	return errors.Join(errs...)
}
