package wire

import "unsafe"

// The imports of bothost_v1, in the order of the table of functions in
// abi/README.md. Parameters are i32, an address in this module's memory, a length
// in bytes or a number, but for the delay of timers and the offset in files, which are i64; a string is an
// address and a length. The host has done with an address when the call returns,
// hence noescape.

//go:wasmimport bothost_v1 input
//go:noescape
func importInput(buf unsafe.Pointer, size uint32) int32

//go:wasmimport bothost_v1 output
//go:noescape
func importOutput(ptr unsafe.Pointer, size uint32)

//go:wasmimport bothost_v1 fail
//go:noescape
func importFail(words string)

//go:wasmimport bothost_v1 log
//go:noescape
func importLog(level uint32, words string)

//go:wasmimport bothost_v1 event
//go:noescape
func importEvent(buf unsafe.Pointer, size uint32) int32

//go:wasmimport bothost_v1 event_get
//go:noescape
func importEventGet(path string, buf unsafe.Pointer, size uint32) int32

//go:wasmimport bothost_v1 reply
//go:noescape
func importReply(words string)

//go:wasmimport bothost_v1 reply_delta
//go:noescape
func importReplyDelta(text string)

//go:wasmimport bothost_v1 reply_end
//go:noescape
func importReplyEnd()

//go:wasmimport bothost_v1 reply_options
//go:noescape
func importReplyOptions(ptr unsafe.Pointer, size uint32)

//go:wasmimport bothost_v1 reply_as
//go:noescape
func importReplyAs(kind, body string)

//go:wasmimport bothost_v1 reply_file
//go:noescape
func importReplyFile(name, mime string, ptr unsafe.Pointer, size uint32)

//go:wasmimport bothost_v1 file_read
//go:noescape
func importFileRead(index uint32, offset int64, buf unsafe.Pointer, size uint32) int32

//go:wasmimport bothost_v1 session_get
//go:noescape
func importSessionGet(key string, buf unsafe.Pointer, size uint32) int32

//go:wasmimport bothost_v1 session_set
//go:noescape
func importSessionSet(key, value string)

//go:wasmimport bothost_v1 session_delete
//go:noescape
func importSessionDelete(key string)

//go:wasmimport bothost_v1 state
//go:noescape
func importState(buf unsafe.Pointer, size uint32) int32

//go:wasmimport bothost_v1 move
//go:noescape
func importMove(state string)

//go:wasmimport bothost_v1 history
//go:noescape
func importHistory(n uint32, buf unsafe.Pointer, size uint32) int32

//go:wasmimport bothost_v1 timer_set
//go:noescape
func importTimerSet(name string, delay int64, data string)

//go:wasmimport bothost_v1 timer_cancel
//go:noescape
func importTimerCancel(name string)

//go:wasmimport bothost_v1 http_start
//go:noescape
func importHTTPStart(name, request string)

//go:wasmimport bothost_v1 config_get
//go:noescape
func importConfigGet(key string, buf unsafe.Pointer, size uint32) int32

//go:wasmimport bothost_v1 asset
//go:noescape
func importAsset(buf unsafe.Pointer, size uint32) int32

//go:wasmimport bothost_v1 now
func importNow() int64

//go:wasmimport bothost_v1 random
//go:noescape
func importRandom(buf unsafe.Pointer, size uint32)

// Input reads the input of this call.
func Input(buf []byte) int {
	return int(importInput(data(buf), size(buf)))
}

// Output replaces the output of this call.
func Output(body []byte) {
	importOutput(data(body), size(body))
}

// Fail leaves words for the operator, used when the call returns 1.
func Fail(words string) {
	importFail(words)
}

// Log writes a line to the bot's log: 0 debug, 1 info, 2 warn, 3 error.
func Log(level int, words string) {
	importLog(uint32(level), words)
}

// Event reads the current event as JSON.
func Event(buf []byte) int {
	return int(importEvent(data(buf), size(buf)))
}

// EventGet reads one value of the event, by dotted path.
func EventGet(path string, buf []byte) int {
	return int(importEventGet(path, data(buf), size(buf)))
}

// Reply adds a text reply.
func Reply(words string) {
	importReply(words)
}

// ReplyDelta adds text to the reply in progress.
func ReplyDelta(text string) {
	importReplyDelta(text)
}

// ReplyEnd ends the reply in progress.
func ReplyEnd() {
	importReplyEnd()
}

// ReplyOptions adds a reply of options: a JSON array.
func ReplyOptions(body []byte) {
	importReplyOptions(data(body), size(body))
}

// ReplyAs adds a reply of any kind.
func ReplyAs(kind, body string) {
	importReplyAs(kind, body)
}

// ReplyFile adds a reply that is a file.
func ReplyFile(name, mime string, content []byte) {
	importReplyFile(name, mime, data(content), size(content))
}

// FileRead reads a file of the event from offset on.
func FileRead(index int, offset int64, buf []byte) int {
	return int(importFileRead(uint32(index), offset, data(buf), size(buf)))
}

// SessionGet reads a session variable.
func SessionGet(key string, buf []byte) int {
	return int(importSessionGet(key, data(buf), size(buf)))
}

// SessionSet sets a session variable.
func SessionSet(key, value string) {
	importSessionSet(key, value)
}

// SessionDelete removes a session variable.
func SessionDelete(key string) {
	importSessionDelete(key)
}

// State reads where the session stands.
func State(buf []byte) int {
	return int(importState(data(buf), size(buf)))
}

// Move says where the session goes.
func Move(state string) {
	importMove(state)
}

// History reads the newest n entries as JSON.
func History(n int, buf []byte) int {
	return int(importHistory(uint32(n), data(buf), size(buf)))
}

// TimerSet sets a timer that is due after so many milliseconds.
func TimerSet(name string, delay int64, words string) {
	importTimerSet(name, delay, words)
}

// TimerCancel removes a timer.
func TimerCancel(name string) {
	importTimerCancel(name)
}

// HTTPStart makes a request, in JSON, after the turn.
func HTTPStart(name string, request []byte) {
	importHTTPStart(name, Text(request))
}

// ConfigGet reads a value of the operator's configuration.
func ConfigGet(key string, buf []byte) int {
	return int(importConfigGet(key, data(buf), size(buf)))
}

// Asset reads the module's custom section bothost.asset.
func Asset(buf []byte) int {
	return int(importAsset(data(buf), size(buf)))
}

// Now returns the turn's time in milliseconds since 1970 UTC.
func Now() int64 { return importNow() }

// Random fills buf with random bytes.
func Random(buf []byte) { importRandom(data(buf), size(buf)) }

// Text returns a string that shares the bytes of b, which nobody may change
// any more.
func Text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func data(b []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(b)) }

func size(b []byte) uint32 { return uint32(len(b)) }
