package plugin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/host/internal/clip"
	"github.com/bothost/bothost/host/plugin/extism"
	"github.com/bothost/bothost/host/plugin/module"
)

// ExtismOptions are the settings of modules that have the Extism surface. The zero
// value is usable.
type ExtismOptions struct {
	// Send makes a request of http_request and waits for the answer, until ctx ends at
	// most. If nil, no host may be called.
	Send func(ctx context.Context, r extism.Request) (extism.Response, error)
	// SendTime is how long a turn may wait for answers, all together. If zero, a
	// minute.
	SendTime time.Duration
	// VarBytes is the most that the variables of var_set may take in a session. If
	// zero, what session variables may take altogether; if negative, there are none.
	VarBytes int64
}

// extismSignature returns the type of a function of the Extism surface.
func extismSignature(from, name string) (module.Signature, error) {
	if from == extism.EnvModule {
		if f := extism.FunctionByName(name); f != nil {
			return module.Signature{Params: f.Params, Results: f.Results}, nil
		}
		return module.Signature{}, errors.New("unknown function; the host has the published ones")
	}
	if f, ok := abi.FunctionByName(name); ok {
		u := extism.UserOf(f)
		return module.Signature{Params: u.Params(), Results: u.Results()}, nil
	}
	return module.Signature{}, errors.New("unknown function; the host has those of " +
		abi.ModuleCore + " " + abi.Version + " under the same names")
}

// buildExtism adds the Extism surface to a runtime.
func buildExtism(ctx context.Context, r wazero.Runtime) error {
	env := r.NewHostModuleBuilder(extism.EnvModule)
	for i := range extism.Functions() {
		f := &extism.Functions()[i]
		env.NewFunctionBuilder().
			WithGoModuleFunction(enterExtism(f), valueTypes(f.Params), valueTypes(f.Results)).
			Export(f.Name)
	}
	if _, err := env.Instantiate(ctx); err != nil {
		return err
	}
	user := r.NewHostModuleBuilder(extism.UserModule)
	for f := range abi.FunctionCount {
		u := extism.UserOf(f)
		user.NewFunctionBuilder().
			WithGoModuleFunction(enterUser(u), valueTypes(u.Params()), valueTypes(u.Results())).
			Export(f.String())
	}
	_, err := user.Instantiate(ctx)
	return err
}

// extismWork is the work of a function of the kernel: a guest calls one for each
// eight bytes that it moves.
const extismWork = 256

// enterExtism is what enter is for the core surface.
func enterExtism(f *extism.Function) api.GoModuleFunc {
	return func(ctx context.Context, _ api.Module, stack []uint64) {
		in := caller(ctx)
		if !f.During.In(in.export) {
			in.unwind(&extism.Error{Function: f.Name, Err: fmt.Errorf("%w %s", errIllegal, in.export)})
		}
		if err := in.worked(extismWork); err != nil {
			in.unwind(err)
		}
		if err := f.Call(in.extism.kernel, stack); err != nil {
			in.unwind(err)
		}
	}
}

// extismState is what an instance has for the Extism surface.
type extismState struct {
	kernel *extism.Kernel
	memory arenaMemory
	args   [12]uint64
	// requests are those that the turn has made, and waited is how long it has waited
	// for their answers.
	requests int64
	waited   time.Duration
}

func newExtismState(in *Instance) *extismState {
	limits, vars := &in.module.opts.Limits, in.module.opts.Extism.VarBytes
	k := extism.New(extismHost{in}, extism.Options{
		ArenaBytes: limits.MemoryBytes, Reserve: in.memory.reserveArena,
		OutputBytes: limits.DefinitionBytes, KeyBytes: limits.KeyBytes,
		RequestBytes: limits.RequestBytes,
		VarBytes:     max(0, vars) - b2i(vars == 0),
	})
	return &extismState{kernel: k, memory: arenaMemory{arena: k.Arena()}}
}

// b2i makes the zero of the options the -1 of the kernel.
func b2i(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// reserveArena counts the arena's memory in the bot's, and making it as work: a guest
// can have it made again and again by calls that are short.
func (m *linearMemory) reserveArena(delta int64) bool {
	if delta <= 0 {
		m.budget.give(-delta)
		return true
	}
	if in := m.time.instance; in != nil {
		in.work += int(delta)
	}
	return m.time.Err() == nil && m.budget.take(delta)
}

// startExtism runs what has to run before all exports, besides _initialize.
func (in *Instance) startExtism() error {
	name := in.module.info.First()
	if name == "" {
		return nil
	}
	in.stack = [2]uint64{}
	if err := in.run(functionOf(in.guest.ExportedFunction(name))); err != nil {
		return in.fail(name, err)
	}
	return nil
}

func (in *Instance) beginExtism(input string) error {
	if in.extism == nil {
		return nil
	}
	in.work += len(input)
	return in.extism.kernel.Begin(input)
}

// endExtism takes the output, and reports whether the guest set an error.
func (in *Instance) endExtism() (failed bool) {
	if in.extism == nil {
		return false
	}
	if b, ok := in.extism.kernel.Output(); ok {
		in.output = append(in.output[:0], b...)
	}
	words := in.extism.kernel.Fault()
	if len(words) > 0 {
		in.said = strings.ToValidUTF8(string(clip.Text(words, keptWords)), "\uFFFD")
	}
	return len(words) > 0
}

func (in *Instance) dropExtismOutput() {
	if in.extism != nil {
		in.extism.kernel.DropOutput()
	}
}

// sessionKey is arg for the name of a session variable, which must not be one that
// var_set has.
func (in *Instance) sessionKey(mem api.Memory, ptr, length uint64) ([]byte, error) {
	key, err := in.arg(mem, ptr, length, "key")
	if err == nil && in.module.info.Vars && strings.HasPrefix(string(key), extism.VarPrefix) {
		err = badArg("key",
			fmt.Errorf("begins with %q, as the variables of var_set do", extism.VarPrefix))
	}
	return key, err
}

// extismHost is an instance as the kernel sees it.
type extismHost struct{ in *Instance }

var _ extism.Host = extismHost{}

// Config implements [extism.Host].
func (h extismHost) Config(name string) (string, bool) {
	value, ok := h.in.module.opts.Config[name]
	return value, ok
}

// LogEnabled implements [extism.Host].
func (h extismHost) LogEnabled(level slog.Level) bool {
	return h.in.log.logger.Enabled(context.Background(), level)
}

// Log implements [extism.Host].
func (h extismHost) Log(level slog.Level, text []byte) { h.in.log.write(level, "log", text) }

// Get implements [extism.Host].
func (h extismHost) Get(key []byte) (string, bool, error) { return h.in.host.Get(key) }

// Set implements [extism.Host].
func (h extismHost) Set(key, value []byte) error { return h.in.host.Set(key, value) }

// Delete implements [extism.Host].
func (h extismHost) Delete(key []byte) error { return h.in.host.Delete(key) }

// VarBytes implements [extism.Host]. A turn whose host cannot tell has no room.
func (h extismHost) VarBytes(prefix string) int64 {
	if host, ok := h.in.host.(interface{ BytesOf(prefix string) int64 }); ok {
		return host.BytesOf(prefix)
	}
	return math.MaxInt64 / 2
}

// Worked implements [extism.Host].
func (h extismHost) Worked(n int) { h.in.work += n }

var (
	errNoSend   = errors.New("no host may be called from here")
	errSendTime = errors.New("the turn has waited for answers as long as it may")
)

// Send implements [extism.Host]. The time of the answer is not the guest's, but a turn
// has only so much of it, and so many requests.
func (h extismHost) Send(r extism.Request) (answer extism.Response, err error) {
	in := h.in
	opts, state := &in.module.opts, in.extism
	left := cmp.Or(opts.Extism.SendTime, time.Minute) - state.waited
	switch {
	case opts.Extism.Send == nil:
		return answer, errNoSend
	case state.requests >= opts.Limits.Requests:
		return answer, fmt.Errorf("more than %d requests in a turn", opts.Limits.Requests)
	case left <= 0:
		return answer, errSendTime
	}
	state.requests++
	ctx, cancel := context.WithTimeout(&in.limit, left)
	defer cancel()
	state.waited += in.limit.pause(func() { answer, err = opts.Extism.Send(ctx, r) })
	switch {
	case in.limit.Err() != nil:
		err = in.limit.Err()
	case err != nil && ctx.Err() != nil:
		err = errSendTime
	}
	return answer, err
}
