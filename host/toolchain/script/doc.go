// Package script makes bots of scripts: it bundles a bot in JavaScript or
// TypeScript and all that it imports into one script, and packs that into the
// engine, which gives one module.
//
// The engine is QuickJS and the SDK, sdk/guest-javascript. It is not in the
// repository: make js-engine builds it, and a program that is built without it has
// none. With it, no tools are needed to build a bot: neither npm nor a compiler.
//
// The script travels in the custom section bothost.asset. A host cuts that out
// before it compiles a module, so that editing a script never compiles the engine
// again.
//
// # Concurrency
//
//   - All functions may be called side by side (TestBuild_Hammer).
package script
