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

//go:wasmexport on_voice
func exportVoice() int32 { return call(registered.voice) }

//go:wasmexport on_file
func exportFile() int32 { return call(registered.file) }

//go:wasmexport on_event
func exportEvent() int32 { return call(registered.event) }

//go:wasmexport on_fallback
func exportFallback() int32 { return fallback() }

//go:wasmexport on_enter
func exportEnter() int32 { return own(registered.enter) }

//go:wasmexport check
func exportCheck() int32 { return own(registered.check) }
