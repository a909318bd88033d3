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
//     fit, which the package module checks (TestCheck there and here), and what it
//     lets pass makes the engine allocate within bounds (FuzzCompile).
//   - An instance belongs to one turn at a time (TestModule_Hammer).
//   - A guest ends within milliseconds of its time, whatever it does: also in its
//     start functions, while it sleeps, and while the host works for it; and it
//     never holds up Go's scheduler or collector (TestHostile, TestStop).
//   - A guest's recursion takes a native stack of a few times Limits.StackBytes at
//     most (TestRecursion).
//   - The same turn takes the same fuel, on every machine (TestFuel), and no guest
//     can touch what counts it (TestFuel_reserved).
//   - An instance that failed never runs again (TestBrokenInstanceIsReplaced).
//   - No instance finds what another one left in its memory
//     (TestHostile_spareMemoryIsClean).
//   - Close waits for the turns that run, and leaves nothing behind
//     (TestReloadsLeaveNothing).
//   - Memory of all instances of a bot stays within its [Budget]
//     (TestMemoryBudget).
//   - An Extism plug-in's blocks are memory of its bot too, its calls find nothing of
//     one another, and what it waits for has a bound (TestExtism_memory,
//     TestExtism_Hammer, TestExtism_send).
//   - A module runs whatever became of its compiled code in the [Cache]
//     (TestCache_corrupted, TestCache_unusable).
//   - Bots whose assets alone differ are metered and compiled once where there is a
//     [Cache] (TestMetered, TestCache_reuse).
//
// Native stacks and tables (8 MiB) do not count as memory. Compiling cannot be
// cancelled; what it may take is bounded by the limits of the package meter.
//
// # Goroutines
//
// A module has one goroutine of its own, which closes idle instances; Close
// waits for it. Calls have none.
package plugin
