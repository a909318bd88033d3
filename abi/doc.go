// Package abi is the contract between the host and a bot: the names of all
// imports and exports, who may call what and when, the codes that cross the
// boundary, the shapes of events, entries, replies and definitions, and the
// limits. abi/README.md is the same contract in prose, with the worked bytes; a
// test holds the two together. What the bodies of entries hold is in package bodies,
// and how the contract writes and reads JSON in package jsontext.
//
// The package is vocabulary: it holds no state, starts no goroutine, and
// everything in it is safe for concurrent use. Tables are returned by functions
// or ranged over, never changed.
package abi

// Version is the version of the contract that this host speaks, as
// major.minor. A minor version only adds; a major version changes the import
// module's name, and a host serves both for a while.
const Version = "1.0"

// Import module names.
const (
	// ModuleCore is the import module of the core surface.
	ModuleCore = "bothost_v1"
	// ModuleWASI is WASI preview 1, linked only when it is imported.
	ModuleWASI = "wasi_snapshot_preview1"
	// ModuleEnv is where AssemblyScript imports abort from; nothing else is
	// provided there.
	ModuleEnv = "env"
)

// MemoryExport is the export that every bot must have: its linear memory.
const MemoryExport = "memory"

// AssetSection is the custom section whose body asset returns. It is cut out
// before the module is compiled, so that a script rides along without costing a
// compilation.
const AssetSection = "bothost.asset"

// Absent is what a pull function returns for a value that does not exist.
const Absent = -1
