// Package manifest reads Extism manifests: what module a bot is, and what it may do.
// The format is that of [extism.Manifest]; what of it a host of bots does not
// support is refused by name, and so is what it does not know.
package manifest
