package plugin

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/meter"
)

// The names that metering adds to a module. No guest can use them: a module that
// imports from the first is refused, and so is one that exports the others.
const (
	meterModule = "bothost_meter"
	meterRefuel = "refuel"
	meterFuel   = "bothost.fuel"
	meterStart  = "bothost.start"
)

// metered returns code that counts its work.
func metered(code []byte) ([]byte, error) {
	return meter.Rewrite(code, meter.Options{
		Module: meterModule, Name: meterRefuel, Export: meterFuel, Start: meterStart,
	})
}

const (
	// slice is the fuel that a guest gets at a time. Usual code takes 2 to 200 µs
	// for it, so that coming by, which takes less than a tenth of a microsecond,
	// costs little; code that misses all caches takes some milliseconds, so that
	// a stop is never late.
	slice = 150_000
	// deepSlice is what a guest gets while its calls nest deep.
	deepSlice = slice / 10
	// turnOfOthers is how long a guest runs before others get the processor. Where
	// there are more guests than processors, the scheduler would let each have it
	// for 10 ms.
	turnOfOthers = 100 * time.Microsecond
	// noFuelLimit bounds start functions and describe, which have a time limit only.
	noFuelLimit = math.MaxInt64 / 2
)

// fuel counts the work of one instance's guest, in the units of host/meter. What
// a call leaves over is there for the next one of the turn.
type fuel struct {
	// global is the guest's own count of what is left; nil for a module without
	// code.
	global api.MutableGlobal
	limit  int64         // of the turn
	slice  int64         // to be given next
	given  int64         // to the turn so far
	shared time.Duration // when others last had the processor
}

// begin starts the count of a turn.
func (f *fuel) begin(limit int64) {
	f.limit, f.slice, f.given = limit, slice, 0
	if f.global != nil {
		f.given = min(slice, limit)
		f.global.Set(uint64(f.given))
	}
}

// used returns what the turn has used so far.
func (f *fuel) used() int64 {
	if f.global == nil {
		return 0
	}
	return f.given - int64(f.global.Get())
}

// more returns the next fuel for a guest that has used up what it was given, and
// is in debt.
func (f *fuel) more(left int64) (int64, error) {
	used := f.given - left
	if used > f.limit {
		return 0, fmt.Errorf("%w: %d units", ErrFuel, f.limit)
	}
	next := min(f.slice, f.limit-used)
	f.given = used + next
	return next, nil
}

// buildMeter adds the function that metered code calls to a runtime.
func buildMeter(ctx context.Context, r wazero.Runtime) error {
	i64 := valueTypes([]abi.ValueType{abi.I64})
	_, err := r.NewHostModuleBuilder(meterModule).NewFunctionBuilder().
		WithGoFunction(api.GoFunc(refuel), i64, i64).Export(meterRefuel).Instantiate(ctx)
	return err
}

// refuel is where a guest comes by: it ends the call, or gives the next slice.
func refuel(ctx context.Context, stack []uint64) {
	in := caller(ctx)
	if err := in.safepoint(); err != nil {
		in.unwind(err)
	}
	next, err := in.fuel.more(int64(stack[0]))
	if err != nil {
		in.unwind(err)
	}
	stack[0] = uint64(next)
}

// safepoint lets others have the processor, and looks whether the guest may go
// on. It looks last: a guest whose time ran out while it waited does not run.
func (in *Instance) safepoint() error {
	now := clock()
	if now-in.fuel.shared > turnOfOthers {
		runtime.Gosched()
		now = clock()
		in.fuel.shared = now
	}
	if err := in.limit.checkAt(now); err != nil {
		return err
	}
	return in.checkStack()
}
