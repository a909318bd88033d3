// Command bothost serves chat bots whose logic is a WebAssembly module.
//
// Results go to stdout, everything else to stderr. It exits with 0 when all went
// well, 1 on a failure, and 2 when it was called in a wrong way.
package main
