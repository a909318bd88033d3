// Package module reads a module of WebAssembly and says whether a host can serve
// it. It looks at bytes alone: nothing of a module runs or is compiled here, and
// no engine is needed.
//
// The host says what it provides by a [Provided]; all other rules are here.
//
// # Guarantees
//
//   - Nothing that [Check] lets pass makes an engine allocate more than the module
//     holds, or than the limits of each section say (TestCheck_lengths,
//     TestCheck_counts).
//   - Any bytes give an error or an [Info], and the code of what passes is read as
//     the same code (FuzzCheck).
//   - What is not whole does not pass (TestCheck_truncated, FuzzWhole).
//
// # Concurrency
//
//   - The package keeps nothing: its functions may be called by many goroutines,
//     and on the same bytes, which they do not change (TestCheck_Hammer).
//   - An [Info] may be read by many goroutines, TakeCode apart: it changes the Info.
package module
