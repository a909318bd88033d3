// Package wat assembles the WebAssembly text format into a binary module. It
// lets tests, the examples of the specification and small bots be written as
// text and built with the Go toolchain alone.
//
// The source of the format is the WebAssembly core specification, release 2.0,
// chapters "Text Format" and "Binary Format", with three additions: tail calls
// (return_call, return_call_indirect), the custom annotation
//
//	(@custom "name" (after last)? "data"*)
//
// which places a custom section, and other annotations, which are skipped.
//
// The package assembles and does not validate: names must resolve and be
// unique, literals must fit, parentheses and blocks must match. Types of
// operands, numeric indices and limits are the runtime's to check, so that a
// module which is wrong on purpose can be written. The module field is
// followed by nothing: scripts of several modules are not read.
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
