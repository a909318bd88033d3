// Package wat assembles the WebAssembly text format into a binary module. It
// lets tests, the examples of the specification and small bots be written as
// text and built with the Go toolchain alone.
//
// The source of the format is the WebAssembly core specification, release 2.0,
// chapters "Text Format" and "Binary Format". Its vector instructions are
// included; beyond it there are tail calls (return_call, return_call_indirect)
// and annotations. The custom annotation is a module field,
//
//	(@custom "name" (after last)? "data"*)
//
// and adds a custom section: behind all others or where (before x) or (after x)
// says, x being first, last, type, import, func, table, memory, global, export,
// start, elem, datacount, code or data. Other annotations are skipped.
//
// The package assembles and does not validate. Names must resolve and be
// unique, literals must fit, parentheses and blocks must match. Types of
// operands, indices in digits and limits are the runtime's to check, so that a
// module which is wrong on purpose can be written. Not read are scripts (several
// modules, module binary, module quote) and the features after 2.0: threads,
// exceptions, several memories, 64-bit memories, garbage collection.
//
// The binary ends in a "name" section with the names of the module, its
// functions and their locals, for readable stack traces, unless the source
// places a custom section called "name" itself.
//
// # Concurrency
//
//   - [Assemble] keeps no state and may be called by any number of goroutines
//     (TestAssemble_Hammer).
package wat
