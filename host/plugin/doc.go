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
//     fit (TestCheck).
//   - An instance belongs to one turn at a time (TestModule_Hammer).
//   - A guest ends with its time, also in its start functions and while it
//     sleeps (TestHostile).
//   - An instance that failed never runs again (TestBrokenInstanceIsReplaced).
//   - Close waits for the turns that run, and leaves nothing behind
//     (TestReloadsLeaveNothing).
//   - Memory of all instances of a bot stays within its [Budget]
//     (TestMemoryBudget).
//
// # Goroutines
//
// A module has one goroutine of its own, which closes idle instances; Close
// waits for it. While a call runs, the engine has one more, which ends with the
// call.
package plugin
