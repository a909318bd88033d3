package extism

import (
	"fmt"
	"log/slog"
	"math"

	"github.com/bothost/bothost/abi"
)

// Function is one of the functions of [EnvModule].
type Function struct {
	Name            string
	Params, Results []abi.ValueType
	// During is the set of exports in which the function may be called.
	During abi.Phase

	call func(k *Kernel, stack []uint64) error
}

// Call calls the function. Parameters stand in stack, which has room for the
// result too, and the result goes to stack[0].
//
// # Errors
//
// An *[Error] ends the guest's call.
func (f *Function) Call(k *Kernel, stack []uint64) error {
	err := f.call(k, stack)
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok { // an argument is at fault
		e.Function = f.Name
		return e
	}
	return &Error{Function: f.Name, Err: err}
}

func fault(argument string, err error) error { return &Error{Argument: argument, Err: err} }

var (
	none  = []abi.ValueType(nil)
	i32   = []abi.ValueType{abi.I32}
	i64   = []abi.ValueType{abi.I64}
	i64s  = []abi.ValueType{abi.I64, abi.I64}
	byte8 = []abi.ValueType{abi.I64, abi.I32}
)

// When functions may be called that do more than to use the arena: as those of the
// core surface that do the same.
var (
	always  = abi.FuncConfigGet.Info().During
	reading = abi.FuncSessionGet.Info().During
	writing = abi.FuncSessionSet.Info().During
	sending = abi.FuncHTTPStart.Info().During
)

// functions is the whole published list.
var functions = []Function{
	{"alloc", i64, i64, always, (*Kernel).alloc},
	{"free", i64, none, always, (*Kernel).free},
	{"length", i64, i64, always, (*Kernel).length},
	{"length_unsafe", i64, i64, always, (*Kernel).length},
	{"load_u8", i64, i32, always, (*Kernel).load8},
	{"load_u64", i64, i64, always, (*Kernel).load64},
	{"store_u8", byte8, none, always, (*Kernel).store8},
	{"store_u64", i64s, none, always, (*Kernel).store64},
	{"memory_bytes", none, i64, always, (*Kernel).memoryBytes},
	{"reset", none, none, always, (*Kernel).clear},

	{"input_length", none, i64, always, (*Kernel).inputLength},
	{"input_offset", none, i64, always, (*Kernel).inputOffset},
	{"input_load_u8", i64, i32, always, (*Kernel).inputLoad8},
	{"input_load_u64", i64, i64, always, (*Kernel).inputLoad64},
	{"input_set", i64s, none, always, (*Kernel).inputSet},
	{"output_set", i64s, none, always, (*Kernel).outputSet},
	{"output_length", none, i64, always, (*Kernel).outputLength},
	{"output_offset", none, i64, always, (*Kernel).outputOffset},
	{"error_set", i64, none, always, (*Kernel).errorSet},
	{"error_get", none, i64, always, (*Kernel).errorGet},

	{"config_get", i64, i64, always, (*Kernel).configGet},
	{"var_get", i64, i64, reading, (*Kernel).varGet},
	{"var_set", i64s, none, writing, (*Kernel).varSet},
	{"http_request", i64s, i64, sending, (*Kernel).httpRequest},
	{"http_status_code", none, i32, always, (*Kernel).httpStatus},
	{"http_headers", none, i64, always, (*Kernel).httpHeaders},

	{"get_log_level", none, i32, always, (*Kernel).logLevel},
	{"log_trace", i64, none, always, logger(LevelTrace)},
	{"log_debug", i64, none, always, logger(slog.LevelDebug)},
	{"log_info", i64, none, always, logger(slog.LevelInfo)},
	{"log_warn", i64, none, always, logger(slog.LevelWarn)},
	{"log_error", i64, none, always, logger(slog.LevelError)},
}

// Functions returns the whole list. The caller must not change it.
func Functions() []Function { return functions }

// FunctionByName finds a function of [EnvModule]; nil if there is none.
func FunctionByName(name string) *Function {
	for i := range functions {
		if functions[i].Name == name {
			return &functions[i]
		}
	}
	return nil
}

// maxConfigName is longer than any name of a value: what is longer is not looked for,
// which would take as long as it is.
const maxConfigName = 64 << 10

func (k *Kernel) configGet(stack []uint64) error {
	var value string
	name := k.mem.Block(stack[0])
	ok := len(name) <= maxConfigName
	if ok {
		k.host.Worked(len(name))
		value, ok = k.host.Config(string(name))
	}
	if !ok {
		stack[0] = 0
		return nil
	}
	return k.put(stack, "a value", value)
}

// LevelTrace is below what slog has levels for. The command line sets none so low.
const LevelTrace = slog.LevelDebug - 4

// levels are those of the contract, from 0 on.
var levels = [...]slog.Level{
	LevelTrace, slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError,
}

// logLevel tells the lowest level that is logged, and a number above all of them if
// none is.
func (k *Kernel) logLevel(stack []uint64) error {
	stack[0] = math.MaxInt32
	for i, level := range levels {
		if k.host.LogEnabled(level) {
			stack[0] = uint64(i)
			break
		}
	}
	return nil
}

// logger logs a block, and frees it: guests do not.
func logger(level slog.Level) func(*Kernel, []uint64) error {
	return func(k *Kernel, stack []uint64) error {
		if k.host.LogEnabled(level) {
			text := k.mem.Block(stack[0])
			k.host.Worked(len(text))
			k.host.Log(level, text)
		}
		k.drop(stack[0])
		return nil
	}
}

// outside is the rule that n bytes at an offset broke.
func (k *Kernel) outside(off, n uint64) error {
	return fault("offset", fmt.Errorf("%d bytes at %d: %w, which has %d bytes",
		n, off, errExtent, k.mem.Size()))
}
