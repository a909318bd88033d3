// Package graphviz lays out graphs with Graphviz, which runs as a Wasm module
// within this process: in memory of its own, without files, clock or network.
//
// The module is not in the repository: make graphviz gets it, and a program that is
// built without it has no Graphviz. README.md beside it says where it comes from.
package graphviz
