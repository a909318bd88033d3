package plugin

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/sys"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/plugin/module"
)

// Instance is one running copy of a module. It is single-threaded: from
// [Module.Checkout] to [Instance.Release] it belongs to one goroutine.
type Instance struct {
	module *Module
	guest  api.Module
	memory *linearMemory
	funcs  [abi.ExportCount]function
	stack  [2]uint64 // hs_init has as many parameters
	limit  deadline
	fuel   fuel
	log    botLog
	stdout stream
	stderr stream
	// errors are what was logged as such.
	errors lastWords
	// extism is what the Extism surface needs; nil for a module without it.
	extism *extismState
	// broken says that the instance failed and must be thrown away, and used that an
	// export was called since it started.
	broken, used bool
	// random is where randomness comes from; nil for the system's.
	random *rand.ChaCha8

	// What follows belongs to the call that runs.
	export abi.Export
	input  string
	output []byte
	said   string
	host   abi.Host
	now    int64
	event  []byte
	// scratch is where one entry is encoded.
	scratch []byte
	// err is the cause for which a host function ended the call.
	err error
	// running is the function that was called, and work what the host did for it
	// since the clock was looked at.
	running function
	work    int
}

// prepare returns an instance that does not run yet, and costs next to nothing.
func (m *Module) prepare() *Instance {
	in := &Instance{module: m}
	in.memory = &linearMemory{budget: m.opts.Budget, spare: &m.spare, time: &in.limit}
	in.limit.instance, in.limit.done = in, make(chan struct{})
	if m.opts.Repeat {
		in.Seed([32]byte{})
	}
	in.log = botLog{logger: m.logger, limit: m.opts.Limits.LogBytes}
	in.stdout = stream{in: in, level: abi.LevelInfo, source: "stdout"}
	in.stderr = stream{in: in, level: abi.LevelWarn, source: "stderr", keep: true}
	if m.info.Extism {
		in.extism = newExtismState(in)
	}
	return in
}

// start instantiates the module and runs its start functions. An instance that
// does not start is closed.
func (in *Instance) start() error {
	err := in.instantiate()
	if err == nil && in.limit.check() != nil {
		err = in.fail(instantiation, errTimeUp)
	}
	if err != nil {
		in.close()
	}
	return err
}

func (in *Instance) instantiate() error {
	// wazero panics when the first allocation fails: ask before.
	if !in.memory.reserve(in.module.info.Pages * module.PageBytes) {
		return ErrMemory
	}
	now := in.module.opts.Now().UnixMilli()
	in.arm(in.module.opts.Limits.StartTime, noFuelLimit)
	_ = in.limit.check() // begins the time: instantiating counts, before the guest runs
	in.begin(abi.Initialize, "", now, nil)
	ctx := experimental.WithMemoryAllocator(&in.limit, in.memory)
	guest, err := guarded(func() (api.Module, error) {
		return in.module.runtime.InstantiateModule(ctx, in.module.compiled, in.config())
	})
	if err != nil {
		in.flush()
		return in.fail(instantiation, err)
	}
	in.guest = guest
	in.fuel.global, _ = guest.ExportedGlobal(meterFuel).(api.MutableGlobal)
	in.fuel.begin(noFuelLimit)
	if f := guest.ExportedFunction(meterStart); f != nil {
		if err := in.run(functionOf(f)); err != nil {
			return in.fail(instantiation, err)
		}
	}
	if !in.module.info.Handles(abi.Initialize) {
		return in.startExtism()
	}
	result, err := in.Call(abi.Initialize, "", now, nil)
	if err == nil && result != abi.Done {
		err = in.fail(abi.Initialize.String(), fmt.Errorf("returned %s", result))
	}
	if err == nil {
		err = in.startExtism()
	}
	return err
}

func (in *Instance) config() wazero.ModuleConfig {
	// The defaults of the engine are a clock that stands still and random bytes
	// that are always the same.
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions().
		WithSysWalltime().WithSysNanotime().WithNanosleep(in.limit.sleep).
		WithRandSource(randomSource{&in.limit}).
		WithStdout(&in.stdout).WithStderr(&in.stderr)
	if in.module.opts.Repeat {
		config = config.WithWalltime(in.walltime, sys.ClockResolution(time.Millisecond))
	}
	return config
}

// arm gives the guest time and fuel for what it will do next: its start, or one
// turn.
func (in *Instance) arm(limit time.Duration, fuel int64) {
	in.log.begin()
	in.limit.arm(limit)
	in.fuel.begin(fuel)
	if in.extism != nil {
		in.extism.requests, in.extism.waited = 0, 0
	}
}

// begin prepares the fields that belong to a call.
func (in *Instance) begin(e abi.Export, input string, now int64, h abi.Host) {
	in.export, in.input, in.now, in.host = e, input, now, h
	in.output, in.event = in.output[:0], in.event[:0]
	in.said, in.err = "", nil
	in.stderr.kept, in.errors.kept = in.stderr.kept[:0], in.errors.kept[:0]
}

// Call runs an export and returns its result. now is the turn's time in
// milliseconds since 1970; effects go to h, which may be nil for exports that
// run outside of turns. The guest's time runs from Checkout, over all calls.
//
// # Errors
//
// [ErrNoExport] if the module lacks the export. Anything else that goes wrong is
// a *[CallError], and the instance cannot be called again; it satisfies errors.Is
// for [ErrFuel] and [ErrRecursion].
func (in *Instance) Call(e abi.Export, input string, now int64, h abi.Host) (abi.Result, error) {
	info := in.module.info
	if !info.Handles(e) {
		return abi.NotHandled, ErrNoExport
	}
	if in.broken {
		return abi.Failed, errBroken
	}
	in.used = e != abi.Initialize
	f := &in.funcs[e]
	if f.Function == nil {
		*f = functionOf(in.guest.ExportedFunction(e.String()))
	}
	in.begin(e, input, now, h)
	if h != nil {
		in.log.session = h.Event().Session
	}
	if err := in.beginExtism(input); err != nil {
		return abi.Failed, in.fail(e.String(), err)
	}
	if err := in.run(*f); err != nil {
		return abi.Failed, in.fail(e.String(), err)
	}
	if f.nativeStack() > keptStack {
		*f = function{}
	}
	if in.endExtism() {
		return abi.Failed, nil
	}
	if !info.Returns(e) {
		return abi.Done, nil
	}
	result := abi.Result(int32(uint32(in.stack[0])))
	if !result.Valid() {
		err := fmt.Errorf("returned %d; only 0, 1 and 2 mean something", int32(result))
		return abi.Failed, in.fail(e.String(), err)
	}
	return result, nil
}

// run calls a function of the guest.
func (in *Instance) run(f function) error {
	if err := in.worked(callWork); err != nil {
		return err
	}
	in.running = f
	err := f.CallWithStack(&in.limit, in.stack[:])
	in.flush()
	if err == nil {
		// A guest may return before anybody has told it that its time was up.
		err = in.limit.Err()
	}
	return err
}

// Fuel returns how much the guest has worked since [Module.Checkout], over all
// calls, in the units of the package meter: the same calls use the same fuel on
// every machine. What host functions do is not counted.
func (in *Instance) Fuel() int64 { return in.fuel.used() }

// flush logs the lines that have no end.
func (in *Instance) flush() {
	in.stdout.flush()
	in.stderr.flush()
}

// Used reports whether an export was called since the instance started: then its
// memory may not be what it was.
func (in *Instance) Used() bool { return in.used }

// Output returns what the last call gave to output: a view, valid until the
// next call.
func (in *Instance) Output() []byte { return in.output }

// Said returns the words that the last call gave to fail.
func (in *Instance) Said() string { return in.said }

// fail makes the error of a call that did not return, and breaks the instance.
func (in *Instance) fail(export string, err error) error {
	in.broken = true
	e := &CallError{Module: in.module.name, Export: export, Stderr: in.stderr.words(),
		Logged: in.errors.words()}
	var exit *sys.ExitError
	text, stack := splitStack(err.Error())
	e.Stack = stack
	switch {
	case in.limit.Err() != nil:
		e.Err = fmt.Errorf("stopped: %w", in.limit.Err())
	case in.err != nil:
		e.Err = in.err
	case text == engineOverflow:
		e.Err = ErrRecursion
	case errors.As(err, &exit):
		e.Err = fmt.Errorf("the guest exited with code %d", exit.ExitCode())
	case stack != "":
		e.Err = &trap{text, err}
	default:
		e.Err = err
	}
	return e
}

// Release gives the instance back to its module; one that failed, or whose time
// was up, is thrown away. The caller must not use it again.
func (in *Instance) Release() {
	if in.limit.Err() != nil {
		in.broken = true
	}
	in.host, in.input = nil, "" // which may be a small part of something large
	in.trim()
	in.module.checkin(in)
}

// trim drops what is so much that it should not lie with an instance that nobody
// has; the rest is there for the next call. It writes nothing where there is nothing
// to drop: that is each turn, and costs more than the looks.
func (in *Instance) trim() {
	const keep = 64 << 10
	for _, b := range [...]*[]byte{&in.output, &in.event, &in.scratch} {
		if cap(*b) > keep {
			*b = nil
		}
	}
}

// Discard is [Instance.Release] for an instance that nobody is to get again.
func (in *Instance) Discard() {
	in.broken = true
	in.Release()
}

// close frees all that the instance holds. Nothing of the guest runs any more.
func (in *Instance) close() {
	if in.guest != nil {
		// The guest's resources are memory alone; there is nothing to fail.
		_ = in.guest.Close(context.Background())
	}
	if in.extism != nil {
		in.extism.kernel.Close()
	}
	in.memory.release()
}
