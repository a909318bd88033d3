// Package diagram draws the dialog that a bot declares: as text for a terminal,
// for Mermaid, and as SVG.
//
// A definition is what a guest says, so that no name in it is trusted: each writer
// escapes all of them, and shows what cannot be printed as \u{...}. Graphviz, which
// lays out the SVG, gets sizes and numbers, and no name at all.
//
// A [Graph] does not change once it is made, and is safe for concurrent use.
package diagram
