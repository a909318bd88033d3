// Command bot counts the messages of a session, and says what the last one was.
package main

import (
	"fmt"

	pdk "github.com/extism/go-pdk"
)

//go:wasmimport extism:host/user reply
func hostReply(text uint64)

//go:wasmimport extism:host/user session_get
func hostSessionGet(key uint64) uint64

//go:wasmimport extism:host/user session_set
func hostSessionSet(key, value uint64)

func reply(text string) { hostReply(pdk.ResultString(text)) }

// get returns a session variable; empty if there is none.
func get(key string) string {
	value := hostSessionGet(pdk.ResultString(key))
	return pdk.ParamString(value)
}

func set(key, value string) {
	hostSessionSet(pdk.ResultString(key), pdk.ResultString(value))
}

//go:wasmexport on_message
func onMessage() int32 {
	text := pdk.InputString()
	if text == "" {
		pdk.SetErrorString("a message without text")
		return 1
	}
	count := pdk.GetVarInt("count") + 1
	pdk.SetVarInt("count", count)
	greeting, ok := pdk.GetConfig("greeting")
	if !ok {
		greeting = "Hello"
	}
	reply(fmt.Sprintf("%s! Message %d is %q, after %q.", greeting, count, text, get("last")))
	set("last", text)
	return 0
}

func main() {}
