// Package sdk holds the SDKs as files, so that a program which has them can put
// them beside a bot: what is built there needs nothing from a network.
package sdk

import "embed"

// Files are the SDKs' sources, each below the folder of its language.
//
//go:embed guest-go/*.go guest-go/internal
//go:embed guest-rust/Cargo.toml guest-rust/src
//go:embed guest-javascript/*.d.ts
//go:embed guest-c/*.h guest-cpp/*.hpp guest-assemblyscript/*.ts
var Files embed.FS
