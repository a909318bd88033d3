package plugin

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/api"

	"github.com/bothost/bothost/host/plugin/extism"
	"github.com/bothost/bothost/host/plugin/extism/arena"
)

// The functions of the core surface serve the Extism surface too: they are given the
// arena as if it were the guest's memory.

// arenaMemory is the arena as host functions see a guest's memory, of which they use
// Read and Size.
type arenaMemory struct {
	api.Memory
	arena *arena.Arena
}

// Read implements [api.Memory].
func (m *arenaMemory) Read(offset, length uint32) ([]byte, bool) {
	if length == 0 {
		return []byte{}, true
	}
	return m.arena.Load(uint64(offset), uint64(length))
}

// Size implements [api.Memory].
func (m *arenaMemory) Size() uint32 { return uint32(m.arena.Size()) }

// enterUser is what enter is for the core surface.
func enterUser(u extism.User) api.GoModuleFunc {
	do, during := coreFuncs[u.Function], u.Function.Info().During
	return func(ctx context.Context, _ api.Module, stack []uint64) {
		in := caller(ctx)
		if !during.In(in.export) {
			in.unwind(argumentError(u.Function, fmt.Errorf("%w %s", errIllegal, in.export)))
		}
		if err := in.worked(callWork); err != nil {
			in.unwind(err)
		}
		if err := in.callUser(&u, do, stack); err != nil {
			in.unwind(argumentError(u.Function, err))
		}
	}
}

var (
	errNoBlock   = errors.New("is neither 0 nor the handle of a block")
	errNot32     = errors.New("does not fit into 32 bits")
	errArenaFull = errors.New("does not fit into the arena")
)

// callUser calls a function of the core surface with the arguments of a function of
// the Extism surface.
func (in *Instance) callUser(u *extism.User, do hostFunc, stack []uint64) error {
	args, most, err := in.userArgs(u, stack)
	if err != nil {
		return err
	}
	switch u.Result {
	case extism.Value:
		stack[0], err = in.readValue(do, args)
		return err
	case extism.Part:
		stack[0], err = in.readPart(do, args, most)
		return err
	}
	if len(args) == 0 {
		args = in.extism.args[:1] // for the result
	}
	err = do(in, &in.extism.memory, args)
	if u.Result == extism.Number {
		stack[0] = args[0]
	}
	return err
}

// userArgs returns the arguments of the core function, and how much is wanted of one
// that reads in parts.
func (in *Instance) userArgs(u *extism.User, stack []uint64) (
	args []uint64, most uint64, err error) {
	args = in.extism.args[:0]
	for i, a := range u.Args {
		v := stack[i]
		switch a.Slot {
		case extism.Block:
			n := in.extism.memory.arena.Length(v)
			if n == 0 && v != 0 {
				return nil, 0, badArg(a.Name, errNoBlock)
			}
			args = append(args, v, n)
		case extism.Number32:
			if int64(v) != int64(int32(v)) {
				return nil, 0, badArg(a.Name, errNot32)
			}
			args = append(args, uint64(uint32(v)))
		case extism.Number64:
			args = append(args, v)
		case extism.Most:
			most = v
		}
	}
	return args, most, nil
}

// firstRoom is how much room a value finds that is read for the first time, at
// least; one that needs more is read again.
const firstRoom = 256

// readValue calls a function that reads into a buffer, and returns the handle of a
// block with what it read.
func (in *Instance) readValue(do hostFunc, args []uint64) (uint64, error) {
	a := in.extism.memory.arena
	off, room := a.Spare(firstRoom)
	args = append(args, off, uint64(len(room)))
	first := args[0]
	if err := do(in, &in.extism.memory, args); err != nil {
		return 0, err
	}
	n := uint64(args[0])
	switch {
	case uint32(n) == absentLength:
		return 0, nil
	case n <= uint64(len(room)):
		return a.Keep(n), nil
	}
	h := a.Alloc(n)
	if h == 0 {
		return 0, fmt.Errorf("the result of %d bytes %w", n, errArenaFull)
	}
	args[0] = first
	args[len(args)-2], args[len(args)-1] = h, n
	return h, do(in, &in.extism.memory, args)
}

// absentLength is the length of what does not exist.
const absentLength = uint32(0xffffffff)

// readPart calls a function that fills a buffer of most bytes as far as it can.
func (in *Instance) readPart(do hostFunc, args []uint64, most uint64) (uint64, error) {
	if most == 0 {
		return 0, nil
	}
	a := in.extism.memory.arena
	h := a.Alloc(most)
	if h == 0 {
		return 0, badArg("most", errArenaFull)
	}
	args = append(args, h, most)
	if err := do(in, &in.extism.memory, args); err != nil {
		return 0, err
	}
	n := uint32(args[0])
	if n == absentLength {
		n = 0
	}
	a.Shrink(h, uint64(n))
	if n == 0 {
		return 0, nil
	}
	return h, nil
}
