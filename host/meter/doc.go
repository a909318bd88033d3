// Package meter rewrites a WebAssembly module so that it counts its own work
// and calls the host when it has used up what it was given. Compiled
// WebAssembly cannot be preempted by the Go scheduler; a metered module comes
// back to Go by itself, however it is written.
//
// [Rewrite] adds a private global of type i64, the fuel, and an imported
// function (param i64) (result i64), the refuel. Every function entry and every
// loop takes the weight of the code behind it from the fuel. When that falls
// below zero the module calls refuel with what is left, a debt, and stores the
// result as the new fuel. Refuel may as well not return: a panic there ends the
// call. README.md has the cost model and what is promised.
//
// # Trust
//
// The input is hostile. What Rewrite accepts it has read to the last
// instruction, and every index was checked: no module can name the fuel, the
// refuel or a function that was added. Rewrite does not check types of
// operands: the runtime does, and a module that was invalid stays so. Anything
// that Rewrite does not know is refused by name.
//
// # Concurrency
//
//   - [Rewrite] keeps no state and may be called by any number of goroutines
//     (TestRewrite_Hammer).
package meter
