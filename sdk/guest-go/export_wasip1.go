package guest

// The exports of a bot. A module has all of them, registered or not, for the
// linker keeps every wasmexport of every package: those without a handler
// return 2, which is to the host as if they were absent.

//go:wasmexport describe
func exportDescribe() int32 { return describe() }

//go:wasmexport on_start
func exportStart() int32 { return call(registered.start) }

//go:wasmexport on_message
func exportMessage() int32 { return call(registered.message) }

//go:wasmexport on_event
func exportEvent() int32 { return call(registered.event) }

//go:wasmexport on_fallback
func exportFallback() int32 { return call(registered.fallback) }
