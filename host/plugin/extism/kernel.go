package extism

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/bothost/bothost/host/plugin/extism/arena"
)

// EnvModule is the import module of the published functions, and UserModule that of
// the host's own.
const (
	EnvModule  = "extism:host/env"
	UserModule = "extism:host/user"
)

// Host is what the functions need of whoever runs the plug-in. Byte slices are
// views into the arena, valid during the call: implementations copy what they keep.
type Host interface {
	// Config returns a value of the operator's configuration.
	Config(name string) (value string, ok bool)
	// LogEnabled reports whether a line of the level would go anywhere, and Log
	// writes it.
	LogEnabled(level slog.Level) bool
	Log(level slog.Level, text []byte)
	// Get, Set and Delete are those of the session's variables. An error is a rule
	// that was broken.
	Get(key []byte) (value string, ok bool, err error)
	Set(key, value []byte) error
	Delete(key []byte) error
	// VarBytes returns the size of all variables whose names begin so, names
	// included.
	VarBytes(prefix string) int64
	// Send makes a request and waits for the answer. An error ends the call.
	Send(r Request) (Response, error)
	// Worked adds to the work that the host does for the guest, in bytes that were
	// copied or read.
	Worked(n int)
}

// Options configure a [Kernel].
type Options struct {
	// ArenaBytes bounds the blocks of the arena, and Reserve is told of the memory that
	// it takes. See [arena.New].
	ArenaBytes int64
	Reserve    func(delta int64) bool
	// OutputBytes is the largest output, and KeyBytes the longest name of a session's
	// variable.
	OutputBytes, KeyBytes int64
	// RequestBytes is how long the JSON of a request may be, its body apart. If zero,
	// 64 KiB.
	RequestBytes int64
	// VarBytes is the most that all variables may take, names included; zero is
	// none at all. If negative, they have no limit of their own.
	VarBytes int64
}

// Kernel is the state of one plug-in instance: its arena, and what belongs to the
// call that runs. Make one with [New].
type Kernel struct {
	mem  *arena.Arena
	host Host
	opts Options

	input, inputLen   uint64
	output, outputLen uint64
	// replaced says that output_set was called after all else that sets an output.
	replaced bool
	// fault is the handle that error_set was given.
	fault uint64
	// status and headers are those of the last answer. answered says that there is one.
	status   int
	headers  map[string]string
	answered bool
	// key and value are where a variable is put together.
	key, value []byte
}

// New returns the kernel of a new instance.
func New(host Host, opts Options) *Kernel {
	return &Kernel{mem: arena.New(opts.ArenaBytes, opts.Reserve), host: host, opts: opts}
}

// Arena returns the memory that guest and host share.
func (k *Kernel) Arena() *arena.Arena { return k.mem }

// Begin begins a call: the arena holds its input and nothing else.
//
// # Errors
//
// There is no room for the input.
func (k *Kernel) Begin(input string) error {
	k.reset()
	k.status, k.headers, k.answered = 0, nil, false
	if input == "" {
		return nil
	}
	h := k.mem.Alloc(uint64(len(input)))
	if h == 0 {
		return fmt.Errorf("the input of %d bytes: %w", len(input), errFull)
	}
	copy(k.mem.Block(h), input)
	k.input, k.inputLen = h, uint64(len(input))
	return nil
}

// reset frees all blocks, and forgets what was in them.
func (k *Kernel) reset() {
	k.mem.Reset()
	k.input, k.inputLen = 0, 0
	k.output, k.outputLen, k.replaced = 0, 0, false
	k.fault = 0
}

// Output returns what output_set was given, as a view that is valid until the next
// call; ok is false if it was not called, or the host's own output function after
// it.
func (k *Kernel) Output() (b []byte, ok bool) {
	if !k.replaced {
		return nil, false
	}
	return k.mem.Load(k.output, k.outputLen)
}

// DropOutput says that the host's own output function was called: the last one
// counts.
func (k *Kernel) DropOutput() { k.replaced = false }

// Fault returns the words of error_set; empty if there are none.
func (k *Kernel) Fault() []byte { return k.mem.Block(k.fault) }

// Close gives the memory back. Nothing of the guest runs any more.
func (k *Kernel) Close() { k.mem.Release() }

// Error is a call of a published function that ends the guest's call.
type Error struct {
	// Function and Argument are names; Argument is empty if it is not an argument
	// that was wrong.
	Function, Argument string
	// Err is the rule that was broken.
	Err error
}

// Error names function, argument and rule.
func (e *Error) Error() string {
	if e.Argument == "" {
		return e.Function + ": " + e.Err.Error()
	}
	return e.Function + ": " + e.Argument + ": " + e.Err.Error()
}

// Unwrap returns the rule.
func (e *Error) Unwrap() error { return e.Err }

var (
	errFull   = errors.New("does not fit into the arena")
	errExtent = errors.New("lies outside of the arena")
)

// put makes a block of a value, and stack[0] its handle.
func (k *Kernel) put(stack []uint64, what string, value string) error {
	k.host.Worked(len(value))
	h := k.mem.Alloc(uint64(len(value)))
	if h == 0 && value != "" {
		return fmt.Errorf("%s of %d bytes: %w", what, len(value), errFull)
	}
	copy(k.mem.Block(h), value)
	stack[0] = h
	return nil
}
