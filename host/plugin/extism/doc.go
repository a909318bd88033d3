// Package extism is the Extism plug-in contract, as plug-ins see it: the functions of
// [EnvModule], which the published kits are written against, and the shapes of those
// of [UserModule], the host's own. It knows no engine: package plugin links the
// functions, and tells a [Kernel] when a call begins and ends.
//
// The contract is the published one, with the differences that abi/EXTISM.md lists.
//
// # Guarantees
//
//   - A plug-in may give any number where a handle is wanted: nothing but its own
//     arena comes to harm (TestKernel_hostile, FuzzKernel).
//   - What a call left in the arena, no other call finds (TestKernel_callsAreApart).
//   - Variables are the session's, never the instance's, and do not touch those that
//     session_set sets (TestKernel_vars).
//
// A Kernel belongs to one instance, and as that to one goroutine at a time.
package extism
