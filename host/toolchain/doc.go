// Package toolchain makes modules of sources: it knows the languages that bots are
// written in, recognises them, finds the tools that they need, and runs these.
//
// [Languages] is the table, one row a language. [Find] recognises a folder or a
// file; [Source.Build] makes its module; [Language.Kit] finds the tools for it.
//
// # Guarantees
//
//   - No shell is started, and no file's name is taken for a flag
//     (TestBuild_StrangeNames).
//   - Compilers run in the folder of the source, write nothing into it, and name
//     files relative to it: the same source makes the same module, wherever it
//     lies (TestBuild_SameModule). The one thing that is written there is
//     node_modules, which npm fills for AssemblyScript.
//   - A build ends with its context, and within Options.Limit, with all processes
//     that it started where the system has process groups (TestBuild_Ends).
//   - Nothing is fetched from a network, with two exceptions: npm ci for
//     AssemblyScript, which is announced, and what the go tool fetches for a bot
//     that has modules of others, which it announces itself.
//
// # Concurrency
//
//   - A [Source] may be used by one goroutine at a time, sources side by side.
package toolchain
