package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/bothost/bothost/host/meter"
)

// way is how a guest is kept from running for ever.
type way int

const (
	unchecked   way = iota // not at all
	termination            // the engine looks at each back edge whether a context ended
	metered                // the guest counts its work
	ways
)

func (w way) String() string { return [...]string{"unchecked", "termination", "metered"}[w] }

// limit is the time that a call may take where it is limited.
const limit = 10 * time.Second

// subject is an instance of a guest, run in one of the ways, in a runtime of its
// own.
type subject struct {
	way     way
	runtime wazero.Runtime
	module  api.Module
	fuel    api.MutableGlobal
	clock   clock
	iterate func() error
	count   int // iterations in a slice of a round
}

// open compiles and instantiates a guest for one way. A metered one gets so much
// fuel at a time.
func open(ctx context.Context, w way, g *guest, grant int64) (s *subject, err error) {
	config := wazero.NewRuntimeConfigCompiler().WithCloseOnContextDone(w == termination)
	s = &subject{
		way: w, runtime: wazero.NewRuntimeWithConfig(ctx, config), clock: clock{grant: grant},
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.runtime.Close(ctx))
		}
	}()
	binary := g.module
	if w == metered {
		if binary, err = meter.Rewrite(binary, meter.Options{Export: "fuel"}); err != nil {
			return nil, err
		}
		if err := s.clock.instantiate(ctx, s.runtime); err != nil {
			return nil, err
		}
	}
	compiled, err := s.runtime.CompileModule(ctx, binary)
	if err != nil {
		return nil, err
	}
	if err := g.instantiateImports(ctx, s.runtime, compiled); err != nil {
		return nil, err
	}
	return s, s.instantiate(ctx, g, compiled)
}

// instantiateImports provides WASI and what the guest imports besides.
func (g *guest) instantiateImports(
	ctx context.Context, r wazero.Runtime, compiled wazero.CompiledModule,
) error {
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, r); err != nil {
		return err
	}
	if g.imports == nil {
		return nil
	}
	return g.imports(ctx, r, compiled)
}

func (s *subject) instantiate(
	ctx context.Context, g *guest, compiled wazero.CompiledModule,
) (err error) {
	config := wazero.NewModuleConfig().WithStartFunctions("_initialize").
		WithSysWalltime().WithSysNanotime()
	if s.module, err = s.runtime.InstantiateModule(ctx, compiled, config); err != nil {
		return err
	}
	if s.way == metered {
		var ok bool
		if s.fuel, ok = s.module.ExportedGlobal("fuel").(api.MutableGlobal); !ok {
			return errors.New("the fuel is not exported")
		}
	}
	s.iterate, err = g.start(ctx, s)
	return err
}

// call enters the guest as a host does that lets it run in this way.
func (s *subject) call(ctx context.Context, f api.Function, stack []uint64) error {
	switch s.way {
	case termination:
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return f.CallWithStack(ctx, stack)
	case metered:
		s.clock.until = time.Time{}
		s.fuel.Set(uint64(s.clock.grant))
		err := f.CallWithStack(ctx, stack)
		s.clock.used += s.clock.grant - int64(s.fuel.Get())
		return err
	}
	return f.CallWithStack(ctx, stack)
}

// used returns the fuel that one more iteration takes and how often it refuels.
func (s *subject) used() (units int64, refuels int, err error) {
	s.clock.used, s.clock.refuels = 0, 0
	err = s.iterate()
	return s.clock.used, s.clock.refuels, err
}

// function looks an export up and returns a way to call it, which takes its
// arguments and returns its result, if any.
func (s *subject) function(
	ctx context.Context, name string,
) (func(args ...uint64) (uint64, error), error) {
	f := s.module.ExportedFunction(name)
	if f == nil {
		return nil, fmt.Errorf("%s is not exported", name)
	}
	d := f.Definition()
	stack := make([]uint64, max(1, len(d.ParamTypes()), len(d.ResultTypes())))
	return func(args ...uint64) (uint64, error) {
		copy(stack, args)
		err := s.call(ctx, f, stack)
		return stack[0], err
	}, nil
}

// clock refuels a metered guest until its time is up. The time begins with the
// first refuelling, so that a small call does not ask for it.
type clock struct {
	grant   int64 // what the guest gets at a time
	until   time.Time
	refuels int
	used    int64
}

func (c *clock) instantiate(ctx context.Context, r wazero.Runtime) error {
	i64 := []api.ValueType{api.ValueTypeI64}
	_, err := r.NewHostModuleBuilder("meter").NewFunctionBuilder().
		WithGoFunction(api.GoFunc(c.refuel), i64, i64).Export("refuel").Instantiate(ctx)
	return err
}

func (c *clock) refuel(_ context.Context, stack []uint64) {
	switch now := time.Now(); {
	case c.until.IsZero():
		c.until = now.Add(limit)
	case now.After(c.until):
		panic(context.DeadlineExceeded)
	}
	c.refuels++
	c.used += c.grant - int64(stack[0]) // what is left is below zero
	stack[0] = uint64(c.grant)
}
