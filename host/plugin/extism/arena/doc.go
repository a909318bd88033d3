// Package arena is the memory that an Extism plug-in and its host share: blocks of
// bytes, each known by its offset, its handle. The guest reads and writes it
// through host functions only, and is trusted with nothing: what is a block and
// how long it is stands outside of the bytes that the guest can write.
//
// Loads and stores may be anywhere in the extent, beyond the ends of blocks too, as
// the published kernel has it: kits rely on it. What a guest spoils that way is its
// own.
package arena
