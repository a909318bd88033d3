package examples_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/bothost/bothost/abi"
)

// stub is a host that knows what a bot needs to answer a text.
type stub struct {
	input string
	calls []string
	reply string
}

// function returns what the bot finds in the place of f.
func (h *stub) function(f abi.Function) api.GoModuleFunc {
	return func(_ context.Context, bot api.Module, stack []uint64) {
		h.calls = append(h.calls, f.String())
		switch f {
		case abi.FuncInput:
			if len(h.input) <= int(uint32(stack[1])) {
				bot.Memory().WriteString(uint32(stack[0]), h.input)
			}
			stack[0] = uint64(len(h.input))
		case abi.FuncReply:
			body, _ := bot.Memory().Read(uint32(stack[0]), uint32(stack[1]))
			h.reply = string(body)
		default:
			panic("the stub has no " + f.String())
		}
	}
}

// start makes an instance of a bot on the stub.
func (h *stub) start(t *testing.T, bot string) api.Module {
	t.Helper()
	ctx := context.Background()
	runtime, module := compile(t, bot)
	wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
	builder := runtime.NewHostModuleBuilder(abi.ModuleCore)
	for f := range abi.FunctionCount {
		info := f.Info()
		var params, results []api.ValueType
		for _, p := range info.Params {
			params = append(params, api.ValueType(p.Type))
		}
		for _, r := range info.Results {
			results = append(results, api.ValueType(r))
		}
		builder.NewFunctionBuilder().
			WithGoModuleFunction(h.function(f), params, results).Export(info.Name)
	}
	if _, err := builder.Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	config := wazero.NewModuleConfig().WithStartFunctions(abi.Initialize.String())
	instance, err := runtime.InstantiateModule(ctx, module, config)
	if err != nil {
		t.Fatal(err)
	}
	return instance
}

// call calls an export and returns its result.
func call(t *testing.T, bot api.Module, e abi.Export) abi.Result {
	t.Helper()
	results, err := bot.ExportedFunction(e.String()).Call(context.Background())
	if err != nil {
		t.Fatalf("%s: %v", e, err)
	}
	return abi.Result(int32(results[0]))
}

// A bot reads a text and replies to it, by one host call each, for all texts of
// up to 1 KiB. A text that is larger than what the SDK reads at once takes a
// second call.
func TestEcho_Runs(t *testing.T) {
	h := new(stub)
	echo := h.start(t, "echo")
	const small, large = 1 << 10, 200_000
	tests := []struct {
		size  int
		calls string
	}{
		{0, "[input reply]"},
		{5, "[input reply]"},
		{small - 1, "[input reply]"},
		{small, "[input reply]"},
		{small, "[input reply]"},
		{large, "[input input reply]"},
		{large, "[input input reply]"},
		{5, "[input reply]"},
	}
	for _, tt := range tests {
		h.input = strings.Repeat("é", tt.size/2) + strings.Repeat("x", tt.size%2)
		h.reply, h.calls = "", nil
		if got := call(t, echo, abi.OnMessage); got != abi.Done {
			t.Errorf("%d bytes: on_message = %v, want done", tt.size, got)
		}
		if h.reply != h.input {
			t.Errorf("%d bytes: the reply has %d", tt.size, len(h.reply))
		}
		if got := fmt.Sprint(h.calls); got != tt.calls {
			t.Errorf("%d bytes: host calls %s, want %s", tt.size, got, tt.calls)
		}
	}
}

// An export without a handler is as good as none.
func TestEcho_NotHandled(t *testing.T) {
	h := new(stub)
	echo := h.start(t, "echo")
	for _, e := range []abi.Export{abi.OnStart, abi.OnEvent, abi.OnFallback} {
		if got := call(t, echo, e); got != abi.NotHandled || len(h.calls) > 0 {
			t.Errorf("%s = %v with host calls %v, want not handled and none", e, got, h.calls)
		}
	}
}
