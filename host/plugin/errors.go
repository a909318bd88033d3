package plugin

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/bothost/bothost/abi"
)

var (
	// ErrBusy: no instance became free within [abi.Limits].WaitTime.
	ErrBusy = errors.New("plugin: no instance became free in time")
	// ErrClosed: the module is closed.
	ErrClosed = errors.New("plugin: module is closed")
	// ErrMemory: the instances of the bot hold all the memory that the bot may
	// have.
	ErrMemory = errors.New("plugin: the memory of all instances of the bot is at its limit")
	// ErrFuel: the turn has used up its fuel, [abi.Limits].TurnFuel or what the
	// definition sets.
	ErrFuel = errors.New("plugin: the fuel of the turn is used up")
	// ErrRecursion: the guest's calls nest so deep that they take more native stack
	// than [abi.Limits].StackBytes.
	ErrRecursion = errors.New("plugin: recursion is too deep")
	// ErrNoExport: the module does not have the export that was called.
	ErrNoExport = errors.New("plugin: no such export")

	// errIllegal is the rule of the column "may call" in abi/README.md.
	errIllegal = errors.New("not legal during this export")
	// errBounds is the rule that a pointer and a length broke.
	errBounds = errors.New("lies outside of the memory")
	// errBroken: the instance failed before and must not be used again.
	errBroken = errors.New("plugin: the instance failed before")
)

// CallError is a call that did not return: a trap, a limit, an exit or an
// invalid call. It has cost the instance.
//
// It satisfies errors.Is for context.DeadlineExceeded when the time was up, and
// for context.Canceled when the host ended the call; errors.As finds an
// *[abi.ArgumentError] for an invalid call.
type CallError struct {
	// Module is the module's name, and Export the function that was called;
	// "instantiation" for what ran before any export.
	Module, Export string
	// Err is the cause.
	Err error
	// Stack holds the guest's frames, innermost first, one a line; empty if the
	// cause left none.
	Stack string
	// Stderr is the end of what the guest wrote to stderr during the call, and Logged
	// that of the errors that it logged: what it panics with has no other way out.
	Stderr, Logged string
}

// instantiation is what CallError.Export says of start sections.
const instantiation = "instantiation"

// Error names module, export and cause, and adds stack, stderr and logged errors
// where there are any.
func (e *CallError) Error() string {
	text := fmt.Sprintf("call %s of %s: %v", e.Export, e.Module, e.Err)
	if e.Stack != "" {
		text += "\nguest stack:\n" + e.Stack
	}
	if e.Stderr != "" {
		text += "\nstderr:\n" + e.Stderr
	}
	if e.Logged != "" {
		text += "\nlogged:\n" + e.Logged
	}
	return text
}

// Unwrap returns the cause.
func (e *CallError) Unwrap() error { return e.Err }

// unwinding is what a host function panics with to leave the guest: the engine
// knows no other way out of a call. The cause stands in the instance, not here.
type unwinding struct{}

func (unwinding) Error() string { return "call ended by the host" }

// guarded runs f, and makes an error of its panic: a module that finds a fault in
// the engine must not end the host.
func guarded[T any](f func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the engine failed: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// stackMark is the line with which wazero begins a guest's stack in the text of
// its errors, which is the only place where it can be had.
const stackMark = "wasm stack trace:\n\t"

// engineOverflow is the engine's text when a guest's calls nest deeper than it can
// bear, before our own limit was looked at.
const engineOverflow = "stack overflow"

// hostMark begins the stack of Go in the text of a panic that is a fault of a host
// function, ours or the engine's.
const hostMark = "\n\nGo runtime stack trace:\n"

// splitStack takes the engine's error apart into its cause and the guest's stack.
// The cause of a fault of the host has the host's stack with it.
func splitStack(text string) (cause, stack string) {
	cause, stack, _ = strings.Cut(text, "\n"+stackMark)
	cause = strings.TrimSuffix(cause, " (recovered by wazero)")
	stack, host, found := strings.Cut(stack, hostMark)
	if found {
		cause += "\nhost stack:\n" + host
	}
	// The function that metering adds is no part of the guest's program.
	if first, rest, _ := strings.Cut(stack, "\n\t"); strings.HasPrefix(first, meterModule+"."+meterRefuel) {
		stack = rest
	}
	lines := strings.Split(stack, "\n\t")
	for i, line := range lines {
		// The point stands between the module's name, which is cut out, and the
		// function's; three of them are the engine's for frames left out.
		if !strings.HasPrefix(line, "...") {
			lines[i] = strings.TrimPrefix(line, ".")
		}
	}
	return cause, strings.Join(lines, "\n")
}

// trap is the cause of a call that the engine ended, in the engine's words
// without the stack.
type trap struct {
	text string
	err  error
}

func (t *trap) Error() string { return t.text }
func (t *trap) Unwrap() error { return t.err }

// argError is an invalid argument, before the function's name is known.
type argError struct {
	argument string
	err      error
}

func (e *argError) Error() string { return e.argument + ": " + e.err.Error() }

func badArg(argument string, err error) error { return &argError{argument, err} }

func argumentError(f abi.Function, err error) error {
	if a, ok := err.(*abi.ArgumentError); ok {
		return a
	}
	if a, ok := err.(*argError); ok {
		return &abi.ArgumentError{Function: f, Argument: a.argument, Err: a.err}
	}
	return &abi.ArgumentError{Function: f, Err: err}
}
