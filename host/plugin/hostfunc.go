package plugin

import (
	"context"
	"fmt"
	"io"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bothost/bothost/abi"
	"github.com/bothost/bothost/abi/jsontext"
	"github.com/bothost/bothost/host/internal/clip"
	"github.com/bothost/bothost/host/plugin/module"
)

// hostFunc is one function of the core surface. Parameters stand in stack, and
// the result goes to stack[0]. An error ends the call.
type hostFunc func(in *Instance, mem api.Memory, stack []uint64) error

// coreFuncs is indexed by [abi.Function].
var coreFuncs = [abi.FunctionCount]hostFunc{
	abi.FuncInput:         (*Instance).hostInput,
	abi.FuncOutput:        (*Instance).hostOutput,
	abi.FuncFail:          (*Instance).hostFail,
	abi.FuncLog:           (*Instance).hostLog,
	abi.FuncEvent:         (*Instance).hostEvent,
	abi.FuncEventGet:      (*Instance).hostEventGet,
	abi.FuncReply:         (*Instance).hostReply,
	abi.FuncReplyOptions:  (*Instance).hostReplyOptions,
	abi.FuncReplyAs:       (*Instance).hostReplyAs,
	abi.FuncReplyFile:     (*Instance).hostReplyFile,
	abi.FuncReplyDelta:    (*Instance).hostReplyDelta,
	abi.FuncReplyEnd:      (*Instance).hostReplyEnd,
	abi.FuncFileRead:      (*Instance).hostFileRead,
	abi.FuncSessionGet:    (*Instance).hostSessionGet,
	abi.FuncSessionSet:    (*Instance).hostSessionSet,
	abi.FuncSessionDelete: (*Instance).hostSessionDelete,
	abi.FuncState:         (*Instance).hostState,
	abi.FuncMove:          (*Instance).hostMove,
	abi.FuncHistory:       (*Instance).hostHistory,
	abi.FuncTimerSet:      (*Instance).hostTimerSet,
	abi.FuncTimerCancel:   (*Instance).hostTimerCancel,
	abi.FuncHTTPStart:     (*Instance).hostHTTPStart,
	abi.FuncConfigGet:     (*Instance).hostConfigGet,
	abi.FuncAsset:         (*Instance).hostAsset,
	abi.FuncNow:           (*Instance).hostNow,
	abi.FuncRandom:        (*Instance).hostRandom,
}

// buildCore adds the core surface to a runtime.
func buildCore(ctx context.Context, r wazero.Runtime) error {
	b := r.NewHostModuleBuilder(abi.ModuleCore)
	for f := range abi.FunctionCount {
		s := module.SignatureOf(f)
		b.NewFunctionBuilder().
			WithGoModuleFunction(enter(f), valueTypes(s.Params), valueTypes(s.Results)).
			Export(f.String())
	}
	_, err := b.Instantiate(ctx)
	return err
}

func valueTypes(types []abi.ValueType) []api.ValueType {
	out := make([]api.ValueType, len(types))
	for i, t := range types {
		out[i] = api.ValueType(t)
	}
	return out
}

// enter is the way from the guest into a host function: it finds whose call this
// is, refuses what is not legal now, and turns an error into the end of the
// call.
func enter(f abi.Function) api.GoModuleFunc {
	do, during := coreFuncs[f], f.Info().During
	return func(ctx context.Context, guest api.Module, stack []uint64) {
		in := caller(ctx)
		if !during.In(in.export) {
			in.unwind(argumentError(f, fmt.Errorf("%w %s", errIllegal, in.export)))
		}
		if err := in.worked(callWork); err != nil {
			in.unwind(err)
		}
		if err := do(in, guest.Memory(), stack); err != nil {
			in.unwind(argumentError(f, err))
		}
	}
}

// Looking at the clock takes longer than most host functions. So a call adds up
// what the host does for it, in bytes that were copied or read, and looks when
// it comes to workLimit, some ten microseconds.
const (
	callWork   = 1 << 10
	lookupWork = 10 // reading a byte of JSON takes so much longer than copying it
	workLimit  = 64 << 10
)

// worked adds to the host's work, and returns an error if the guest must stop.
func (in *Instance) worked(n int) error {
	if in.work += n; in.work < workLimit {
		return in.limit.Err()
	}
	in.work = 0
	return in.limit.check()
}

// caller returns the instance that calls. Nothing of a guest runs with another
// context than its deadline.
func caller(ctx context.Context) *Instance { return ctx.(*deadline).instance }

// unwind ends the call. The cause is kept here; the panic is only the way in
// which the engine leaves a guest.
func (in *Instance) unwind(cause error) {
	in.err = cause
	panic(unwinding{})
}

func (in *Instance) hostInput(mem api.Memory, stack []uint64) error {
	return pull(in, mem, stack[0], stack[1], stack, in.input)
}

func (in *Instance) hostOutput(mem api.Memory, stack []uint64) error {
	limit := in.module.opts.Limits.DefinitionBytes
	b, err := in.limited(mem, stack[0], stack[1], "ptr", "an output", limit)
	if err == nil {
		in.output = append(in.output[:0], b...)
		in.dropExtismOutput()
	}
	return err
}

func (in *Instance) hostFail(mem api.Memory, stack []uint64) error {
	b, err := in.text(mem, stack[0], stack[1], "ptr")
	if err == nil {
		in.said = string(clip.Text(b, keptWords))
	}
	return err
}

func (in *Instance) hostLog(mem api.Memory, stack []uint64) error {
	level := abi.Level(int32(uint32(stack[0])))
	if !level.Valid() {
		return badArg("level", fmt.Errorf("must be 0 to 3, is %d", level))
	}
	b, err := in.text(mem, stack[1], stack[2], "ptr")
	if err == nil {
		in.log.line(level, "log", b)
		if level == abi.LevelError {
			in.errors.remember(b)
			in.errors.remember([]byte{'\n'})
		}
	}
	return err
}

// eventJSON encodes the event once a call, and only if somebody asks.
func (in *Instance) eventJSON() []byte {
	if len(in.event) == 0 {
		in.event = in.host.Event().AppendJSON(in.event)
	}
	return in.event
}

func (in *Instance) hostEvent(mem api.Memory, stack []uint64) error {
	return pull(in, mem, stack[0], stack[1], stack, in.eventJSON())
}

func (in *Instance) hostEventGet(mem api.Memory, stack []uint64) error {
	limit := in.module.opts.Limits.KeyBytes
	path, err := in.limited(mem, stack[0], stack[1], "path", "a path", limit)
	if err != nil {
		return err
	}
	event := in.eventJSON()
	in.work += lookupWork * len(event)
	value, ok := jsontext.Lookup(event, string(path))
	if !ok {
		return absent(mem, stack[2], stack[3], stack)
	}
	return pull(in, mem, stack[2], stack[3], stack, value)
}

var kindText, kindOptions = []byte(abi.KindText), []byte(abi.KindOptions)

func (in *Instance) hostReply(mem api.Memory, stack []uint64) error {
	return in.reply(mem, kindText, stack[0], stack[1], "ptr")
}

func (in *Instance) hostReplyDelta(mem api.Memory, stack []uint64) error {
	text, err := in.arg(mem, stack[0], stack[1], "ptr")
	if err != nil {
		return err
	}
	if err := in.host.ReplyDelta(text); err != nil {
		return badArg("ptr", err)
	}
	return nil
}

func (in *Instance) hostReplyEnd(api.Memory, []uint64) error {
	in.host.ReplyEnd()
	return nil
}

func (in *Instance) hostReplyOptions(mem api.Memory, stack []uint64) error {
	return in.reply(mem, kindOptions, stack[0], stack[1], "ptr")
}

func (in *Instance) hostReplyAs(mem api.Memory, stack []uint64) error {
	kind, err := in.text(mem, stack[0], stack[1], "kind")
	if err != nil {
		return err
	}
	return in.reply(mem, kind, stack[2], stack[3], "body")
}

func (in *Instance) reply(mem api.Memory, kind []byte, ptr, length uint64, name string) error {
	body, err := in.arg(mem, ptr, length, name)
	if err != nil {
		return err
	}
	if err := in.host.Reply(kind, body); err != nil {
		if row, known := abi.ReplyKind(kind); !known || row.File {
			name = "kind"
		}
		return badArg(name, err)
	}
	return nil
}

func (in *Instance) hostSessionGet(mem api.Memory, stack []uint64) error {
	key, err := in.sessionKey(mem, stack[0], stack[1])
	if err != nil {
		return err
	}
	value, ok, err := in.host.Get(key)
	switch {
	case err != nil:
		return badArg("key", err)
	case !ok:
		return absent(mem, stack[2], stack[3], stack)
	}
	return pull(in, mem, stack[2], stack[3], stack, value)
}

func (in *Instance) hostSessionSet(mem api.Memory, stack []uint64) error {
	key, err := in.sessionKey(mem, stack[0], stack[1])
	if err != nil {
		return err
	}
	value, err := in.arg(mem, stack[2], stack[3], "val")
	if err != nil {
		return err
	}
	if err := in.host.Set(key, value); err != nil {
		// Which of the two it was, the host does not say; it takes the same keys
		// everywhere.
		if _, _, keyErr := in.host.Get(key); keyErr != nil {
			return badArg("key", keyErr)
		}
		return badArg("val", err)
	}
	return nil
}

func (in *Instance) hostSessionDelete(mem api.Memory, stack []uint64) error {
	key, err := in.sessionKey(mem, stack[0], stack[1])
	if err != nil {
		return err
	}
	if err := in.host.Delete(key); err != nil {
		return badArg("key", err)
	}
	return nil
}

func (in *Instance) hostState(mem api.Memory, stack []uint64) error {
	return pull(in, mem, stack[0], stack[1], stack, in.host.State())
}

func (in *Instance) hostMove(mem api.Memory, stack []uint64) error {
	state, err := in.arg(mem, stack[0], stack[1], "ptr")
	if err != nil {
		return err
	}
	if err := in.host.Move(state); err != nil {
		return badArg("ptr", err)
	}
	return nil
}

func (in *Instance) hostHistory(mem api.Memory, stack []uint64) error {
	entries, err := in.host.History(int(int32(uint32(stack[0]))))
	if err != nil {
		return badArg("n", err)
	}
	dst, ok := mem.Read(uint32(stack[1]), uint32(stack[2]))
	if !ok {
		return badArg("buf", boundsError(mem, stack[1], stack[2]))
	}
	size, err := in.historySize(entries)
	if err != nil {
		return err
	}
	if size <= len(dst) {
		abi.AppendHistory(dst[:0], entries)
	}
	stack[0] = uint64(uint32(size))
	return nil
}

// historySize returns the length of a history in JSON. It encodes the entries one
// by one, since all of them may be a hundred times as large as what the guest can
// read, and to make them costs it nothing. It fails when the guest's time is up.
func (in *Instance) historySize(entries []abi.Entry) (int, error) {
	const brackets, keep = 2, 64 << 10
	size := brackets + max(0, len(entries)-1)
	for i := range entries {
		if err := in.limit.check(); err != nil {
			return 0, err
		}
		in.scratch = abi.AppendHistory(in.scratch[:0], entries[i:i+1])
		size += len(in.scratch) - brackets
	}
	if cap(in.scratch) > keep {
		in.scratch = nil
	}
	return size, nil
}

func (in *Instance) hostConfigGet(mem api.Memory, stack []uint64) error {
	limit := in.module.opts.Limits.KeyBytes
	key, err := in.limited(mem, stack[0], stack[1], "key", "a key", limit)
	if err != nil {
		return err
	}
	value, ok := in.module.opts.Config[string(key)]
	if !ok {
		return absent(mem, stack[2], stack[3], stack)
	}
	return pull(in, mem, stack[2], stack[3], stack, value)
}

func (in *Instance) hostAsset(mem api.Memory, stack []uint64) error {
	asset := in.module.info.Asset
	if asset == nil {
		return absent(mem, stack[0], stack[1], stack)
	}
	return pull(in, mem, stack[0], stack[1], stack, asset)
}

func (in *Instance) hostNow(_ api.Memory, stack []uint64) error {
	stack[0] = uint64(in.now)
	return nil
}

func (in *Instance) hostRandom(mem api.Memory, stack []uint64) error {
	b, err := in.arg(mem, stack[0], stack[1], "buf")
	if err != nil {
		return err
	}
	_, err = io.ReadFull(randomSource{&in.limit}, b)
	return err
}
