// Command probe does what its input says, by way of the kit.
package main

import (
	"errors"
	"fmt"
	"strings"

	pdk "github.com/extism/go-pdk"
)

//go:wasmimport extism:host/user reply
func hostReply(text uint64)

//go:wasmimport extism:host/user session_get
func hostSessionGet(key uint64) uint64

//go:wasmimport extism:host/user session_set
func hostSessionSet(key, value uint64)

//go:wasmexport on_message
func onMessage() int32 {
	name, rest, _ := strings.Cut(pdk.InputString(), " ")
	probe := probes[name]
	if probe == nil {
		pdk.SetError(fmt.Errorf("no probe %q", name))
		return 1
	}
	return probe(rest)
}

var probes = map[string]func(rest string) int32{
	"message": func(text string) int32 { // three calls of the host
		key := pdk.AllocateString("last")
		hostSessionGet(key.Offset())
		value := pdk.AllocateString(text)
		hostSessionSet(key.Offset(), value.Offset())
		hostReply(value.Offset())
		return 0
	},
	"echo": func(rest string) int32 {
		pdk.OutputString(rest)
		return 0
	},
	"json": func(rest string) int32 {
		if err := pdk.OutputJSON(map[string]int{rest: len(rest)}); err != nil {
			pdk.SetError(err)
			return 1
		}
		return 0
	},
	"error": func(rest string) int32 {
		pdk.OutputString("half done")
		pdk.SetError(errors.New(rest))
		return 0
	},
	"code": func(string) int32 { return 1 },
	"config": func(rest string) int32 {
		value, ok := pdk.GetConfig(rest)
		pdk.OutputString(fmt.Sprint(ok, value))
		return 0
	},
	"vars": func(rest string) int32 {
		pdk.OutputString(fmt.Sprintf("%q %d", pdk.GetVar("text"), pdk.GetVarInt("count")))
		pdk.SetVar("text", []byte(rest))
		pdk.SetVarInt("count", 200)
		return 0
	},
	"unset": func(string) int32 {
		pdk.SetVar("text", []byte("here"))
		pdk.RemoveVar("text")
		pdk.OutputString(fmt.Sprintf("%q", pdk.GetVar("text")))
		return 0
	},
	"log": func(rest string) int32 {
		for level := pdk.LogDebug; level <= pdk.LogError; level++ {
			pdk.Log(level, fmt.Sprint(rest, " ", int(level)))
		}
		return 0
	},
	"memory": func(rest string) int32 {
		m := pdk.AllocateString(rest)
		found := pdk.FindMemory(m.Offset())
		m.Free()
		gone := pdk.FindMemory(m.Offset())
		pdk.OutputString(fmt.Sprint(string(found.ReadBytes()), found.Length(), gone.Length()))
		return 0
	},
	"params": func(string) int32 {
		pdk.OutputString(fmt.Sprint(pdk.ParamU32(pdk.ResultU32(7)), pdk.ParamU64(pdk.ResultU64(1<<60)),
			pdk.ParamString(pdk.ResultString("text"))))
		return 0
	},
	"http": func(url string) int32 {
		answer := pdk.NewHTTPRequest(pdk.MethodPost, url).
			SetHeader("X-Probe", "yes").SetBody([]byte("body")).Send()
		pdk.OutputString(fmt.Sprint(answer.Status(), answer.Headers()["x-answer"], string(answer.Body())))
		return 0
	},
	"panic": func(rest string) int32 { panic(rest) },
}

func main() {}
