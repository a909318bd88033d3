package main

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bothost/bothost/abi"
)

// message is what the guest of the message call reads, keeps and replies.
const message = "This is a message of about the length that people write here."

// messageGuest is the plug-in call: the guest reads its input and a variable,
// sets the variable and replies.
func messageGuest() *guest {
	var host *session // of the instance that is made
	call := calls(abi.OnMessage.String(), 0)
	return &guest{
		name: "message call", floor: callFloor, source: "bots/call.wat",
		imports: func(ctx context.Context, r wazero.Runtime, c wazero.CompiledModule) error {
			host = &session{input: []byte(message)}
			return host.instantiate(ctx, r, c)
		},
		start: func(ctx context.Context, s *subject) (func() error, error) {
			iterate, err := call(ctx, s)
			if err != nil {
				return nil, err
			}
			if err := iterate(); err != nil {
				return nil, err
			}
			if string(host.last) != message || string(host.reply) != message {
				return nil, fmt.Errorf("the guest kept %q and replied %q", host.last, host.reply)
			}
			return iterate, nil
		},
	}
}

// session stands for the host of the message call: it does what the host
// functions do with the guest's memory and nothing else.
type session struct{ input, last, reply []byte }

func (s *session) instantiate(
	ctx context.Context, r wazero.Runtime, c wazero.CompiledModule,
) error {
	do := map[string]func(api.Memory, []uint64){
		"input":       s.give,
		"session_get": s.get,
		"session_set": func(m api.Memory, stack []uint64) {
			s.last = append(s.last[:0], read(m, stack[2], stack[3])...)
		},
		"reply": func(m api.Memory, stack []uint64) {
			s.reply = append(s.reply[:0], read(m, stack[0], stack[1])...)
		},
	}
	return provide(ctx, r, abi.ModuleCore, c, func(name string) api.GoModuleFunc {
		f := do[name]
		return func(_ context.Context, guest api.Module, stack []uint64) {
			f(guest.Memory(), stack)
		}
	})
}

func (s *session) give(m api.Memory, stack []uint64) {
	pull(m, stack[0], stack[1], stack, s.input)
}

func (s *session) get(m api.Memory, stack []uint64) {
	if string(read(m, stack[0], stack[1])) != "last" {
		panic("no such variable")
	}
	pull(m, stack[2], stack[3], stack, s.last)
}

// provide instantiates a host module of all functions that a guest imports from
// it.
func provide(ctx context.Context, r wazero.Runtime, module string, c wazero.CompiledModule,
	function func(name string) api.GoModuleFunc,
) error {
	b := r.NewHostModuleBuilder(module)
	for _, f := range c.ImportedFunctions() {
		if from, name, _ := f.Import(); from == module {
			b.NewFunctionBuilder().
				WithGoModuleFunction(function(name), f.ParamTypes(), f.ResultTypes()).Export(name)
		}
	}
	_, err := b.Instantiate(ctx)
	return err
}

// read returns a view of the guest's memory.
func read(m api.Memory, ptr, length uint64) []byte {
	b, ok := m.Read(uint32(ptr), uint32(length))
	if !ok {
		panic("outside of the memory")
	}
	return b
}

// pull copies a value to the guest's memory and returns its length.
func pull(m api.Memory, buf, capacity uint64, stack []uint64, value []byte) {
	if dst := read(m, buf, capacity); len(value) <= len(dst) {
		copy(dst, value)
	}
	stack[0] = uint64(uint32(len(value)))
}
