//go:build !wasip1

package wire

import (
	"crypto/rand"
	"os"
	"time"
)

// mustHost returns the host of the turn.
//
// It panics if there is none: nothing that belongs to a session can be read or
// changed while no turn runs.
func mustHost(name string) Host {
	if host == nil {
		panic("guest: " + name + " was called while no turn runs; run bots with guesttest")
	}
	return host
}

// Input reads the input of this call.
func Input(buf []byte) int {
	return mustHost("input").Pull("input", "", 0, buf)
}

// Output replaces the output of this call.
func Output(body []byte) {
	mustHost("output").Push("output", string(body), "", 0)
}

// Fail leaves words for the operator, used when the call returns 1.
func Fail(words string) {
	mustHost("fail").Push("fail", words, "", 0)
}

// Log writes a line to the bot's log: 0 debug, 1 info, 2 warn, 3 error.
func Log(level int, words string) {
	if host == nil {
		os.Stderr.WriteString(words + "\n")
		return
	}
	host.Push("log", words, "", int64(level))
}

// Event reads the current event as JSON.
func Event(buf []byte) int {
	return mustHost("event").Pull("event", "", 0, buf)
}

// EventGet reads one value of the event, by dotted path.
func EventGet(path string, buf []byte) int {
	return mustHost("event_get").Pull("event_get", path, 0, buf)
}

// Reply adds a text reply.
func Reply(words string) {
	mustHost("reply").Push("reply", words, "", 0)
}

// ReplyDelta adds text to the reply in progress.
func ReplyDelta(text string) {
	mustHost("reply_delta").Push("reply_delta", text, "", 0)
}

// ReplyEnd ends the reply in progress.
func ReplyEnd() {
	mustHost("reply_end").Push("reply_end", "", "", 0)
}

// ReplyOptions adds a reply of options: a JSON array.
func ReplyOptions(body []byte) {
	mustHost("reply_options").Push("reply_options", string(body), "", 0)
}

// ReplyAs adds a reply of any kind.
func ReplyAs(kind, body string) {
	mustHost("reply_as").Push("reply_as", kind, body, 0)
}

// ReplyFile adds a reply that is a file.
func ReplyFile(name, mime string, content []byte) {
	mustHost("reply_file").ReplyFile(name, mime, content)
}

// FileRead reads a file of the event from offset on.
func FileRead(index int, offset int64, buf []byte) int {
	return mustHost("file_read").FileRead(index, offset, buf)
}

// SessionGet reads a session variable.
func SessionGet(key string, buf []byte) int {
	return mustHost("session_get").Pull("session_get", key, 0, buf)
}

// SessionSet sets a session variable.
func SessionSet(key, value string) {
	mustHost("session_set").Push("session_set", key, value, 0)
}

// SessionDelete removes a session variable.
func SessionDelete(key string) {
	mustHost("session_delete").Push("session_delete", key, "", 0)
}

// State reads where the session stands.
func State(buf []byte) int {
	return mustHost("state").Pull("state", "", 0, buf)
}

// Move says where the session goes.
func Move(state string) {
	mustHost("move").Push("move", state, "", 0)
}

// History reads the newest n entries as JSON.
func History(n int, buf []byte) int {
	return mustHost("history").Pull("history", "", n, buf)
}

// TimerSet sets a timer that is due after so many milliseconds.
func TimerSet(name string, delay int64, data string) {
	mustHost("timer_set").Push("timer_set", name, data, delay)
}

// TimerCancel removes a timer.
func TimerCancel(name string) {
	mustHost("timer_cancel").Push("timer_cancel", name, "", 0)
}

// HTTPStart makes a request, in JSON, after the turn.
func HTTPStart(name string, request []byte) {
	mustHost("http_start").Push("http_start", name, string(request), 0)
}

// ConfigGet reads a value of the operator's configuration.
func ConfigGet(key string, buf []byte) int {
	if host == nil {
		return Absent
	}
	return host.Pull("config_get", key, 0, buf)
}

// Asset reads the module's custom section bothost.asset.
func Asset(buf []byte) int {
	if host == nil {
		return Absent
	}
	return host.Pull("asset", "", 0, buf)
}

// Now returns the turn's time in milliseconds since 1970 UTC.
func Now() int64 {
	if host == nil {
		return time.Now().UnixMilli()
	}
	return host.Now()
}

// Random fills buf with random bytes.
func Random(buf []byte) {
	if host == nil {
		rand.Read(buf)
		return
	}
	host.Random(buf)
}

// Text returns a string of the bytes of b, which nobody may change any more.
func Text(b []byte) string { return string(b) }
