// Package plugin runs one module: it checks it, compiles it, keeps its
// instances, and calls its exports within limits. Host functions change an
// [abi.Host], never a session.
//
// The way of a module is [Check], [Compile], [Module.Start], [Module.Describe],
// then for each turn [Module.Checkout], [Instance.Call] and [Instance.Release],
// and at last [Module.Close].
//
// # Guarantees
//
//   - Nothing of a module runs before all its imports and exports are known to
//     fit (TestCheck), and no module makes the engine allocate more than the
//     module holds (TestCheck_lengths, FuzzCheck).
//   - An instance belongs to one turn at a time (TestModule_Hammer).
//   - A guest ends with its time, also in its start functions, while it sleeps,
//     and while the host works for it (TestHostile).
//   - An instance that failed never runs again (TestBrokenInstanceIsReplaced).
//   - No instance finds what another one left in its memory
//     (TestHostile_spareMemoryIsClean).
//   - Close waits for the turns that run, and leaves nothing behind
//     (TestReloadsLeaveNothing).
//   - Memory of all instances of a bot stays within its [Budget]
//     (TestMemoryBudget).
//   - A module runs whatever became of its compiled code in the [Cache]
//     (TestCache_corrupted, TestCache_unusable).
//
// Not held yet: a guest that calls without loops, or takes long instructions one
// after the other, outlives its time, for the engine looks at the time in loops
// alone. Its stack (80 MiB at most) and tables (8 MiB) do not count as memory.
// Compiling one function takes time that grows with the square of its blocks.
//
// # Goroutines
//
// A module has one goroutine of its own, which closes idle instances; Close
// waits for it. While a call runs, the engine has one more, which ends with the
// call.
package plugin
